use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SecretText;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TokenStatus {
    /// It works.
    Active,
    /// Switched off; can be switched on again.
    Disabled,
    /// Its time has come.
    Expired,
    /// Ended for good.
    Revoked,
}

/// Full access, or limited access with its grants as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "access", rename_all = "snake_case")]
#[ts(export)]
pub enum Scope {
    /// Everything the owner can do in every connected service.
    Full,
    /// `<service>:<context>:<permission>` each; at least one.
    Limited {
        /// The grants.
        grants: Vec<String>,
    },
}

/// When a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "expires", rename_all = "snake_case")]
#[ts(export)]
pub enum Expiry {
    /// Never.
    Never,
    /// At this time.
    At {
        /// Milliseconds since 1970.
        at: i64,
    },
}

/// What is asked for when creating a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NewToken {
    /// 1–64 characters, unique among live tokens.
    pub name: String,
    /// May be empty.
    #[serde(default)]
    pub note: String,
    /// Full or limited; there is no default.
    pub scope: Scope,
    /// When it ends.
    pub expiry: Expiry,
    /// Whether it may use the HTTPS proxy.
    #[serde(default)]
    pub proxy: bool,
}

/// What is asked to change; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct TokenChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Another scope, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Another end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
    /// The HTTPS proxy too, or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<bool>,
}

/// A new or replaced token, shown once.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NewSecret {
    /// Its public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The whole token.
    pub token: SecretText,
}

/// A grant as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GrantRow {
    /// `<service>:<context>:<permission>`
    pub text: String,
    /// Its service.
    pub service: String,
    /// Its context: `global`, `<kind>=<value>` or `<kind>`.
    pub context: String,
    /// Its permission, or `*`.
    pub permission: String,
    /// False where it gives nothing now: the owner lost the right, or the service is gone.
    pub active: bool,
    /// Why it gives nothing; or, where it is active, why it may: what it names was not found at the service.
    pub problem: Option<String>,
}

/// What a token may do in one service, in the service's own words for that: `global:Profile.View project:key:SITE:Project.View`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScopeString {
    /// Its name.
    pub service: String,
    /// The words.
    pub text: String,
}

/// When and how a token was last used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LastUse {
    /// Milliseconds since 1970.
    pub time: i64,
    /// The operation.
    pub operation: String,
    /// The calling program, where the OS could say.
    pub program: Option<String>,
    /// Its process number.
    pub pid: Option<u32>,
}

/// A token as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TokenRow {
    /// Public id: eight characters.
    pub id: String,
    /// How the token begins: `vkey_` + id.
    pub shown: String,
    /// Its name.
    pub name: String,
    /// Its note; may be empty.
    pub note: String,
    /// `full` or `limited`.
    #[serde(flatten)]
    pub scope: Scope,
    /// The grants once more, each with whether it is active; empty for full access.
    pub grant_rows: Vec<GrantRow>,
    /// The grants once more, for each service that has such words.
    pub scope_strings: Vec<ScopeString>,
    /// Active, disabled, expired or revoked.
    pub status: TokenStatus,
    /// Milliseconds since 1970.
    pub created: i64,
    /// When it ends by itself; null is never.
    pub expires: Option<i64>,
    /// Whether it may use the HTTPS proxy.
    pub proxy: bool,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// Null is never.
    pub last_used: Option<LastUse>,
}
