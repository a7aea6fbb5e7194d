use valetkey_core::{path::Query, service::CredentialForm};

use super::{
    Note,
    source::{SecurityScheme, Source},
};
use crate::limits;

/// How credentials are sent, and what of that a caller may not bring.
pub(super) struct Credentials {
    pub(super) form: CredentialForm,
    pub(super) client_headers: Vec<String>,
    pub(super) refused_parameters: Vec<String>,
    pub(super) dropped_headers: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// What one scheme comes to.
enum Way {
    /// One of the forms; the lower the number, the sooner it is taken.
    Form(CredentialForm, u8),
    Query(String),
    Refused,
}

impl Credentials {
    pub(super) fn of(source: &Source) -> Self {
        let mut forms: Vec<(CredentialForm, u8)> = Vec::new();
        // RFC 6750 §2.3: a token in the query would be another identity.
        let mut refused_parameters = vec!["access_token".to_owned()];
        let mut notes = Vec::new();
        for (name, scheme) in source.schemes() {
            match way(scheme) {
                Way::Form(form, rank) => forms.push((form, rank)),
                Way::Query(parameter) => {
                    notes.push(Note::KeyInQuery { parameter: parameter.as_str().into() });
                    let known = refused_parameters.iter().any(|known| known.eq_ignore_ascii_case(&parameter));
                    if !known && refused_parameters.len() < limits::NAMES && matches_itself(&parameter) {
                        refused_parameters.push(parameter);
                    }
                }
                Way::Refused => notes.push(Note::SchemeUnusable { name: crate::problem::shown(name) }),
            }
        }
        let chosen = forms.iter().min_by_key(|(_, rank)| *rank).map(|(form, _)| form.clone());
        notes.push(match &chosen {
            None => Note::NoScheme,
            Some(CredentialForm::Basic { .. }) => Note::Basic,
            Some(form) => Note::Form { form: form.to_string().into() },
        });
        let form = chosen.unwrap_or(CredentialForm::Bearer);
        let mut client_headers = Vec::new();
        let mut dropped_headers: Vec<String> = Vec::new();
        for (other, _) in &forms {
            let CredentialForm::Header { name } = other else { continue };
            let list = if *other == form { &mut client_headers } else { &mut dropped_headers };
            if list.len() < limits::NAMES && !list.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                list.push(name.to_string());
            }
        }
        dropped_headers.retain(|name| !client_headers.iter().any(|used| used.eq_ignore_ascii_case(name)));
        Self { form, client_headers, refused_parameters, dropped_headers, notes }
    }
}

fn way(scheme: &SecurityScheme) -> Way {
    let in_header = |word: &str| match word.to_ascii_lowercase().as_str() {
        "bearer" => Way::Form(CredentialForm::Bearer, 0),
        "basic" => Way::Form(CredentialForm::Basic { user: "".into() }, 3),
        _ => format!("scheme:{word}").parse().map_or(Way::Refused, |form| Way::Form(form, 2)),
    };
    match scheme.kind.as_deref() {
        Some("http") => in_header(scheme.scheme.as_deref().unwrap_or_default()),
        Some("basic") => in_header("basic"),
        Some("oauth2" | "openIdConnect") => Way::Form(CredentialForm::Bearer, 0),
        Some("apiKey") => {
            let name = scheme.name.as_deref().unwrap_or_default();
            match scheme.place.as_deref() {
                Some("header") if name.eq_ignore_ascii_case("authorization") => {
                    Way::Form(CredentialForm::Bearer, 0)
                }
                Some("header") => {
                    format!("header:{name}").parse().map_or(Way::Refused, |form| Way::Form(form, 1))
                }
                Some("query") => Way::Query(name.to_owned()),
                _ => Way::Refused,
            }
        }
        _ => Way::Refused,
    }
}

/// A name that its own plain spelling does not match would never refuse anything.
fn matches_itself(name: &str) -> bool {
    name.len() <= limits::NAME && Query::parse(name).is_ok_and(|query| query.names_any(&[name]))
}
