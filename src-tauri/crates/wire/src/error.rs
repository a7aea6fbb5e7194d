use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, for programs. A variant exists because somebody acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// Something given is not in the right form, or breaks a rule.
    Invalid,
    /// The name is taken.
    NameTaken,
    /// No such token, service or activity.
    NotFound,
    /// The owner does not have the right that is to be granted.
    OwnerLacks,
    /// The token is revoked.
    Revoked,
    /// The vault is locked, denies, is slow or is not there.
    Vault,
    /// The service did not answer a check, or refused the credential.
    Upstream,
    /// The port of the gateway is taken.
    PortTaken,
    /// Another program owns this profile.
    ProfileInUse,
    /// There is no profile yet.
    ProfileMissing,
    /// The profile can't be trusted as it is (permissions, a newer version, damage).
    ProfileUnsound,
    /// Nothing could be written; nothing changed.
    NotSaved,
    /// In force, and not yet durable.
    InForceNotSaved,
    /// The owner said no in a confirmation.
    Declined,
    /// Ours.
    Internal,
}

/// An error as it crosses a border.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct Error {
    /// For programs.
    pub code: Code,
    /// For people: a sentence that names the thing.
    pub message: String,
    /// The next step, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
}

impl Error {
    /// An error without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// With the next step.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
