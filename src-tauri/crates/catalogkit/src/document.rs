//! A definition as it is written out: one permission, one operation a line, so that a change shows as the lines it changes.

use serde::{Deserialize, Serialize};

use crate::{Error, graph::Graph};

/// A definition in the catalog's format.
#[derive(Clone, Debug)]
pub struct Document {
    /// As `--kind` takes it, and the file's name.
    pub kind: &'static str,
    /// For people.
    pub title: &'static str,
    /// For people.
    pub description: &'static str,
    /// Where its facts come from.
    pub source: String,
    /// Where the service usually is, if that is one place.
    pub base_url: Option<&'static str>,
    /// How its credential is sent.
    pub credential_form: &'static str,
    /// Where operations live besides.
    pub endpoints: Vec<Endpoint>,
    /// Where its own clients send their key.
    pub client_headers: Vec<&'static str>,
    /// Kinds of context.
    pub contexts: Vec<ContextKind>,
    /// What can be granted.
    pub permissions: Vec<Permission>,
    /// What requests are judged by.
    pub operations: Vec<Operation>,
    /// Where operations are besides.
    pub by_number: Vec<ByNumber>,
    /// What of its GraphQL is known.
    pub graphql: Option<Graph>,
    /// What a limited token can't do although an operation's path fits.
    pub closed: Vec<Closed>,
    /// What is allowed beyond the strict rules.
    pub switches: Switches,
}

/// A place beside the base URL.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    /// As operations write it.
    #[serde(skip)]
    pub name: &'static str,
    /// Where it is of a service at the usual base URL.
    pub base_url: &'static str,
    /// Where it is of one that is somewhere else, unless that follows from the base URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<&'static str>,
    /// How the credential is sent there, if not as to the base URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_form: Option<&'static str>,
}

/// A kind of context.
#[derive(Clone, Debug, Serialize)]
pub struct ContextKind {
    /// As in a grant.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// There is one only.
    #[serde(skip_serializing_if = "is_off")]
    pub sole: bool,
    /// Values in any letter case are the same.
    #[serde(skip_serializing_if = "is_off")]
    pub fold_case: bool,
    /// How the service tells its number by its name and the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Resolve>,
}

/// What is asked for a thing's names, and where they stand in the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Resolve {
    /// `{}` stands for what the thing is called, as one segment; `{**}` for a name whose `/` parts segments.
    pub path: &'static str,
    /// The same for a number, where that is asked about elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_number: Option<&'static str>,
    /// Stands before numbers in contexts.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub mark: &'static str,
    /// Member with its number.
    pub id: &'static str,
    /// Member with its name.
    pub name: &'static str,
    /// Kinds of what it is inside of, and members with the numbers of those, or with what would be told of those.
    #[serde(serialize_with = "members", skip_serializing_if = "<[_]>::is_empty")]
    pub inside: &'static [(&'static str, &'static str)],
}

/// A permission.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// As in a grant.
    pub name: String,
    /// For people.
    pub title: String,
    /// Heading.
    pub group: String,
    /// Mark.
    #[serde(default, skip_serializing_if = "Risk::is_plain")]
    pub risk: Risk,
    /// Where it can be granted.
    #[serde(borrow)]
    pub contexts: Vec<&'static str>,
    /// What comes with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implies: Vec<String>,
    /// Scopes of the service's own credentials, any of which may allow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// An operation.
#[derive(Clone, Debug, Serialize)]
pub struct Operation {
    /// HTTP method.
    pub method: String,
    /// Template.
    pub path: String,
    /// Parameters that tell it from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<serde_json::Map<String, serde_json::Value>>,
    /// The member of its body, with the text, that tells it from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<serde_json::Map<String, serde_json::Value>>,
    /// Its body is GraphQL.
    #[serde(skip_serializing_if = "is_off")]
    pub graphql: bool,
    /// Any of (all of …); empty where it needs nothing.
    #[serde(serialize_with = "requirement")]
    pub requires: Vec<Vec<String>>,
    /// How the path names contexts, the narrowest first.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "pairs")]
    pub contexts: Vec<(&'static str, String)>,
    /// Where it lives, if not at the base URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<&'static str>,
    /// Mark.
    #[serde(skip_serializing_if = "Risk::is_plain")]
    pub risk: Risk,
}

impl Operation {
    /// One that needs nothing and names nothing.
    pub fn of(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            query: None,
            body: None,
            graphql: false,
            requires: Vec::new(),
            contexts: Vec::new(),
            endpoint: None,
            risk: Risk::Plain,
        }
    }

    /// The same where a parameter of the query tells it from others, if any does.
    #[must_use]
    pub fn told_by_query(self, name: &str, value: Option<&str>) -> Self {
        Self { query: value.map(|value| one_member(name, value)), ..self }
    }

    /// The same where a member of the body tells it from others.
    #[must_use]
    pub fn told_by_body(self, name: &str, value: &str) -> Self {
        Self { body: Some(one_member(name, value)), ..self }
    }
}

fn one_member(name: &str, value: &str) -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::from_iter([(name.to_owned(), value.into())])
}

/// What is below one path is below another one too, which has numbers in the place of names.
#[derive(Clone, Debug, Serialize)]
pub struct ByNumber {
    /// With names.
    pub path: &'static str,
    /// With numbers.
    pub also: &'static str,
    /// How the numbers name contexts.
    #[serde(serialize_with = "members", skip_serializing_if = "<[_]>::is_empty")]
    pub contexts: &'static [(&'static str, &'static str)],
}

/// What is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// HTTP method.
    pub method: String,
    /// Template.
    pub path: String,
}

/// How bad it is when it is misused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing out of the ordinary.
    #[default]
    Plain,
    /// Deletes what can't be brought back.
    Destructive,
    /// Makes or reveals a credential.
    MintsCredentials,
}

/// What is allowed beyond the strict rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the definition")]
pub struct Switches {
    /// `%2F` in paths.
    #[serde(skip_serializing_if = "is_off")]
    pub encoded_slash: bool,
    /// `%2f`, the same in lower case.
    #[serde(skip_serializing_if = "is_off")]
    pub lower_case_slash: bool,
    /// `%25` in paths.
    #[serde(skip_serializing_if = "is_off")]
    pub encoded_percent: bool,
    /// `;` in paths.
    #[serde(skip_serializing_if = "is_off")]
    pub semicolon: bool,
    /// Upgraded connections.
    #[serde(skip_serializing_if = "is_off")]
    pub upgrade: bool,
    /// Unusual methods that may carry a body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(borrow)]
    pub bodies: Vec<&'static str>,
    /// Query parameters that carry a credential or another identity.
    #[serde(borrow)]
    pub refused_parameters: Vec<&'static str>,
    /// These are refused in bodies too.
    #[serde(skip_serializing_if = "is_off")]
    pub refused_in_bodies: bool,
    /// Headers that do so.
    #[serde(borrow)]
    pub dropped_headers: Vec<&'static str>,
    /// Headers of replies that say what an operation accepts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(borrow)]
    pub accepted_headers: Vec<&'static str>,
}

impl Document {
    /// As it is committed.
    pub fn text(&self) -> Result<String, Error> {
        let mut fields =
            vec![field("version", &1)?, field("kind", &self.kind)?, field("title", &self.title)?];
        fields.push(field("description", &self.description)?);
        fields.push(field("source", &self.source)?);
        if let Some(base_url) = self.base_url {
            fields.push(field("base_url", &base_url)?);
        }
        fields.push(field("credential_form", &self.credential_form)?);
        if !self.endpoints.is_empty() {
            let by_name: serde_json::Map<_, _> = self
                .endpoints
                .iter()
                .map(|endpoint| Ok((endpoint.name.to_owned(), serde_json::to_value(endpoint)?)))
                .collect::<Result<_, Error>>()?;
            fields.push(field("endpoints", &by_name)?);
        }
        fields.push(field("client_headers", &self.client_headers)?);
        fields.push(list("contexts", &self.contexts)?);
        fields.push(list("permissions", &self.permissions)?);
        fields.push(list("operations", &self.operations)?);
        if !self.by_number.is_empty() {
            fields.push(list("by_number", &self.by_number)?);
        }
        if let Some(graph) = &self.graphql {
            fields.push(format!("\"graphql\": {}", graph.text()?));
        }
        if !self.closed.is_empty() {
            fields.push(list("closed", &self.closed)?);
        }
        fields.push(field("switches", &self.switches)?);
        Ok(format!("{{\n{}\n}}\n", fields.join(",\n")))
    }
}

impl Risk {
    /// Needs no mark.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

fn field<T: Serialize>(name: &str, value: &T) -> Result<String, Error> {
    Ok(format!("\"{name}\": {}", serde_json::to_string(value)?))
}

fn list<T: Serialize>(name: &str, items: &[T]) -> Result<String, Error> {
    let lines = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("\"{name}\": [\n{}\n]", lines.join(",\n")))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
fn is_off(switch: &bool) -> bool {
    !switch
}

/// In the shortest way that the format has.
pub(crate) fn requirement<S: serde::Serializer>(requires: &[Vec<String>], to: S) -> Result<S::Ok, S::Error> {
    match requires {
        [] => to.serialize_str("nothing"),
        [one] if one.len() == 1 => one[0].serialize(to),
        [all] => all.serialize(to),
        any => any.serialize(to),
    }
}

fn members<S: serde::Serializer>(members: &[(&'static str, &'static str)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(members.iter().copied())
}

pub(crate) fn pairs<S: serde::Serializer>(
    pairs: &[(&'static str, String)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
