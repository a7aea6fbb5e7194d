//! GitHub: who the owner is, and what a classic token's scopes may allow.
//!
//! A classic token's scopes stand in a header of every answer (GitHub, "Scopes for OAuth apps": `X-OAuth-Scopes`). A fine-grained
//! token and an app's token have none there, and nothing tells their permissions: GitHub says with each answer what the operation
//! wants, not what the credential has.

mod contexts;
mod scopes;

use jiff::fmt::strtime;
use serde::Deserialize;
use valetkey_core::time::Timestamp;
use valetkey_gateway::Probe;

use super::{Asking, Told};
use crate::Error;

pub(super) use contexts::{look, search};

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let answer = asking.get("/user").await?;
    let identity = match answer.status {
        // An app's token is nobody's.
        403 if !is_rate_limited(&answer) => None,
        _ => Some(asking.read::<User>(&answer)?.login.into()),
    };
    // Empty where the token is one that has no scopes by its nature, so that nothing follows from it.
    let scopes = answer.field("x-oauth-scopes").filter(|scopes| !scopes.is_empty());
    Ok(Told {
        identity,
        rights: scopes.map(|scopes| scopes::rights(scopes, &asking.connected().rules)),
        scopes: scopes.map(Into::into),
        expires: answer.field("github-authentication-token-expiration").and_then(expiration),
        ..Told::default()
    })
}

/// GitHub, "Rate limits for the REST API": then one of these says when to ask again.
fn is_rate_limited(answer: &Probe) -> bool {
    answer.field("x-ratelimit-remaining") == Some("0") || answer.field("retry-after").is_some()
}

/// `2027-01-31 09:30:00 UTC`, or with an offset such as `-0700`.
fn expiration(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix("UTC").map_or_else(|| text.to_owned(), |time| format!("{time}+0000"));
    let time = strtime::parse("%Y-%m-%d %H:%M:%S %z", text).ok()?.to_timestamp().ok()?;
    Some(Timestamp::from_millis(time.as_millisecond()))
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_a_token_ends_is_read_in_both_forms() {
        let utc = expiration("2027-01-31 09:30:00 UTC").unwrap();
        assert_eq!(utc.as_millis(), 1_801_387_800_000);
        assert_eq!(expiration("2027-01-31 02:30:00 -0700"), Some(utc));
        assert_eq!(expiration("soon"), None);
    }
}
