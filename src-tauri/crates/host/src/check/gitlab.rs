//! GitLab: who the owner is, and what the scopes of their token may allow.
//!
//! GitLab, "Personal access tokens API": `GET /personal_access_tokens/self` tells a token's scopes and its last day. Tokens of projects and
//! groups are of the same make, with a bot as their user; a fine-grained one tells its permissions. A token of another
//! kind (OAuth, a job's) can't be asked that. What a scope allows is GitLab, "Personal access token scopes"; it is laid over the
//! definition's operations: the owner has a permission where the scopes let at least one operation through that takes part of it.

mod contexts;
mod granular;

use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use valetkey_core::{
    rights::Rights,
    rules::{Operation, Rules},
    time::Timestamp,
};

use super::{Asking, Told};
use crate::Error;

pub(super) use contexts::{look, search};

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let user = asking.get("/api/v4/user").await?;
    let identity = match user.status {
        // Taken, and without a scope for this.
        403 => None,
        _ => Some(asking.read::<User>(&user)?.username.into()),
    };
    let token = asking.get("/api/v4/personal_access_tokens/self").await?;
    if matches!(token.status, 400 | 403 | 404) {
        return Ok(Told { identity, ..Told::default() });
    }
    let token: Token = asking.read(&token)?;
    Ok(Told {
        identity,
        rights: match &token.granular_scopes {
            Some(told) if *told != serde_json::json!([]) => granular::rights(told, &asking.connected().rules),
            Some(_) | None => rights(&token.scopes, &asking.connected().rules),
        },
        scopes: Some(token.scopes.join(", ").into()),
        expires: token.expires_at.as_deref().and_then(first_moment),
        ..Told::default()
    })
}

/// What the scopes may allow; `None` where one of them is not known here, as the one of fine-grained tokens is.
fn rights(scopes: &[String], rules: &Rules) -> Option<Rights> {
    let scopes: Option<Vec<Scope>> = scopes.iter().map(|scope| Scope::of(scope)).collect();
    let scopes = scopes?;
    if scopes.contains(&Scope::Api) {
        return Some(Rights::All);
    }
    Some(Rights::of_operations(rules, |operation| scopes.iter().any(|scope| scope.allows(operation))))
}

/// What a scope is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Api,
    ReadApi,
    ReadUser,
    ReadRepository,
    WriteRepository,
    CreateRunner,
    ManageRunner,
    ReadVirtualRegistry,
    WriteVirtualRegistry,
    /// Nothing by itself that is an operation here: registries have their own address, the rest widens another scope.
    Nothing,
}

impl Scope {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "api" => Self::Api,
            "read_api" => Self::ReadApi,
            "read_user" => Self::ReadUser,
            "read_repository" => Self::ReadRepository,
            "write_repository" => Self::WriteRepository,
            "create_runner" => Self::CreateRunner,
            "manage_runner" => Self::ManageRunner,
            "read_virtual_registry" => Self::ReadVirtualRegistry,
            "write_virtual_registry" => Self::WriteVirtualRegistry,
            "read_registry" | "write_registry" | "sudo" | "admin_mode" | "k8s_proxy" | "self_rotate"
            | "read_service_ping" => Self::Nothing,
            _ => return None,
        })
    }

    fn allows(self, operation: &Operation) -> bool {
        let path = &*operation.template;
        let read = operation.method.is_read();
        let below = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match self {
            Self::Api => true,
            Self::ReadApi => read && path.starts_with("/api/"),
            Self::ReadUser => read && (below("/api/v4/user") || below("/api/v4/users")),
            Self::ReadRepository => is_fetch(operation) || (read && path.contains("/repository/files/")),
            Self::WriteRepository => path.contains(".git/"),
            Self::CreateRunner => below("/api/v4/user/runners"),
            Self::ManageRunner => below("/api/v4/runners"),
            Self::ReadVirtualRegistry => read && path.contains("/virtual_registries/"),
            Self::WriteVirtualRegistry => path.contains("/virtual_registries/"),
            Self::Nothing => false,
        }
    }
}

/// Either half of a fetch by git, or the question where large files are.
fn is_fetch(operation: &Operation) -> bool {
    let path = &*operation.template;
    path.contains(".git/")
        && (path.ends_with("/git-upload-pack")
            || path.contains("/info/lfs/")
            || operation.query.iter().any(|(_, value)| &**value == "git-upload-pack"))
}

/// A token ends as its last day begins, in UTC.
fn first_moment(date: &str) -> Option<Timestamp> {
    let day: Date = date.parse().ok()?;
    let begins = day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_millis(begins.as_millisecond()))
}

#[derive(Deserialize)]
struct User {
    username: String,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    scopes: Vec<String>,
    expires_at: Option<String>,
    granular_scopes: Option<serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use valetkey_core::grant::Context;

    use super::*;

    fn had(scopes: &[&str]) -> impl Fn(&str) -> bool {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let rules = valetkey_catalog::kind("gitlab").unwrap().compile();
        let extent = rights(&scopes, &rules).unwrap().extent(&rules);
        move |permission| extent.has(&Context::Global, rules.permission(permission).unwrap(), &rules)
    }

    #[test]
    fn api_is_everything_and_an_unknown_scope_says_nothing() {
        let rules = valetkey_catalog::kind("gitlab").unwrap().compile();
        assert_eq!(rights(&["api".into()], &rules), Some(Rights::All));
        assert_eq!(rights(&["api".into(), "granular".into()], &rules), None);
    }

    #[test]
    fn read_api_reads_and_changes_nothing() {
        let had = had(&["read_api"]);
        assert!(had("read_repository") && had("read_attestation"));
        assert!(!had("delete_feature_flag") && !had("create_dependency_list_export"));
    }

    #[test]
    fn narrow_scopes_allow_little() {
        assert!(had(&["read_repository"])("read_repository"), "files of a repository");
        assert!(!had(&["read_repository"])("read_attestation"));
        assert!(!had(&["read_user", "self_rotate"])("read_repository"));
    }

    #[test]
    fn a_token_ends_as_its_last_day_begins() {
        assert_eq!(first_moment("2027-01-31").unwrap().as_millis(), 1_801_353_600_000);
        assert_eq!(first_moment("never"), None);
    }
}
