//! Types that cross a border: the window's IPC, the control socket and `--json`.
//!
//! They are plain data in `snake_case`; times are milliseconds since 1970, absent fields are `null` or left out
//! where that is said. This crate is *not* a second domain: it has no rules, and nothing below
//! the host uses it. TypeScript gets its twins from here by ts-rs (`ui/src/ipc/bindings/`).
//!
//! The invariant it upholds: the only secrets that cross are the master credential and the passphrase on their way in, and a new
//! token on its way out, once; each in its own type.
//!
//! ```
//! use valetkey_wire::{Code, Error};
//!
//! let error = Error::new(Code::NotFound, "no token named “ci”").with_hint("vk token list");
//! assert_eq!(serde_json::to_value(&error)?["code"], "not_found");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod activity;
mod control;
mod error;
mod import;
mod permission;
mod secret;
mod service;
mod status;
mod suggestion;
mod token;

pub use activity::{
    ActivityFilter, ActivityRow, BodyCase, Decision, Explanation, NeededPermission, Question, QuestionBody,
    RefusedBy, Trial, UnknownOperation, UnknownWhy,
};
pub use control::{Reply, Request};
pub use error::{Code, Error};
pub use import::{ImportBasis, ImportOptions, ImportedApi, OfferedContext, SkippedOperations};
pub use permission::{ContextKind, ContextSearch, FoundContext, PermissionList, PermissionRow, Risk};
pub use secret::SecretText;
pub use service::{
    AcceptedRow, CredentialState, DeclaredRights, EndpointRow, NewService, RightsRow, RightsSource,
    ServiceKind, ServiceRow,
};
pub use status::{
    EndingCredential, Event, Gateway, GatewayState, LocalTls, LocalTlsState, Owner, Settings, SettingsChange,
    Status, Vault, VaultKind,
};
pub use suggestion::{Reach, SuggestedGrant, Suggestion, UncoveredUse, UncoveredWhy, UseRow};
pub use token::{
    Expiry, GrantRow, LastUse, NewSecret, NewToken, Scope, ScopeString, TokenChange, TokenRow, TokenStatus,
};
