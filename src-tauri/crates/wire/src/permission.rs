use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How bad misuse would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Risk {
    /// Nothing out of the ordinary.
    Plain,
    /// Deletes or overwrites.
    Destructive,
    /// Makes or reveals a credential; must be granted by its own name.
    MintsCredentials,
}

/// A kind of context that grants of a service can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContextKind {
    /// As it stands in a grant: `global`, `namespace`.
    pub name: String,
    /// For people: `Namespace`.
    pub title: String,
    /// Whether a value follows (`namespace=web`).
    pub takes_value: bool,
    /// Values known to exist; others may be typed.
    pub values: Vec<String>,
}

/// A permission as the picker shows it, in one context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PermissionRow {
    /// As the service names it.
    pub name: String,
    /// For people.
    pub title: String,
    /// Its heading.
    pub group: String,
    /// One plain sentence.
    pub description: String,
    /// Mark.
    pub risk: Risk,
    /// Whether the owner can grant it here.
    pub assignable: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Names of the permissions that come with it.
    pub implies: Vec<String>,
    /// Operations that it takes part in allowing: `GET /namespaces/{namespace}`.
    pub operations: Vec<String>,
}

/// What can be granted in one context of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PermissionList {
    /// Which service.
    pub service: String,
    /// Which context.
    pub context: String,
    /// The kinds of context this service has, `global` first.
    pub kinds: Vec<ContextKind>,
    /// The permissions that apply in the context, in the definition's order.
    pub permissions: Vec<PermissionRow>,
    /// How many operations the definition has.
    pub operations: usize,
}

/// Something that can be the value of a context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundContext {
    /// As it stands in a grant.
    pub value: String,
    /// What people call it, where that is something else.
    pub title: Option<String>,
}

/// What was found of a kind of context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContextSearch {
    /// In the service's order, at most a hundred.
    pub found: Vec<FoundContext>,
    /// Whether the service was asked; else it is what was known.
    pub asked: bool,
    /// Why it could not be asked, where it should have been.
    pub problem: Option<String>,
}
