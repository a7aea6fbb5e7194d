use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Risk, Scope};

/// The two outcomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Decision {
    /// Forwarded.
    Permit,
    /// Refused.
    Refusal,
}

/// Who refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RefusedBy {
    /// The gateway: it was not forwarded.
    Gateway,
    /// The service itself, with 401 or 403: it was permitted and forwarded.
    Service,
}

/// One request, as the record has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ActivityRow {
    /// Grows with every record; pages go by it.
    pub sequence: i64,
    /// 16 hex digits; refusals carry the same.
    pub request_id: String,
    /// Milliseconds since 1970.
    pub time: i64,
    /// Public id of the token, where one was recognised.
    pub token: Option<String>,
    /// The name that token has now.
    pub token_name: Option<String>,
    /// Service, where the request named one.
    pub service: Option<String>,
    /// Method, where it could be read.
    pub method: Option<String>,
    /// The operation's template.
    pub operation: String,
    /// The context that the path named; empty where none.
    pub context: String,
    /// Permit or refusal.
    pub decision: Decision,
    /// `permit`, or the refusal's code and what lies behind it.
    pub reason: String,
    /// Who refused it; null where nobody did, or where it still runs.
    pub refused_by: Option<RefusedBy>,
    /// What the service says that the operation accepts, in its own words (`issues=write`), where it answered 401, 403 or 404 and ever said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accepts: Option<String>,
    /// Status that the application got; null while it runs, 0 where it was cut before one.
    pub status: Option<u16>,
    /// Body bytes from the application.
    pub sent: u64,
    /// Body bytes to the application.
    pub received: u64,
    /// Duration in microseconds; null while it runs.
    pub micros: Option<u64>,
    /// How it ended: `complete`, `cut`, `client_gone`, `upstream_failed`, `limit`, or `unfinished` where the program ended first.
    pub ending: Option<String>,
    /// `tcp` or `unix`.
    pub transport: String,
    /// The calling program, where the OS could say.
    pub program: Option<String>,
    /// Its process number.
    pub pid: Option<u32>,
}

/// Which records are asked for, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct ActivityFilter {
    /// Of this token: name or id.
    #[serde(default)]
    pub token: Option<String>,
    /// Of this service.
    #[serde(default)]
    pub service: Option<String>,
    /// Refusals only.
    #[serde(default)]
    #[ts(as = "Option<bool>")]
    pub denied: bool,
    /// Only what the service itself refused; with `denied`, what either refused.
    #[serde(default)]
    #[ts(as = "Option<bool>")]
    pub refused_by_service: bool,
    /// Only records with a smaller sequence.
    #[serde(default)]
    pub before: Option<i64>,
    /// Only records with a greater sequence.
    #[serde(default)]
    pub after: Option<i64>,
    /// At most this many; 200 if absent, 10,000 at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What would be decided: `vk explain` and *Try a request*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct Question {
    /// Name or id of the token.
    pub token: String,
    /// `GET`
    pub method: String,
    /// A URL of the gateway or of the service itself, or `/<service>/<path>`.
    pub url: String,
    /// The body that would come with it; without one, what is said is what would depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<QuestionBody>,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuestionBody {
    /// Value of its Content-Type.
    pub content_type: String,
    /// All of it.
    pub text: String,
}

/// What would be decided if a token had this scope: *Try a request* while a token is made or updated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct Trial {
    /// The scope; limited access may be empty here, and then lacks everything.
    pub scope: Scope,
    /// `GET`
    pub method: String,
    /// As in a [`Question`].
    pub url: String,
    /// As in a [`Question`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<QuestionBody>,
}

/// A permission that an operation needs, and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NeededPermission {
    /// As the service names it.
    pub name: String,
    /// For people.
    pub title: String,
    /// Mark.
    pub risk: Risk,
    /// The narrowest grant of it that would do.
    pub grant: String,
    /// Whether the token has it.
    pub held: bool,
    /// Whether the owner has it at the service; null where nothing is known of the owner's rights.
    pub owner: Option<bool>,
}

/// Why a definition does not know an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UnknownWhy {
    /// It is kept unknown, although a wider path would fit.
    Closed,
    /// The query has a parameter that tells operations apart, in a spelling that services read in different ways.
    QueryUnclear,
    /// It would be one of those that are named with another query.
    Query,
    /// It would be one of those with another method.
    Method,
    /// Nothing fits the path; those are like it.
    Path,
}

/// That a definition does not know an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UnknownOperation {
    /// Why.
    pub why: UnknownWhy,
    /// Operations that may have been meant.
    pub known: Vec<String>,
}

/// What a request would come to with one kind of body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BodyCase {
    /// The operation that such a body asks for.
    pub operation: String,
    /// Permit or refusal.
    pub decision: Decision,
    /// It is permitted only if the service says that a grant of the token is for what the body names.
    pub if_named: bool,
}

/// The answer to a [`Question`] or a [`Trial`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct Explanation {
    /// Permit or refusal.
    pub decision: Decision,
    /// The operation that matched.
    pub operation: Option<String>,
    /// Its mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// There where the body decides: what it could ask for; empty where that can't be listed, as with GraphQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Vec<BodyCase>>,
    /// Why no operation matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<UnknownOperation>,
    /// The contexts that the path names, as grants write them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>")]
    pub contexts: Vec<String>,
    /// What the operation needs: any-of lists of all-of permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<Vec<Vec<NeededPermission>>>,
    /// Grants of the token that name what is needed, and give nothing now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>")]
    pub inactive: Vec<String>,
    /// For a permit: the grants that allow it; empty for full access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<String>>,
    /// For a refusal for want of grants: any-of lists of all-of grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<Vec<String>>>,
    /// What the service says that the operation accepts, in its own words, where it refused it once and said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<String>,
    /// Lines for a shell, any of which would let the token do it: one for each way that the owner has the rights for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>")]
    pub commands: Vec<String>,
    /// One sentence.
    pub reason: String,
}
