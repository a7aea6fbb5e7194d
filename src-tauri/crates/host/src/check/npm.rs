//! A registry of npm packages: who the owner is, and which packages are theirs. What a token may do is told by its list of packages, which
//! only a signed-in person is shown, so the owner declares.

use std::collections::BTreeMap;

use serde::Deserialize;
use valetkey_gateway::Question;
use valetkey_wire::FoundContext;

use super::{Asking, Standing, Told, asking::encoded, found};
use crate::Error;

/// The longest list of packages that is read.
const LONGEST: usize = 4 << 20;
/// So many are given.
const MOST: usize = 50;

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let answer = asking.get("/-/whoami").await?;
    // A registry may take the credential and know nothing of names.
    let identity = asking.read::<Me>(&answer).ok().map(|me| me.username.into());
    Ok(Told { identity, ..Told::default() })
}

/// The owner's packages with `text` in them; `@scope/na` looks into what that organization has. Where a registry does not list them, as
/// most private ones don't, all of its packages are searched.
pub(super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    if kind != "package" {
        return Ok(None);
    }
    let scope = text.strip_prefix('@').and_then(|rest| rest.split_once('/')).map(|(scope, _)| scope);
    let owner = asking.connected().service.identity.as_deref();
    let place = match (scope, owner) {
        (Some(scope), _) => Some(format!("/-/org/{}/package", encoded(scope))),
        (None, Some(owner)) => Some(format!("/-/user/{}/package", encoded(owner))),
        (None, None) => None,
    };
    if let Some(place) = place {
        let answer = asking.ask(Question::get(&place).up_to(LONGEST)).await?;
        // By name, how the package may be used.
        if let Ok(listed) = asking.read::<BTreeMap<String, String>>(&answer) {
            let text = text.to_lowercase();
            let named = listed.into_keys().filter(|name| name.to_lowercase().contains(&text));
            return Ok(Some(named.take(MOST).map(|name| found(name, None)).collect()));
        }
    }
    let place = format!("/-/v1/search?size={MOST}&text={}", encoded(text));
    let results: Results = asking.read(&asking.ask(Question::get(&place).up_to(LONGEST)).await?)?;
    Ok(Some(results.objects.into_iter().map(|result| found(result.package.name, None)).collect()))
}

/// Whether a package is there under this name.
pub(super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    if kind != "package" {
        return Ok(Standing::Unknown);
    }
    // The `@` of a scope goes as it is.
    let name = match value.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, name)) => format!("@{}%2f{}", encoded(scope), encoded(name)),
        None => encoded(value),
    };
    // Short, whatever there is of versions.
    Ok(Standing::of(asking.get(&format!("/-/package/{name}/dist-tags")).await?.status))
}

#[derive(Deserialize)]
struct Me {
    username: String,
}

#[derive(Deserialize)]
struct Results {
    objects: Vec<SearchResult>,
}

#[derive(Deserialize)]
struct SearchResult {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}
