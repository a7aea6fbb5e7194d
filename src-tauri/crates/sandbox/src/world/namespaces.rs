use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;

use super::{Call, Reply, World, environments::Environment, has_room, sound, templates::Template};
use crate::{identity::context_of, problem::Problem};

/// Every right there is in a namespace.
pub(super) const RIGHTS: [&str; 8] = [
    "namespace.view",
    "namespace.delete",
    "template.view",
    "template.manage",
    "environment.view",
    "environment.manage",
    "environment.delete",
    "service-account.token",
];

#[derive(Default)]
pub(crate) struct Namespace {
    pub(crate) title: String,
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) environments: BTreeMap<String, Environment>,
    pub(crate) accounts: BTreeSet<String>,
}

/// Those in which the caller has any right.
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let who = world.identities.get(&call.caller).ok_or(Problem::Unauthenticated)?;
    let known: Vec<_> = world
        .namespaces
        .iter()
        .filter(|(key, _)| who.knows(&context_of(key)))
        .map(|(key, namespace)| json!({"key": key, "title": namespace.title}))
        .collect();
    Reply::found(known)
}

pub(crate) fn show(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let namespace = world.namespace(call)?;
    Reply::found(json!({
        "key": call.parameter("namespace"),
        "title": namespace.title,
        "templates": namespace.templates.len(),
        "environments": namespace.environments.len(),
    }))
}

/// Whoever creates a namespace has every right in it.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct New {
        key: String,
        title: String,
    }
    let New { key, title } = call.read()?;
    sound(&key)?;
    if world.has_namespace(&key) {
        return Err(Problem::Exists { name: key });
    }
    has_room(world.namespaces.len())?;
    let who = world.identities.get_mut(&call.caller).ok_or(Problem::Unauthenticated)?;
    who.give(&context_of(&key), &RIGHTS);
    let reply = Reply::created(json!({"key": key, "title": title}));
    world.namespaces.insert(key, Namespace { title, ..Namespace::default() });
    reply
}

/// Rights in it, and its service accounts' tokens, go with it.
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let key = call.parameter("namespace");
    world.namespaces.remove(key).ok_or(Problem::NotFound)?;
    world.identities.retain(|_, who| who.home.as_deref() != Some(key));
    for who in world.identities.values_mut() {
        who.rights.retain(|(context, _)| *context != context_of(key));
    }
    Ok(Reply::Deleted)
}
