use serde::{Deserialize, Serialize};

use super::{Pairs, Requirement, is_off};

/// The section `graphql`.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphEntry {
    #[serde(default, skip_serializing_if = "is_off")]
    pub(crate) introspection: bool,
    pub(crate) types: Vec<TypeEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeEntry {
    pub(crate) name: String,
    /// What the schema calls it, where that is not `name`: several entries can be for one type, each as it is seen from somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) may_be: Vec<String>,
    pub(crate) fields: Vec<FieldEntry>,
}

/// Fields of one type that have all but their names in common.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldEntry {
    pub(crate) names: Vec<String>,
    pub(crate) requires: Requirement,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) leads_to: Option<String>,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) contexts: Pairs,
}

impl TypeEntry {
    /// What the schema calls it.
    pub(crate) fn schema_name(&self) -> &str {
        self.is.as_deref().unwrap_or(&self.name)
    }
}
