//! The section `graphql` of a definition, as it is written out: one type a line.

use serde::Serialize;

use crate::{
    Error,
    document::{pairs, requirement},
};

/// The types of a service's GraphQL, as far as limited tokens may see them.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Whether the schema itself may be asked for.
    pub introspection: bool,
    /// With those of all the others.
    pub types: Vec<GraphType>,
}

/// A type, as it is seen from somewhere.
#[derive(Clone, Debug, Serialize)]
pub struct GraphType {
    /// No two are called the same.
    pub name: &'static str,
    /// What the schema calls it, where that is not `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<&'static str>,
    /// Types that a fragment may take it for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_be: Vec<&'static str>,
    /// What may be asked for.
    pub fields: Vec<GraphField>,
}

/// Fields that have all but their names in common.
#[derive(Clone, Debug, Serialize)]
pub struct GraphField {
    /// Theirs.
    pub names: Vec<&'static str>,
    /// As an operation has it, with one alternative at most.
    #[serde(serialize_with = "requirement")]
    pub requires: Vec<Vec<String>>,
    /// The type of what they give.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<&'static str>,
    /// How their arguments name contexts.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "pairs")]
    pub contexts: Vec<(&'static str, String)>,
}

impl Graph {
    pub(crate) fn text(&self) -> Result<String, Error> {
        let types = self.types.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("{{\"introspection\": {}, \"types\": [\n{}\n]}}", self.introspection, types.join(",\n")))
    }
}

impl GraphType {
    /// What the schema calls it.
    pub fn schema_name(&self) -> &'static str {
        self.is.unwrap_or(self.name)
    }

    pub(crate) fn of(name: &'static str, fields: Vec<GraphField>) -> Self {
        Self { name, is: None, may_be: Vec::new(), fields }
    }

    /// A union has no fields of its own.
    pub(crate) fn union(name: &'static str, may_be: &[&'static str]) -> Self {
        Self::of(name, Vec::new()).may_be(may_be)
    }

    pub(crate) fn is(self, schema_name: &'static str) -> Self {
        Self { is: Some(schema_name), ..self }
    }

    pub(crate) fn may_be(self, types: &[&'static str]) -> Self {
        Self { may_be: types.to_vec(), ..self }
    }
}

impl GraphField {
    /// What has no fields; `names` stand with spaces between.
    pub(crate) fn leaf(names: &'static str) -> Self {
        let names = names.split_whitespace().collect();
        Self { names, requires: Vec::new(), leads_to: None, contexts: Vec::new() }
    }

    /// What has fields.
    pub(crate) fn to(names: &'static str, leads_to: &'static str) -> Self {
        Self { leads_to: Some(leads_to), ..Self::leaf(names) }
    }

    /// All of `permissions`.
    pub(crate) fn needs(self, permissions: &[&str]) -> Self {
        Self { requires: vec![permissions.iter().map(|name| (*name).to_owned()).collect()], ..self }
    }

    pub(crate) fn named_by(self, contexts: &[(&'static str, &str)]) -> Self {
        Self { contexts: contexts.iter().map(|(kind, value)| (*kind, (*value).to_owned())).collect(), ..self }
    }
}
