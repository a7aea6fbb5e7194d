//! A definition as it is written: the shape of the JSON, before anything is judged; and writing it.

mod endpoint;
mod graph;
mod pairs;
mod requirement;
mod written;

pub(crate) use endpoint::EndpointEntries;
pub(crate) use graph::{FieldEntry, GraphEntry, TypeEntry};
pub(crate) use pairs::Pairs;
pub(crate) use requirement::Requirement;
use serde::{Deserialize, Serialize};

use crate::{Error, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Looked at before all else, so that a later version is named rather than its new fields.
    pub(crate) version: u64,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Where its facts come from, for who reads the file.
    pub(crate) source: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) needs_base_url: Option<bool>,
    pub(crate) needs_credential: Option<bool>,
    pub(crate) credential_form: Option<String>,
    #[serde(default)]
    pub(crate) endpoints: EndpointEntries,
    #[serde(default)]
    pub(crate) client_headers: Vec<String>,
    #[serde(default)]
    pub(crate) contexts: Vec<ContextEntry>,
    pub(crate) permissions: Vec<PermissionEntry>,
    pub(crate) operations: Vec<OperationEntry>,
    #[serde(default)]
    pub(crate) by_number: Vec<ByNumberEntry>,
    #[serde(default)]
    pub(crate) closed: Vec<ClosedEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) graphql: Option<GraphEntry>,
    #[serde(default)]
    pub(crate) switches: SwitchEntry,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContextEntry {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(default, skip_serializing_if = "is_off")]
    pub(crate) sole: bool,
    #[serde(default, skip_serializing_if = "is_off")]
    pub(crate) fold_case: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolve: Option<ResolveEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolveEntry {
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by_number: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) mark: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) inside: Pairs,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionEntry {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "RiskEntry::is_plain")]
    pub(crate) risk: RiskEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contexts: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) implies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) scopes: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationEntry {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) query: Pairs,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) body: Pairs,
    #[serde(default, skip_serializing_if = "is_off")]
    pub(crate) graphql: bool,
    pub(crate) requires: Requirement,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) contexts: Pairs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "RiskEntry::is_plain")]
    pub(crate) risk: RiskEntry,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByNumberEntry {
    pub(crate) path: String,
    pub(crate) also: String,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub(crate) contexts: Pairs,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosedEntry {
    pub(crate) method: String,
    pub(crate) path: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RiskEntry {
    #[default]
    Plain,
    Destructive,
    MintsCredentials,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the document")]
pub(crate) struct SwitchEntry {
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) encoded_slash: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) lower_case_slash: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) encoded_percent: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) semicolon: bool,
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) upgrade: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) bodies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused_parameters: Vec<String>,
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) refused_in_bodies: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) dropped_headers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) accepted_headers: Vec<String>,
}

impl Document {
    pub(crate) fn read(json: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let Version { version } = serde_json::from_str(json)?;
        if version != 1 {
            return Err(Error::refused("version", Problem::Version { found: version }));
        }
        Ok(serde_json::from_str(json)?)
    }
}

impl RiskEntry {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
fn is_off(switch: &bool) -> bool {
    !switch
}
