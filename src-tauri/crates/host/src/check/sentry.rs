//! Sentry: who the owner is, and what the scopes of their token may allow.
//!
//! The root of its API tells both (getsentry/sentry, `IndexEndpoint`): `auth` with the scopes, and `user`, which is null for the token of
//! an organization.

mod contexts;

use std::collections::BTreeSet;

use serde::Deserialize;
use valetkey_core::rights::Rights;

use super::{Asking, Told};
use crate::Error;

pub(super) use contexts::{look, search};

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let answer = asking.get("/api/0/").await?;
    let root: Root = asking.read(&answer)?;
    let identity = root.user.and_then(|user| user.username.or(user.email).or(user.name));
    let scopes = root.auth.map(|auth| auth.scopes);
    let rights = |scopes: &Vec<String>| {
        let scopes: BTreeSet<&str> = scopes.iter().map(String::as_str).collect();
        Rights::of_scopes(&asking.connected().rules, &scopes)
    };
    Ok(Told {
        identity: identity.map(Into::into),
        rights: scopes.as_ref().map(rights),
        scopes: scopes.map(|scopes| scopes.join(", ").into()),
        ..Told::default()
    })
}

#[derive(Deserialize)]
struct Root {
    auth: Option<Auth>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct Auth {
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct User {
    username: Option<String>,
    email: Option<String>,
    name: Option<String>,
}
