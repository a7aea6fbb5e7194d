use valetkey_core::{
    http::Method,
    path::{Query, Unusual},
    rules::Switches,
    service::CredentialForm,
};

use super::bounded;
use crate::{Error, Problem, document::SwitchEntry, limits, problem::shown};

pub(super) fn switches(entry: &SwitchEntry) -> Result<Switches, Error> {
    Ok(Switches {
        path: Unusual {
            encoded_slash: entry.encoded_slash,
            lower_case_slash: entry.lower_case_slash,
            encoded_percent: entry.encoded_percent,
            semicolon: entry.semicolon,
        },
        bodies: bodies(&entry.bodies)?,
        upgrade: entry.upgrade,
        refused_parameters: parameters(&entry.refused_parameters)?,
        refused_in_bodies: entry.refused_in_bodies,
        dropped_headers: headers("switches.dropped_headers", &entry.dropped_headers)?,
        accepted_headers: headers("switches.accepted_headers", &entry.accepted_headers)?,
    })
}

/// Header names in lower case. `Authorization` is always a place for the token, and those that shape the message
/// can be neither taken from nor dropped.
pub(super) fn headers(list: &str, names: &[String]) -> Result<Vec<Box<str>>, Error> {
    bounded(list, names.len(), limits::NAMES)?;
    let mut found: Vec<Box<str>> = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let place = format!("{list}[{index}]");
        let lower = name.to_ascii_lowercase();
        let usable = matches!(format!("header:{lower}").parse(), Ok(CredentialForm::Header { .. }));
        if !usable || lower == "authorization" {
            return Err(Error::refused(place, Problem::Header { name: shown(name) }));
        }
        if let Some(first) = found.iter().position(|known| **known == *lower) {
            return Err(Error::refused(
                place,
                Problem::Duplicate { first: format!("{list}[{first}]").into() },
            ));
        }
        found.push(lower.into());
    }
    Ok(found)
}

fn bodies(names: &[String]) -> Result<Vec<Method>, Error> {
    bounded("switches.bodies", names.len(), Method::ALL.len())?;
    let judge = |(index, name): (usize, &String)| {
        let refused = |problem| Error::refused(format!("switches.bodies[{index}]"), problem);
        match Method::parse(name.as_bytes()) {
            None => Err(refused(Problem::Method { name: shown(name) })),
            Some(method) if !method.body_is_unusual() => {
                Err(refused(Problem::BodyIsUsual { name: name.as_str().into() }))
            }
            Some(method) => Ok(method),
        }
    };
    names.iter().enumerate().map(judge).collect()
}

fn parameters(names: &[String]) -> Result<Vec<Box<str>>, Error> {
    bounded("switches.refused_parameters", names.len(), limits::NAMES)?;
    let judge = |(index, name): (usize, &String)| {
        // A name that its own plain spelling does not match would never refuse anything.
        let matches_itself = name.len() <= limits::NAME
            && Query::parse(name).is_ok_and(|query| query.names_any(&[name.as_str()]));
        if matches_itself {
            Ok(name.as_str().into())
        } else {
            let place = format!("switches.refused_parameters[{index}]");
            Err(Error::refused(place, Problem::Query { text: shown(name) }))
        }
    };
    names.iter().enumerate().map(judge).collect()
}
