use valetkey_core::{
    path::Path,
    rules::{Endpoint, EndpointSet, Endpoints, Place},
    service::{BaseUrl, CredentialForm},
};

use super::bounded;
use crate::{Error, Problem, document::Document, limits, problem::shown};

/// The main one's scheme, host and port.
const ORIGIN: &str = "{origin}";
/// All of the main one.
const BASE: &str = "{base}";

pub(super) fn endpoints(document: &Document, home: Option<&BaseUrl>) -> Result<Endpoints, Error> {
    let entries = &document.endpoints.0;
    bounded("endpoints", entries.len(), EndpointSet::MOST - 1)?;
    let mut others = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        let at = |field: &str| format!("endpoints.{}{field}", shown(name));
        if !is_name(name) {
            return Err(Error::refused(at(""), Problem::EndpointName { name: shown(name) }));
        }
        let usual = place(&entry.base_url).map_err(|problem| Error::refused(at(".base_url"), problem))?;
        let elsewhere = match (&entry.elsewhere, &usual) {
            (Some(text), _) => match place(text) {
                Ok(Place::At(_)) => Err(Problem::EndpointFixed),
                place => place,
            },
            (None, Place::At(_)) => Err(Problem::EndpointFixed),
            (None, place) => Ok(place.clone()),
        };
        others.push(Endpoint {
            name: name.as_str().into(),
            usual,
            elsewhere: elsewhere.map_err(|problem| Error::refused(at(".elsewhere"), problem))?,
            credential_form: entry
                .credential_form
                .as_deref()
                .map(|form| form.parse::<CredentialForm>().map_err(|_| form))
                .transpose()
                .map_err(|form| {
                    Error::refused(at(".credential_form"), Problem::CredentialForm { form: shown(form) })
                })?,
        });
    }
    Ok(Endpoints { home: home.cloned(), others })
}

fn is_name(name: &str) -> bool {
    (1..=limits::NAME).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn place(text: &str) -> Result<Place, Problem> {
    let path = |path: &str| {
        let sound = path.is_empty() || !path.ends_with('/') && Path::parse(path).is_ok();
        if sound { Ok(path.into()) } else { Err(Problem::EndpointPlace { text: shown(text) }) }
    };
    if let Some(rest) = text.strip_prefix(ORIGIN) {
        Ok(Place::OnOrigin(path(rest)?))
    } else if let Some(rest) = text.strip_prefix(BASE) {
        Ok(Place::BelowMain(path(rest)?))
    } else {
        Ok(Place::At(BaseUrl::parse(text)?))
    }
}
