use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SecretText;

/// A kind of service that can be connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceKind {
    /// As `--kind` takes it.
    pub kind: String,
    /// For people.
    pub title: String,
    /// One sentence.
    pub description: String,
    /// Where such a service usually is, if that is one place.
    pub base_url: Option<String>,
    /// Whether the owner must say where it is.
    pub needs_base_url: bool,
    /// Whether a master credential is asked for; the sandbox makes its own.
    pub needs_credential: bool,
    /// How its credential is sent unless told otherwise: `bearer`, `scheme:WORD`, `basic:USER`, `header:NAME`.
    pub credential_form: String,
}

/// What is asked for when connecting a service.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct NewService {
    /// One lower-case DNS label.
    pub name: String,
    /// One of the catalog's kinds.
    pub kind: String,
    /// Where it is; the kind's usual place if absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// How its credential is sent; the kind's usual way if absent.
    #[serde(default)]
    pub credential_form: Option<String>,
    /// A definition document (JSON) in place of the catalog's.
    #[serde(default)]
    pub definition: Option<String>,
    /// The master credential.
    #[serde(default)]
    pub credential: Option<SecretText>,
}

/// What the vault gives for a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CredentialState {
    /// At hand.
    Ready,
    /// The vault is locked.
    Locked,
    /// The vault has none.
    Missing,
    /// The vault failed otherwise; see the problem.
    Failed,
}

/// A place where a service lives besides its base URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EndpointRow {
    /// As the definition calls it.
    pub name: String,
    /// Where it is.
    pub base_url: String,
    /// How the credential is sent there.
    pub credential_form: String,
}

/// Who said what the owner's rights are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RightsSource {
    /// Nobody: they count as everything, and the service judges.
    Unknown,
    /// The service.
    Service,
    /// The owner.
    Owner,
}

/// What the owner may do in a service, at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RightsRow {
    /// Whether they are known to be less than everything.
    pub limited: bool,
    /// How many of the definition's permissions the owner has somewhere.
    pub had: usize,
    /// Who said so.
    pub source: RightsSource,
    /// When, in milliseconds since 1970.
    pub since: Option<i64>,
    /// What the service calls the credential's scopes.
    pub scopes: Option<String>,
    /// Whether this kind of service is asked, so that nothing needs to be declared where it tells.
    pub asked: bool,
}

/// What the owner says that they may do, where the service can't be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "rights", rename_all = "snake_case")]
#[ts(export)]
pub enum DeclaredRights {
    /// Everything.
    All,
    /// What is needed for reading.
    ReadOnly,
    /// These.
    Only {
        /// `<context>:<permission>` each, also with the service's name in front as in a grant.
        list: Vec<String>,
    },
}

/// A service as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceRow {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The kind's title, or the title of the owner's own definition.
    pub title: String,
    /// Where it is.
    pub base_url: String,
    /// Where applications reach it through the gateway.
    pub gateway_url: String,
    /// How its credential is sent.
    pub credential_form: String,
    /// Where it lives besides; the gateway's URL is the same for all.
    pub endpoints: Vec<EndpointRow>,
    /// Whether the credential is at hand.
    pub credential: CredentialState,
    /// Why not, in the vault's words.
    pub credential_problem: Option<String>,
    /// Who the owner is there, where the service told.
    pub identity: Option<String>,
    /// What the owner may do there.
    pub rights: RightsRow,
    /// When the service stops taking the credential, in milliseconds since 1970, where it told.
    pub credential_expires: Option<i64>,
    /// How many permissions its definition has.
    pub permissions: usize,
    /// How many operations its definition has.
    pub operations: usize,
    /// Milliseconds since 1970 when the service itself told its definition; absent where the catalog's or the owner's own holds.
    pub definition_read: Option<i64>,
    /// Milliseconds since 1970 of the last good check.
    pub checked: Option<i64>,
    /// What the last check failed with.
    pub check_problem: Option<String>,
    /// Names of the live tokens that have grants here; tokens with full access not among them.
    pub tokens: Vec<String>,
    /// What the service says of operations that it refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<AcceptedRow>>")]
    pub accepted: Vec<AcceptedRow>,
}

/// What a service says that an operation accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AcceptedRow {
    /// The operation's template.
    pub operation: String,
    /// In the service's own words: `issues=write`.
    pub accepts: String,
}
