//! Projects, which `CodeCanvas` calls namespaces, as paths and grants name them: `key:SITE`.

use serde::Deserialize;
use valetkey_catalog::import::space::{Family, Place};
use valetkey_wire::FoundContext;

use super::super::{Asking, Standing, asking::encoded, found};
use crate::Error;

const PROJECTS: &str = "/api/http/projects?$top=100&$fields=data(key(key),name)";

/// The first hundred; none where the service does not list them to the owner.
pub(super) async fn listed(asking: &Asking<'_>) -> Result<Vec<FoundContext>, Error> {
    let answer = asking.get(PROJECTS).await?;
    let listed: Batch = asking.read(&answer).unwrap_or_default();
    // A key goes into grants and questions as it is.
    let plain = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let listed = listed.data.into_iter().filter(|project| plain(&project.key.key));
    Ok(listed.map(|project| found(format!("key:{}", project.key.key), project.name)).collect())
}

/// Those of the first hundred whose key or name has `text` in it.
pub(in super::super) async fn search(
    asking: &Asking<'_>,
    family: Family,
    kind: &str,
    text: &str,
) -> Result<Option<Vec<FoundContext>>, Error> {
    if !is_kind(family, kind) {
        return Ok(None);
    }
    let text = text.to_lowercase();
    let has = |words: &str| words.to_lowercase().contains(&text);
    let mut listed = listed(asking).await?;
    listed.retain(|project| has(&project.value) || project.title.as_deref().is_some_and(has));
    Ok(Some(listed))
}

/// Whether a project is there under this key or id.
pub(in super::super) async fn look(
    asking: &Asking<'_>,
    family: Family,
    kind: &str,
    value: &str,
) -> Result<Standing, Error> {
    let Some((form, name)) = value.split_once(':').filter(|_| is_kind(family, kind)) else {
        return Ok(Standing::Unknown);
    };
    let place = format!("/api/http/projects/{}:{}?$fields=id", encoded(form), encoded(name));
    Ok(Standing::of(asking.get(&place).await?.status))
}

fn is_kind(family: Family, kind: &str) -> bool {
    Place::Project.kind(family) == Some(kind)
}

#[derive(Default, Deserialize)]
struct Batch {
    data: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    key: Key,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}
