//! A registry of container images (OCI distribution specification): it says whether it takes the credential, and which repositories it
//! has, and neither who the owner is nor what they may do.

use serde::Deserialize;
use valetkey_gateway::Question;
use valetkey_wire::FoundContext;

use super::{Asking, Standing, Told, asking::encoded, found};
use crate::Error;

/// The longest list of repositories that is read.
const LONGEST: usize = 4 << 20;
/// So many are given.
const MOST: usize = 50;

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    asking.get("/v2/").await?;
    Ok(Told::default())
}

/// Those of the first thousand that have `text` in their name. Some registries list none to anybody.
pub(super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    if kind != "repository" {
        return Ok(None);
    }
    let answer = asking.ask(Question::get("/v2/_catalog?n=1000").up_to(LONGEST)).await?;
    if matches!(answer.status, 403..=405) {
        return Ok(None);
    }
    let listed: Catalog = asking.read(&answer)?;
    let text = text.to_lowercase();
    let named = listed.repositories.into_iter().filter(|name| name.to_lowercase().contains(&text));
    Ok(Some(named.take(MOST).map(|name| found(name, None)).collect()))
}

/// Whether a repository is there under this name.
pub(super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    if kind != "repository" {
        return Ok(Standing::Unknown);
    }
    let name: Vec<String> = value.split('/').map(encoded).collect();
    Ok(Standing::of(asking.get(&format!("/v2/{}/tags/list?n=1", name.join("/"))).await?.status))
}

#[derive(Deserialize)]
struct Catalog {
    repositories: Vec<String>,
}
