use std::fmt::Write as _;

use serde_json::json;

use super::{Call, Reply, World, has_room};
use crate::{
    identity::{Digest, Identity, context_of},
    problem::Problem,
};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let accounts = &world.namespace(call)?.accounts;
    Reply::found(accounts.iter().map(|name| json!({"name": name})).collect::<Vec<_>>())
}

/// Makes a token that the sandbox takes like the owner's credential, with the service account's own small rights.
pub(crate) fn mint(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let account = call.parameter("account");
    if !world.namespace(call)?.accounts.contains(account) {
        return Err(Problem::NotFound);
    }
    has_room(world.identities.len())?;
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|_| Problem::NoEntropy)?;
    let token = bytes.iter().fold(String::from("sandbox_"), |mut token, byte| {
        // Writing to a string can't fail.
        let _ = write!(token, "{byte:02x}");
        token
    });

    let home = call.parameter("namespace");
    let mut who = Identity::new(format!("{account} of {home}"), Some(home.to_owned()));
    who.give("global", &["profile.view", "namespaces.view"]);
    who.give(&context_of(home), &["namespace.view", "template.view", "environment.view"]);
    world.identities.insert(Digest::of(&token), who);
    Reply::created(json!({"account": account, "token": token}))
}
