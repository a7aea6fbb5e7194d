use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a token really used, and the least grants with which it could have: `vk token suggest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Suggestion {
    /// Public id of the token.
    pub id: String,
    /// Its name.
    pub name: String,
    /// So many days were looked at: those asked for, as far as activity is kept.
    pub days: u32,
    /// Milliseconds since 1970 of where they begin.
    pub since: i64,
    /// Permitted requests in that time.
    pub requests: u64,
    /// What is suggested; empty where nothing was used.
    pub grants: Vec<SuggestedGrant>,
    /// What no suggested grant covers.
    pub uncovered: Vec<UncoveredUse>,
    /// Grants that the token has and that no request needed.
    pub unused: Vec<String>,
    /// Grants that the token has and used, and in whose place narrower ones will do.
    pub narrowed: Vec<String>,
    /// How much the token can do now, and could then; of each service that is concerned.
    pub reach: Vec<Reach>,
    /// A line for a shell that gives the token just these grants; null where none are suggested.
    pub command: Option<String>,
    /// False where there were too many ways to look at all of them; no suggested grant can be dropped in either case.
    pub exhaustive: bool,
}

/// A grant that is suggested, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SuggestedGrant {
    /// `<service>:<context>:<permission>`
    pub text: String,
    /// Title of its permission.
    pub title: String,
    /// Whether the token has this very grant.
    pub held: bool,
    /// What needs it, the most frequent first.
    pub uses: Vec<UseRow>,
}

/// Permitted requests of one operation in one context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UseRow {
    /// Of which service.
    pub service: String,
    /// The operation, as it was recorded.
    pub operation: String,
    /// The context that the path named; empty where none.
    pub context: String,
    /// How many.
    pub requests: u64,
    /// Milliseconds since 1970 of the latest.
    pub last: i64,
}

/// A use that no suggested grant covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UncoveredUse {
    /// Which.
    #[serde(flatten)]
    pub used: UseRow,
    /// Why.
    pub why: UncoveredWhy,
}

/// Why a use is not covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UncoveredWhy {
    /// The service is not connected any more.
    ServiceGone,
    /// The definition does not know the operation; only full access can do it.
    OperationUnknown,
    /// The record does not say in which context a permission was needed.
    ContextUntold,
    /// The record does not say which fields GraphQL asked for.
    FieldsUntold,
    /// No grant for it could be made now: the token was narrowed since, or the owner lost the right.
    NotHeld,
}

/// Operations of one service that a token can do in some context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Reach {
    /// Which service.
    pub service: String,
    /// With the grants that it has.
    pub now: usize,
    /// With those that are suggested.
    pub then: usize,
    /// All that the definition knows.
    pub all: usize,
}
