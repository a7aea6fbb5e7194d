//! Slack: who the token is, and what its scopes may allow.
//!
//! `auth.test` needs no scope and tells who the token is (Slack, "auth.test"); the scopes stand in a header of the answer, as in that of
//! any method (Slack, "Permissions": `X-OAuth-Scopes`). A token that is refused is told so with 200 and `ok: false`.

use std::collections::BTreeSet;

use serde::Deserialize;
use valetkey_core::rights::Rights;

use super::{Asking, Told};
use crate::Error;

/// What `auth.test` says of a token that is none, or none any more.
const REFUSED: [&str; 6] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "user_removed_from_team",
];

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let answer = asking.get("/api/auth.test").await?;
    let me: Me = asking.read(&answer)?;
    match me.error.as_deref() {
        Some(error) if REFUSED.contains(&error) => return Err(asking.refused()),
        Some(_) => return Err(asking.unreadable()),
        None => {}
    }
    let listed = answer.field("x-oauth-scopes").filter(|scopes| !scopes.trim().is_empty());
    let scopes = |listed: &str| {
        let scopes: BTreeSet<&str> = listed.split(',').map(str::trim).collect();
        Rights::of_scopes(&asking.connected().rules, &scopes)
    };
    let identity = match (me.user, me.team) {
        (Some(user), Some(team)) => Some(format!("{user} ({team})")),
        (one, other) => one.or(other),
    };
    Ok(Told {
        identity: identity.map(Into::into),
        rights: listed.map(scopes),
        scopes: listed.map(Into::into),
        ..Told::default()
    })
}

#[derive(Deserialize)]
struct Me {
    error: Option<String>,
    user: Option<String>,
    team: Option<String>,
}
