//! What a running service serves about itself.
//!
//! The shapes are those that the service's published clients are generated from: `HA_Model` and its parts, `RightsWithHierarchy`.

mod rights;
mod shapes;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use shapes::{Api, Listed, Reference, Resource, Segment, Segments};
use valetkey_core::path::Path;

use super::{Endpoint, Model};
use crate::Error;

/// Where the service serves its endpoints, as far as they are read here: some 800 with their paths and rights.
pub const MODEL_PATH: &str = "/api/http/http-api-model?$fields=resources(id,path,parentResource(id),endpoints(method,path,rights),nestedResources!)";

/// Where it serves its rights.
pub const RIGHTS_PATH: &str =
    "/api/http/permissions?$fields=rights(rightType,rights),rightsGroups(title,priority,rights),deps";

/// Under which every endpoint of the model is.
const ROOT: &str = "/api/http";

/// Resources in each other; real ones have up to 6.
const DEPTH: usize = 64;

/// What a service says of itself, from what it answers at [`MODEL_PATH`] and at [`RIGHTS_PATH`].
pub fn model(api: &str, rights: &str) -> Result<Model, Error> {
    let api: Api = serde_json::from_str(api)?;
    let listed: Listed = serde_json::from_str(rights)?;
    let mut resources = HashMap::new();
    for resource in api.resources {
        flatten(resource, None, &mut resources, 0);
    }
    let mut endpoints = Vec::new();
    let mut titles = BTreeMap::new();
    for resource in resources.values() {
        for served in &resource.endpoints {
            let Some(path) = full_path(resource, &served.path, &resources) else { continue };
            let named = served.rights.as_deref().unwrap_or_default();
            titles.extend(named.iter().map(|right| (right.right_unique_code.clone(), right)));
            endpoints.push(Endpoint {
                method: served.method.http().into(),
                path,
                rights: named.iter().map(|right| right.right_unique_code.clone()).collect(),
            });
        }
    }
    endpoints.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    Ok(Model { rights: listed.rights(&titles), endpoints })
}

/// Resources may come one in the other, side by side with a reference, or both.
fn flatten(mut resource: Resource, parent: Option<&str>, into: &mut HashMap<String, Resource>, depth: usize) {
    if depth > DEPTH {
        return;
    }
    let nested = resource.nested.take().unwrap_or_default();
    if resource.parent.is_none() {
        resource.parent = parent.map(|id| Reference { id: id.to_owned() });
    }
    for inner in nested {
        flatten(inner, Some(&resource.id), into, depth + 1);
    }
    into.insert(resource.id.clone(), resource);
}

/// `None` where a request can't be spelt so, or where resources contain each other.
fn full_path(resource: &Resource, own: &Segments, resources: &HashMap<String, Resource>) -> Option<String> {
    let mut parts = vec![own];
    let mut next = Some(resource);
    while let Some(resource) = next {
        parts.push(&resource.path);
        next = match &resource.parent {
            None => None,
            Some(parent) => Some(resources.get(&parent.id)?),
        };
        if parts.len() > DEPTH {
            return None;
        }
    }
    let mut path = ROOT.to_owned();
    for segment in parts.into_iter().rev().flat_map(|part| &part.segments) {
        let (before, parameter) = match segment {
            Segment::Const { value } => (value.clone(), None),
            Segment::Var { name } => (String::new(), Some(name)),
            Segment::PrefixedVar { prefix, name } => (format!("{prefix}:"), Some(name)),
        };
        let spelt = format!("/{before}{}", if parameter.is_some() { "x" } else { "" });
        if before.contains(['/', '{', '}']) || Path::parse(&spelt).is_err() {
            return None;
        }
        path.extend(["/", &before]);
        if let Some(name) = parameter {
            path.extend(["{", &name.replace(['{', '}'], ""), "}"]);
        }
    }
    Some(path)
}
