//! From document to definition: everything is judged here, section by section.

mod by_number;
mod context_value;
mod endpoints;
mod graph;
mod operations;
mod permissions;
mod resolve;
mod switches;
pub(crate) mod template;

use std::collections::HashMap;

use valetkey_core::{
    grant::Context,
    rules::{Kind, Risk, Rules},
    service::{BaseUrl, CredentialForm},
};

use crate::{
    Definition, Error, Problem,
    document::{ContextEntry, Document, RiskEntry},
    limits,
    problem::shown,
};

pub(crate) fn definition(document: &Document) -> Result<Definition, Error> {
    let kinds = kinds(&document.contexts)?;
    let permissions = permissions::permissions(&document.permissions, &kinds)?;
    let switches = switches::switches(&document.switches)?;
    let client_headers = switches::headers("client_headers", &document.client_headers)?;
    let graph =
        document.graphql.as_ref().map(|entry| graph::graph(entry, &permissions, &kinds)).transpose()?;
    let base_url = document.base_url.as_deref().map(BaseUrl::parse).transpose();
    let base_url = base_url.map_err(|error| Error::refused("base_url", error.into()))?;
    let endpoints = endpoints::endpoints(document, base_url.as_ref())?;
    let known = operations::Known {
        permissions: &permissions,
        kinds: &kinds,
        switches: &switches,
        endpoints: &endpoints.others,
    };
    let (operations, router) = operations::operations(document, known)?;
    Ok(Definition {
        kind: kind_name(&document.kind)?,
        title: text("title", &document.title, limits::TITLE)?,
        description: text("description", &document.description, limits::DESCRIPTION)?,
        needs_base_url: document.needs_base_url.unwrap_or(base_url.is_none()),
        base_url,
        needs_credential: document.needs_credential.unwrap_or(true),
        credential_form: credential_form(document.credential_form.as_deref())?,
        rules: Rules::new(permissions, kinds, operations, router, endpoints, switches, client_headers)
            .with_graph(graph),
    })
}

fn kind_name(name: &str) -> Result<Box<str>, Error> {
    let sound = (1..=63).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if sound { Ok(name.into()) } else { Err(Error::refused("kind", Problem::KindName { name: shown(name) })) }
}

fn credential_form(form: Option<&str>) -> Result<CredentialForm, Error> {
    let Some(form) = form else { return Ok(CredentialForm::Bearer) };
    form.parse().map_err(|_| Error::refused("credential_form", Problem::CredentialForm { form: shown(form) }))
}

fn kinds(entries: &[ContextEntry]) -> Result<Vec<Kind>, Error> {
    bounded("contexts", entries.len(), limits::CONTEXTS)?;
    let mut places = Names::new("contexts");
    let mut kinds = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let name = entry.name.as_str();
        let place = format!("contexts[{index}].name");
        // The name alone reads as a sole context exactly where it can stand in a grant.
        if !matches!(name.parse(), Ok(Context::Sole(_))) || name.len() > limits::NAME {
            return Err(Error::refused(place, Problem::ContextName { name: shown(name) }));
        }
        places.enter(name, index, &place)?;
        let title = entry.title.as_deref().unwrap_or(name);
        kinds.push(Kind {
            name: name.into(),
            title: text(&format!("contexts[{index}].title"), title, limits::TITLE)?,
            sole: entry.sole,
            fold_case: entry.fold_case,
            resolve: None,
        });
    }
    for (index, entry) in entries.iter().enumerate() {
        let Some(asked) = &entry.resolve else { continue };
        let place = format!("contexts[{index}].resolve");
        if entry.sole {
            return Err(Error::refused(place, Problem::ResolveSole));
        }
        kinds[index].resolve = Some(resolve::resolve(&place, asked, &kinds)?);
    }
    Ok(kinds)
}

const fn risk(entry: RiskEntry) -> Risk {
    match entry {
        RiskEntry::Plain => Risk::Plain,
        RiskEntry::Destructive => Risk::Destructive,
        RiskEntry::MintsCredentials => Risk::MintsCredentials,
    }
}

fn bounded(place: &str, count: usize, limit: usize) -> Result<(), Error> {
    if count > limit { Err(Error::refused(place, Problem::TooMany { limit })) } else { Ok(()) }
}

/// Direction characters could make a text read as another.
pub(crate) fn is_misleading(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text that people read.
fn text(place: &str, text: &str, limit: usize) -> Result<Box<str>, Error> {
    let sound = !text.trim().is_empty() && text.chars().count() <= limit && !text.chars().any(is_misleading);
    if sound { Ok(text.into()) } else { Err(Error::refused(place, Problem::Text { limit })) }
}

/// Names of one list and where they stand, to find doubled ones.
struct Names<'n> {
    list: &'static str,
    places: HashMap<&'n str, usize>,
}

impl<'n> Names<'n> {
    fn new(list: &'static str) -> Self {
        Self { list, places: HashMap::new() }
    }

    fn enter(&mut self, name: &'n str, index: usize, place: &str) -> Result<(), Error> {
        match self.places.insert(name, index) {
            None => Ok(()),
            Some(first) => {
                let first = format!("{}[{first}]", self.list).into();
                Err(Error::refused(place, Problem::Duplicate { first }))
            }
        }
    }
}
