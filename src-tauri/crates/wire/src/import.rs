use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the permissions of an imported definition are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ImportBasis {
    /// Of the scopes that operations require, and of tags where they require none.
    #[default]
    Scopes,
    /// Of tags alone.
    Tags,
}

/// What may be said about an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct ImportOptions {
    /// The definition's kind; made of the document's title if absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// What permissions are made of.
    #[serde(default)]
    #[ts(as = "Option<ImportBasis>")]
    pub basis: ImportBasis,
    /// Kinds of context to keep; all that are offered if absent.
    #[serde(default)]
    pub contexts: Option<Vec<String>>,
}

/// A definition made of an OpenAPI document, and what there is to know of it before it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportedApi {
    /// The definition document (JSON), to be edited and connected with.
    pub definition: String,
    /// Its kind.
    pub kind: String,
    /// `OpenAPI 3.0.3`, `Swagger 2.0`.
    pub format: String,
    /// The document's title.
    pub title: String,
    /// The version of the API; may be empty.
    pub version: String,
    /// How many operations were taken.
    pub operations: usize,
    /// How many permissions there are.
    pub permissions: usize,
    /// Kinds of context that its paths tell, those with the most operations first.
    pub contexts: Vec<OfferedContext>,
    /// What was not taken, by reason.
    pub skipped: Vec<SkippedOperations>,
    /// Sentences that the owner should read.
    pub notes: Vec<String>,
}

/// A kind of context that path parameters tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfferedContext {
    /// As it stands in a grant.
    pub name: String,
    /// A path that tells it.
    pub example: String,
    /// How many operations are in one.
    pub operations: usize,
}

/// Operations that were not taken for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SkippedOperations {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: usize,
    /// The first of them: method and path.
    pub examples: Vec<String>,
}
