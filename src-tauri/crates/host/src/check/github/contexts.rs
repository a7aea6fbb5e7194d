//! Repositories and organizations of GitHub.

use serde::Deserialize;
use valetkey_wire::FoundContext;

use super::super::{Asking, Standing, asking::encoded, found};
use crate::Error;

/// So many organizations are searched in besides the owner's own account.
const ORGANIZATIONS: usize = 10;

pub(in super::super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    Ok(Some(match kind {
        "repository" if text.is_empty() => {
            let answer = asking.get("/user/repos?per_page=50&sort=pushed").await?;
            listed(asking.read::<Vec<Repository>>(&answer)?)
        }
        "repository" => {
            let answer = asking.get(&query(text, &organizations(asking).await.unwrap_or_default())).await?;
            listed(asking.read::<Results>(&answer)?.items)
        }
        "organization" => {
            let text = text.to_lowercase();
            let mut logins = organizations(asking).await?;
            logins.retain(|login| login.to_lowercase().contains(&text));
            logins.into_iter().map(|login| found(login, None)).collect()
        }
        _ => return Ok(None),
    }))
}

/// Whether a repository or account is there under this name or number.
pub(in super::super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    let place = match (kind, value.split_once('/')) {
        ("repository", Some((owner, name))) => format!("/repos/{}/{}", encoded(owner), encoded(name)),
        ("repository", None) => format!("/repositories/{}", encoded(value)),
        ("organization", None) => match value.strip_prefix('#') {
            Some(number) => format!("/organizations/{}", encoded(number)),
            None => format!("/users/{}", encoded(value)),
        },
        _ => return Ok(Standing::Unknown),
    };
    Ok(Standing::of(asking.get(&place).await?.status))
}

/// In the names of what the owner has, and what their organizations have; `owner/na` searches in one account.
fn query(text: &str, organizations: &[String]) -> String {
    let (accounts, name) = if let Some((owner, name)) = text.split_once('/') {
        (format!("user:{owner}"), name)
    } else {
        let others = organizations.iter().take(ORGANIZATIONS).map(|login| format!(" org:{login}"));
        (format!("user:@me{}", others.collect::<String>()), text)
    };
    // A qualifier of the owner's own would search elsewhere.
    let name: String = name.chars().filter(|letter| *letter != ':').collect();
    format!("/search/repositories?per_page=50&q={}", encoded(&format!("{name} in:name fork:true {accounts}")))
}

async fn organizations(asking: &Asking<'_>) -> Result<Vec<String>, Error> {
    let answer = asking.get("/user/orgs?per_page=100").await?;
    let listed: Vec<Organization> = asking.read(&answer)?;
    Ok(listed.into_iter().map(|organization| organization.login).collect())
}

fn listed(repositories: Vec<Repository>) -> Vec<FoundContext> {
    repositories.into_iter().map(|repository| found(repository.full_name, None)).collect()
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Results {
    items: Vec<Repository>,
}

#[derive(Deserialize)]
struct Organization {
    login: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_searched_among_what_the_owner_has() {
        let orgs = ["acme".to_owned()];
        assert_eq!(
            query("site", &orgs),
            "/search/repositories?per_page=50&q=site%20in%3Aname%20fork%3Atrue%20user%3A%40me%20org%3Aacme"
        );
        assert_eq!(
            query("acme/si", &orgs),
            "/search/repositories?per_page=50&q=si%20in%3Aname%20fork%3Atrue%20user%3Aacme"
        );
        assert!(!query("user:torvalds", &[]).contains("user%3Atorvalds"));
    }
}
