//! Organizations and projects of Sentry, by their slugs.

use serde::Deserialize;
use valetkey_wire::FoundContext;

use super::super::{Asking, Standing, asking::encoded, found};
use crate::Error;

/// So many organizations are searched for projects.
const ORGANIZATIONS: usize = 10;

pub(in super::super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    Ok(Some(match kind {
        "organization" => {
            let text = text.to_lowercase();
            let has = |words: &str| words.to_lowercase().contains(&text);
            let mut organizations = organizations(asking).await?;
            organizations.retain(|one| has(&one.slug) || one.name.as_deref().is_some_and(has));
            organizations.into_iter().map(|one| found(one.slug, one.name)).collect()
        }
        "project" => projects(asking, text).await?,
        _ => return Ok(None),
    }))
}

/// Whether an organization or a project is there under this slug.
pub(in super::super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    let place = match (kind, value.split_once('/')) {
        ("organization", None) => format!("/api/0/organizations/{}/", encoded(value)),
        ("project", Some((organization, project))) => {
            format!("/api/0/projects/{}/{}/", encoded(organization), encoded(project))
        }
        _ => return Ok(Standing::Unknown),
    };
    Ok(Standing::of(asking.get(&place).await?.status))
}

/// `owner/na` searches in one organization. The search is in slugs and names.
async fn projects(asking: &Asking<'_>, text: &str) -> Result<Vec<FoundContext>, Error> {
    let (organizations, text) = if let Some((organization, text)) = text.split_once('/') {
        (vec![organization.to_owned()], text)
    } else {
        let listed = organizations(asking).await?.into_iter();
        (listed.take(ORGANIZATIONS).map(|organization| organization.slug).collect(), text)
    };
    let mut projects = Vec::new();
    for organization in organizations {
        let place =
            format!("/api/0/organizations/{}/projects/?query={}", encoded(&organization), encoded(text));
        let listed: Vec<Thing> = asking.read(&asking.get(&place).await?)?;
        let named = |project: Thing| found(format!("{organization}/{}", project.slug), project.name);
        projects.extend(listed.into_iter().map(named));
    }
    Ok(projects)
}

async fn organizations(asking: &Asking<'_>) -> Result<Vec<Thing>, Error> {
    asking.read(&asking.get("/api/0/organizations/").await?)
}

#[derive(Deserialize)]
struct Thing {
    slug: String,
    name: Option<String>,
}
