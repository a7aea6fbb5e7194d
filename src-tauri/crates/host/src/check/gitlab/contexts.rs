//! Projects and groups of GitLab, by their numbers: those stay when a path changes.

use serde::Deserialize;
use valetkey_wire::FoundContext;

use super::super::{Asking, Standing, asking::encoded, found};
use crate::Error;

pub(in super::super) async fn search(
    asking: &Asking<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    let text = encoded(text);
    let place = match kind {
        "project" => format!(
            "/api/v4/projects?membership=true&simple=true&search_namespaces=true&order_by=last_activity_at&per_page=50&search={text}"
        ),
        "group" => format!("/api/v4/groups?min_access_level=10&per_page=50&search={text}"),
        _ => return Ok(None),
    };
    let answer = asking.get(&place).await?;
    let listed: Vec<Thing> = asking.read(&answer)?;
    let found = |thing: Thing| found(thing.id.to_string(), thing.path_with_namespace.or(thing.full_path));
    Ok(Some(listed.into_iter().map(found).collect()))
}

/// Whether a project or group is there under this number or path.
pub(in super::super) async fn look(asking: &Asking<'_>, kind: &str, value: &str) -> Result<Standing, Error> {
    let place = match kind {
        "project" => format!("/api/v4/projects/{}", encoded(value)),
        "group" => format!("/api/v4/groups/{}?with_projects=false", encoded(value)),
        _ => return Ok(Standing::Unknown),
    };
    Ok(Standing::of(asking.get(&place).await?.status))
}

/// A project has the one path, a group the other.
#[derive(Deserialize)]
struct Thing {
    id: u64,
    path_with_namespace: Option<String>,
    full_path: Option<String>,
}
