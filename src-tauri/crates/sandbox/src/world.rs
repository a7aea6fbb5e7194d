//! What the sandbox holds, and what can be done to it.

pub(crate) mod accounts;
pub(crate) mod environments;
pub(crate) mod namespaces;
pub(crate) mod profile;
mod seed;
pub(crate) mod templates;
pub(crate) mod users;

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    identity::{Digest, Identity},
    problem::Problem,
};

/// The most entries of one kind; a token gone wild must not eat the machine.
const LIMIT: usize = 1000;

pub(crate) struct World {
    pub(crate) identities: HashMap<Digest, Identity>,
    users: BTreeMap<String, users::User>,
    namespaces: BTreeMap<String, namespaces::Namespace>,
}

/// What an operation does.
pub(crate) type Act = fn(&mut World, &Call<'_>) -> Result<Reply, Problem>;

/// A request that may be done.
pub(crate) struct Call<'c> {
    pub(crate) caller: Digest,
    pub(crate) parameters: &'c HashMap<String, String>,
    pub(crate) query: &'c str,
    pub(crate) body: &'c [u8],
}

impl Call<'_> {
    fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        Ok(serde_json::from_slice(self.body)?)
    }
}

pub(crate) enum Reply {
    Found(Value),
    Created(Value),
    Deleted,
    Log(String),
    Follow(Vec<String>),
}

impl Reply {
    fn found(value: impl Serialize) -> Result<Self, Problem> {
        Ok(Self::Found(serde_json::to_value(value)?))
    }

    fn created(value: impl Serialize) -> Result<Self, Problem> {
        Ok(Self::Created(serde_json::to_value(value)?))
    }
}

impl World {
    /// Whether there is such a namespace.
    pub(crate) fn has_namespace(&self, key: &str) -> bool {
        self.namespaces.contains_key(key)
    }

    /// The namespace that the path names.
    fn namespace(&mut self, call: &Call<'_>) -> Result<&mut namespaces::Namespace, Problem> {
        self.namespaces.get_mut(call.parameter("namespace")).ok_or(Problem::NotFound)
    }
}

/// Something with the name by which it is found.
#[derive(Serialize)]
struct Named<'n, T> {
    name: &'n str,
    #[serde(flatten)]
    value: &'n T,
}

fn list<T: Serialize>(entries: &BTreeMap<String, T>) -> Result<Reply, Problem> {
    Reply::found(entries.iter().map(|(name, value)| Named { name, value }).collect::<Vec<_>>())
}

fn show<T: Serialize>(entries: &BTreeMap<String, T>, name: &str) -> Result<Reply, Problem> {
    let (name, value) = entries.get_key_value(name).ok_or(Problem::NotFound)?;
    Reply::found(Named { name, value })
}

fn create<T: Serialize>(entries: &mut BTreeMap<String, T>, name: String, value: T) -> Result<Reply, Problem> {
    if entries.contains_key(&name) {
        return Err(Problem::Exists { name });
    }
    has_room(entries.len())?;
    let reply = Reply::created(Named { name: sound(&name)?, value: &value })?;
    entries.insert(name, value);
    Ok(reply)
}

fn delete<T>(entries: &mut BTreeMap<String, T>, name: &str) -> Result<Reply, Problem> {
    entries.remove(name).map(|_| Reply::Deleted).ok_or(Problem::NotFound)
}

fn has_room(count: usize) -> Result<(), Problem> {
    if count < LIMIT { Ok(()) } else { Err(Problem::Full { limit: LIMIT }) }
}

fn sound(name: &str) -> Result<&str, Problem> {
    let sound = (1..=40).contains(&name.len())
        && !name.starts_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if sound { Ok(name) } else { Err(Problem::Name { name: name.chars().take(80).collect() }) }
}
