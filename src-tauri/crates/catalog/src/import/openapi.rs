//! An OpenAPI 3 or Swagger 2.0 document as a definition; `docs/openapi.md` says by which rules.

mod collect;
mod contexts;
mod credentials;
mod operation;
mod overlap;
mod path;
mod permissions;
mod preview;
mod server;
mod source;
mod words;

pub use preview::{Imported, Note, OfferedContext, Preview, SkipReason, Skipped};

use self::{
    collect::{Collected, Collector},
    credentials::Credentials,
    operation::{Found, merged},
    permissions::Table,
    server::Home,
    source::{Source, Word},
    words::{cut, slug, summary},
};
use crate::{
    Error, Problem, compile,
    document::{ContextEntry, Document, EndpointEntries, OperationEntry, Pairs, Requirement, SwitchEntry},
    limits,
};

/// What the owner may say about an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The definition's kind; made of the title if absent.
    pub kind: Option<&'a str>,
    /// The URL that the document came from: servers may be named relative to it.
    pub location: Option<&'a str>,
    /// What permissions are made of.
    pub basis: Basis,
    /// Kinds of context to keep, by name; all that are offered if absent.
    pub contexts: Option<&'a [String]>,
}

/// What permissions are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// Of the scopes that operations require, and of tags where they require none.
    #[default]
    Scopes,
    /// Of tags alone.
    Tags,
}

/// Makes a definition of a document in JSON or YAML of at most 32 MiB.
///
/// ```
/// use valetkey_catalog::{Definition, import};
///
/// let imported = import::openapi(
///     "openapi: 3.1.0\ninfo: {title: Notes, version: '2'}\nservers: [{url: https://notes.example.com}]\n\
///      paths: {/notes: {get: {tags: [Notes]}, post: {tags: [Notes]}}}",
///     &import::Options::default(),
/// )?;
/// assert_eq!(imported.preview.operations, 2);
/// let rules = Definition::parse(&imported.definition)?.compile();
/// assert_eq!(rules.permissions[1].name.as_str(), "notes.write");
/// # Ok::<(), valetkey_catalog::Error>(())
/// ```
pub fn openapi(text: &str, options: &Options<'_>) -> Result<Imported, Error> {
    let (source, version, format) = source::read(text)?;
    let home = Home::of(&source, version, options.location);
    let credentials = Credentials::of(&source);
    let collector = Collector { source: &source, home: &home, credentials: &credentials, options };
    let Collected { mut operations, wants, skipped, bodies, public } = collector.collect();
    if operations.is_empty() {
        return Err(Error::refused("#/paths", Problem::NoOperation));
    }
    let table = Table::of(&source, &mut operations, &wants);
    let contexts = contexts::choose(&mut operations, options.contexts)?;
    let mut operations = merged(operations);
    let taken = operations.len();
    let settled = overlap::settle(&mut operations)?;

    let mut notes = Vec::new();
    notes.extend(home.note.clone());
    if let Some(base) = home.base.as_ref().filter(|_| home.varies) {
        notes.push(Note::ServerVaries { url: base.to_string().into() });
    }
    notes.extend(credentials.notes.iter().cloned());
    notes.extend(table.renamed.then_some(Note::ScopesRenamed));
    if !bodies.is_empty() {
        let names: Vec<_> = bodies.iter().map(|method| method.as_str()).collect();
        notes.push(Note::Bodies { methods: names.join(" and ").into() });
    }
    notes.extend((public > 0).then_some(Note::Public { count: public }));
    notes.extend((settled.added > 0).then_some(Note::Overlaps { count: settled.added }));

    let title = title(&source);
    let kinds: Vec<String> = contexts.iter().map(|context| context.name.clone()).collect();
    let mut document = Document {
        version: 1,
        kind: options.kind.map_or_else(|| kind_of(&title), ToOwned::to_owned),
        description: description(&source, &title),
        source: Some(origin(&source, &format, &title)),
        base_url: home.base.as_ref().map(ToString::to_string),
        needs_base_url: home.varies.then_some(true),
        needs_credential: None,
        credential_form: Some(credentials.form.to_string()),
        endpoints: EndpointEntries::default(),
        client_headers: credentials.client_headers.clone(),
        contexts: kinds.iter().map(|name| context(name)).collect(),
        permissions: Vec::new(),
        operations: Vec::with_capacity(operations.len()),
        by_number: Vec::new(),
        closed: settled.closed,
        graphql: None,
        switches: SwitchEntry {
            bodies: bodies.iter().map(|method| method.as_str().to_owned()).collect(),
            refused_parameters: credentials.refused_parameters.clone(),
            dropped_headers: credentials.dropped_headers.clone(),
            ..SwitchEntry::default()
        },
        title,
    };
    document.permissions = table.written(&operations, &kinds);
    document.operations = operations.iter().map(|found| written(found, &document, &kinds)).collect();
    compile::definition(&document)?;
    let preview = Preview {
        kind: document.kind.clone(),
        format,
        title: document.title.clone(),
        version: cut(said(source.info.version.as_ref()), limits::TITLE),
        operations: taken,
        permissions: document.permissions.len(),
        contexts,
        skipped,
        notes,
    };
    Ok(Imported { definition: document.text()?, preview })
}

fn written(found: &Found, document: &Document, kinds: &[String]) -> OperationEntry {
    let name = |place: &usize| document.permissions[*place].name.clone();
    OperationEntry {
        method: found.method.as_str().to_owned(),
        path: found.path.text(),
        query: Pairs(found.path.query.clone()),
        body: Pairs::default(),
        graphql: false,
        requires: Requirement::AnyOf(
            found.requires.iter().map(|all| all.iter().map(name).collect()).collect(),
        ),
        contexts: Pairs(
            found.bound.iter().map(|bound| (kinds[bound.kind].clone(), bound.value(&found.path))).collect(),
        ),
        endpoint: None,
        risk: found.risk,
    }
}

fn said(word: Option<&Word>) -> &str {
    word.map_or("", Word::as_str)
}

fn title(source: &Source) -> String {
    let title = cut(said(source.info.title.as_ref()), limits::TITLE);
    if title.is_empty() { "API".into() } else { title }
}

fn description(source: &Source, title: &str) -> String {
    let summary = summary(said(source.info.description.as_ref()));
    if summary.is_empty() {
        cut(&format!("{title}, as its OpenAPI document describes it."), limits::DESCRIPTION)
    } else {
        summary
    }
}

fn origin(source: &Source, format: &str, title: &str) -> String {
    let version = cut(said(source.info.version.as_ref()), limits::TITLE);
    format!("{format} document “{title}” {version}").trim_end().to_owned()
}

/// A kind's name made of a title: `Swagger Petstore - OpenAPI 3.0` is `swagger-petstore-openapi-3-0`.
fn kind_of(title: &str) -> String {
    const LONGEST: usize = 40;
    let slug: String = slug(title).chars().take(LONGEST).collect();
    let slug = slug.trim_end_matches('-');
    if slug.starts_with(|first: char| first.is_ascii_lowercase()) {
        slug.to_owned()
    } else {
        format!("api-{slug}").trim_end_matches('-').to_owned()
    }
}

fn context(name: &str) -> ContextEntry {
    ContextEntry {
        name: name.to_owned(),
        title: Some(words::heading(name)),
        sole: false,
        fold_case: false,
        resolve: None,
    }
}
