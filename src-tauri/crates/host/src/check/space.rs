//! JetBrains Space and `CodeCanvas`: they tell what their API is, who the owner is, and of each right whether the owner has it.

mod definition;
mod rights;

use std::collections::BTreeMap;

use serde::Deserialize;
pub(super) use valetkey_catalog::import::space::Family;
use valetkey_catalog::import::space::Place;

use valetkey_wire::FoundContext;

use super::{Asking, Told, found};
use crate::Error;

const ME: &str = "/api/http/team-directory/profiles/me?$fields=username,name(firstName,lastName)";
const PROJECTS: &str = "/api/http/projects?$top=100&$fields=data(key(key))";

pub(super) async fn ask(asking: &Asking<'_>, family: Family) -> Result<Told, Error> {
    let me = asking.get(ME).await?;
    let me: Result<Profile, Error> = asking.read(&me);
    let definition = definition::read(asking, family).await?;
    let identity = match (me, &definition) {
        (Ok(me), _) => Some(me.name()),
        // An application is nobody's profile, and yet the service is one of these.
        (Err(_), Some(_)) => None,
        (Err(nothing_known), None) => return Err(nothing_known),
    };
    let rules = definition.as_ref().map_or(&asking.connected().rules, |told| &told.rules);
    let projects = projects(asking).await?;
    let rights = match &identity {
        Some(_) => rights::read(asking, rules, family, &projects).await?,
        None => None,
    };
    let kind = Place::Project.kind(family).unwrap_or_default();
    let values = BTreeMap::from([(kind.into(), projects)]);
    Ok(Told { identity: identity.map(Into::into), rights, values, definition, ..Told::default() })
}

/// The first hundred, narrowed by their keys.
pub(super) async fn search(
    asking: &Asking<'_>,
    family: Family,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    if Place::Project.kind(family).is_none_or(|known| known != kind) {
        return Ok(None);
    }
    let text = text.to_lowercase();
    let mut keys = projects(asking).await?;
    keys.retain(|key| key.to_lowercase().contains(&text));
    Ok(Some(keys.into_iter().map(|key| found(key, None)).collect()))
}

/// As paths name them; none where the service does not list them to the owner.
async fn projects(asking: &Asking<'_>) -> Result<Vec<String>, Error> {
    let answer = asking.get(PROJECTS).await?;
    let listed: Batch = asking.read(&answer).unwrap_or_default();
    // A key goes into grants and questions as it is.
    let plain = |key: &String| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    Ok(listed
        .data
        .into_iter()
        .map(|project| project.key.key)
        .filter(plain)
        .map(|key| format!("key:{key}"))
        .collect())
}

#[derive(Deserialize)]
struct Profile {
    username: String,
    name: Option<Name>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    first_name: String,
    last_name: String,
}

impl Profile {
    fn name(self) -> String {
        match self.name {
            Some(Name { first_name, last_name }) => format!("{first_name} {last_name} ({})", self.username),
            None => self.username,
        }
    }
}

#[derive(Default, Deserialize)]
struct Batch {
    data: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    key: Key,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}
