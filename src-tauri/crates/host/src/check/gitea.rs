//! Gitea and Forgejo: who the owner is. A token's scopes are told only to who signs in with a password, so the owner declares.

use serde::{Deserialize, de::DeserializeOwned};
use valetkey_wire::FoundContext;

use super::{Asking, Standing, Told, asking::encoded, found};
use crate::Error;

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let user = asking.get("/api/v1/user").await?;
    let identity = match user.status {
        // Taken, and without the scope for this.
        403 => None,
        _ => Some(asking.read::<User>(&user)?.login.into()),
    };
    Ok(Told { identity, ..Told::default() })
}

pub(super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    Ok(match kind {
        "repository" => {
            // The search is in names alone, so of `owner/na` the name is sent and the owner compared.
            let (owner, name) =
                text.split_once('/').map_or((None, text), |(owner, name)| (Some(owner), name));
            let place = format!("/api/v1/repos/search?limit=50&sort=updated&order=desc&q={}", encoded(name));
            let results: Results = read(asking, &place).await?;
            let names = results.data.into_iter().map(|repository| repository.full_name);
            let of_owner = |name: &String| {
                owner.is_none_or(|owner| {
                    name.split('/').next().is_some_and(|has| has.eq_ignore_ascii_case(owner))
                })
            };
            Some(names.filter(of_owner).map(|name| found(name, None)).collect())
        }
        "organization" => {
            let text = text.to_lowercase();
            let listed: Vec<Organization> = read(asking, "/api/v1/user/orgs?limit=50").await?;
            let names = listed.into_iter().map(|organization| organization.username);
            Some(
                names
                    .filter(|name| name.to_lowercase().contains(&text))
                    .map(|name| found(name, None))
                    .collect(),
            )
        }
        _ => None,
    })
}

/// Whether a repository, or an owner of some, is there under this name.
pub(super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    let place = match (kind, value.split_once('/')) {
        ("repository", Some((owner, name))) => format!("/api/v1/repos/{}/{}", encoded(owner), encoded(name)),
        // Organizations are found under this path as people are.
        ("organization", None) => format!("/api/v1/users/{}", encoded(value)),
        _ => return Ok(Standing::Unknown),
    };
    Ok(Standing::of(asking.get(&place).await?.status))
}

async fn read<T: DeserializeOwned>(asking: &Asking<'_>, place: &str) -> Result<T, Error> {
    asking.read(&asking.get(place).await?)
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Results {
    data: Vec<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Organization {
    username: String,
}
