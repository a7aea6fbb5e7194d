//! What is read of an OpenAPI or Swagger document. Everything else, schemas above all, is passed over without being kept.

mod listed;
mod reading;
mod yaml;

use std::collections::HashMap;

pub(super) use listed::{Listed, Paths, Word};
pub(super) use reading::{Version, read};
use serde::{Deserialize, de::IgnoredAny};
use valetkey_core::http::Method;

/// The root: the fields of 3.x and of 2.0 side by side; which of them hold follows from the version.
#[derive(Deserialize)]
pub(super) struct Source {
    openapi: Option<Word>,
    swagger: Option<Word>,
    #[serde(default)]
    pub(super) info: Info,
    pub(super) servers: Option<Vec<Server>>,
    pub(super) host: Option<String>,
    #[serde(rename = "basePath")]
    pub(super) base_path: Option<String>,
    pub(super) schemes: Option<Vec<String>>,
    pub(super) paths: Option<Paths>,
    #[serde(default)]
    pub(super) components: Components,
    #[serde(rename = "securityDefinitions")]
    security_definitions: Option<Listed<SecurityScheme>>,
    pub(super) parameters: Option<HashMap<String, Parameter>>,
    pub(super) security: Option<Security>,
    pub(super) tags: Option<Vec<Tag>>,
}

impl Source {
    /// Every way to send a credential, in the order in which it is written.
    pub(super) fn schemes(&self) -> &[(String, SecurityScheme)] {
        let schemes = self.components.security_schemes.as_ref().or(self.security_definitions.as_ref());
        schemes.map_or(&[], |listed| &listed.0)
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Info {
    pub(super) title: Option<Word>,
    pub(super) version: Option<Word>,
    pub(super) description: Option<Word>,
}

#[derive(Deserialize)]
pub(super) struct Server {
    pub(super) url: String,
    pub(super) variables: Option<HashMap<String, Variable>>,
}

#[derive(Deserialize)]
pub(super) struct Variable {
    pub(super) default: Option<Word>,
}

#[derive(Default, Deserialize)]
pub(super) struct Components {
    #[serde(rename = "securitySchemes")]
    security_schemes: Option<Listed<SecurityScheme>>,
    #[serde(rename = "pathItems")]
    pub(super) path_items: Option<HashMap<String, PathItem>>,
}

#[derive(Default, Deserialize)]
pub(super) struct PathItem {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) servers: Option<Vec<Server>>,
    parameters: Option<Vec<Parameter>>,
    get: Option<Operation>,
    put: Option<Operation>,
    post: Option<Operation>,
    delete: Option<Operation>,
    options: Option<Operation>,
    head: Option<Operation>,
    patch: Option<Operation>,
    trace: Option<IgnoredAny>,
    /// From 3.2 on.
    query: Option<IgnoredAny>,
    /// From 3.2 on: methods of any name.
    #[serde(rename = "additionalOperations")]
    additional: Option<Listed<IgnoredAny>>,
}

impl PathItem {
    pub(super) fn operations(&self) -> impl Iterator<Item = (Method, &Operation)> {
        [
            (Method::Get, &self.get),
            (Method::Head, &self.head),
            (Method::Post, &self.post),
            (Method::Put, &self.put),
            (Method::Patch, &self.patch),
            (Method::Delete, &self.delete),
            (Method::Options, &self.options),
        ]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    }

    /// Methods that the gateway forwards for nobody.
    pub(super) fn other_methods(&self) -> impl Iterator<Item = &str> {
        let additional = self.additional.iter().flat_map(|listed| &listed.0).map(|(name, _)| name.as_str());
        let fixed = [("TRACE", self.trace.is_some()), ("QUERY", self.query.is_some())];
        fixed.into_iter().filter_map(|(name, there)| there.then_some(name)).chain(additional)
    }

    /// Whether `operation`, which stands here, takes a body.
    pub(super) fn takes_body(&self, operation: &Operation, source: &Source) -> bool {
        let own = operation.parameters.iter().flatten();
        let shared = self.parameters.iter().flatten();
        operation.body.is_some() || own.chain(shared).any(|parameter| parameter.is_body(source))
    }
}

#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) tags: Option<Vec<String>>,
    pub(super) security: Option<Security>,
    pub(super) servers: Option<Vec<Server>>,
    parameters: Option<Vec<Parameter>>,
    #[serde(rename = "requestBody")]
    body: Option<IgnoredAny>,
}

/// Where a parameter stands, which is all that matters of it: in 2.0 a body is a parameter.
#[derive(Deserialize)]
pub(super) struct Parameter {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "in")]
    place: Option<String>,
}

impl Parameter {
    fn is_body(&self, source: &Source) -> bool {
        let named = self.reference.as_deref().and_then(|reference| reference.strip_prefix("#/parameters/"));
        let meant = named.and_then(|name| source.parameters.as_ref()?.get(name)).unwrap_or(self);
        matches!(meant.place.as_deref(), Some("body" | "formData"))
    }
}

/// Any of (all of these schemes, each with these scopes).
pub(super) type Security = Vec<Listed<Option<Vec<String>>>>;

#[derive(Deserialize)]
pub(super) struct SecurityScheme {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) scheme: Option<String>,
    pub(super) name: Option<String>,
    #[serde(rename = "in")]
    pub(super) place: Option<String>,
    #[serde(default)]
    flows: Flows,
    /// 2.0 has one flow, and its scopes stand here.
    scopes: Option<Listed<Word>>,
}

#[derive(Default, Deserialize)]
struct Flows {
    implicit: Option<Flow>,
    password: Option<Flow>,
    #[serde(rename = "clientCredentials")]
    client_credentials: Option<Flow>,
    #[serde(rename = "authorizationCode")]
    authorization_code: Option<Flow>,
    #[serde(rename = "deviceAuthorization")]
    device_authorization: Option<Flow>,
}

#[derive(Deserialize)]
struct Flow {
    scopes: Option<Listed<Word>>,
}

impl SecurityScheme {
    /// Scopes and what is said of them.
    pub(super) fn scopes(&self) -> impl Iterator<Item = (&str, &str)> {
        let Flows { implicit, password, client_credentials, authorization_code, device_authorization } =
            &self.flows;
        [implicit, password, client_credentials, authorization_code, device_authorization]
            .into_iter()
            .filter_map(|flow| flow.as_ref()?.scopes.as_ref())
            .chain(self.scopes.as_ref())
            .flat_map(|listed| &listed.0)
            .map(|(name, said)| (name.as_str(), said.as_str()))
    }
}

#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) description: Option<Word>,
}
