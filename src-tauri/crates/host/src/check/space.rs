//! JetBrains Space and `CodeCanvas`: they tell what their API is, who the owner is, and of each right whether the owner has it.

mod definition;
mod projects;
mod rights;

use std::collections::BTreeMap;

pub(super) use projects::{look, search};
use serde::Deserialize;
pub(super) use valetkey_catalog::import::space::Family;
use valetkey_catalog::import::space::Place;

use super::{Asking, Told};
use crate::Error;

const ME: &str = "/api/http/team-directory/profiles/me?$fields=username,name(firstName,lastName)";

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
    let projects: Vec<String> =
        projects::listed(asking).await?.into_iter().map(|project| project.value).collect();
    let rights = match &identity {
        Some(_) => rights::read(asking, rules, family, &projects).await?,
        None => None,
    };
    let kind = Place::Project.kind(family).unwrap_or_default();
    let values = BTreeMap::from([(kind.into(), projects)]);
    Ok(Told { identity: identity.map(Into::into), rights, values, definition, ..Told::default() })
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
