//! A definition as it is written: the shape of the JSON, before anything is judged.

mod endpoint;
mod pairs;
mod requirement;

pub(crate) use endpoint::EndpointEntries;
pub(crate) use pairs::Pairs;
pub(crate) use requirement::Requirement;
use serde::Deserialize;

use crate::{Error, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Looked at before all else, so that a later version is named rather than its new fields.
    #[serde(rename = "version")]
    _version: u64,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Where its facts come from, for who reads the file.
    #[serde(default, rename = "source")]
    _source: Option<String>,
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
    pub(crate) closed: Vec<ClosedEntry>,
    #[serde(default)]
    pub(crate) switches: SwitchEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContextEntry {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) sole: bool,
    #[serde(default)]
    pub(crate) fold_case: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionEntry {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) risk: RiskEntry,
    pub(crate) contexts: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) implies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationEntry {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Pairs,
    pub(crate) requires: Requirement,
    #[serde(default)]
    pub(crate) contexts: Pairs,
    pub(crate) endpoint: Option<String>,
    #[serde(default)]
    pub(crate) risk: RiskEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClosedEntry {
    pub(crate) method: String,
    pub(crate) path: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RiskEntry {
    #[default]
    Plain,
    Destructive,
    MintsCredentials,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the document")]
pub(crate) struct SwitchEntry {
    pub(crate) encoded_slash: bool,
    pub(crate) lower_case_slash: bool,
    pub(crate) encoded_percent: bool,
    pub(crate) semicolon: bool,
    pub(crate) upgrade: bool,
    pub(crate) bodies: Vec<String>,
    pub(crate) refused_parameters: Vec<String>,
    pub(crate) dropped_headers: Vec<String>,
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
