//! The one table of what the sandbox offers; the server is built from it.

use axum::http::Method;

use crate::world::{Act, accounts, environments, namespaces, profile, templates, users};

/// Where a right is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Global,
    /// In the namespace that the path names.
    Namespace,
}

pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) place: Where,
    pub(crate) permission: &'static str,
    pub(crate) act: Act,
}

const fn global(method: Method, path: &'static str, permission: &'static str, act: Act) -> Route {
    Route { method, path, place: Where::Global, permission, act }
}

const fn inside(method: Method, path: &'static str, permission: &'static str, act: Act) -> Route {
    Route { method, path, place: Where::Namespace, permission, act }
}

/// `/namespaces/{namespace}` and what stands behind it.
macro_rules! namespace {
    ($rest:literal) => {
        concat!("/namespaces/{namespace}", $rest)
    };
}

pub(crate) static ROUTES: [Route; 22] = [
    global(Method::GET, "/me", "profile.view", profile::show),
    global(Method::GET, "/users", "users.view", users::list),
    global(Method::POST, "/users", "users.manage", users::create),
    global(Method::GET, "/users/{user}", "users.view", users::show),
    global(Method::DELETE, "/users/{user}", "users.manage", users::delete),
    global(Method::GET, "/namespaces", "namespaces.view", namespaces::list),
    global(Method::POST, "/namespaces", "namespaces.create", namespaces::create),
    inside(Method::GET, namespace!(""), "namespace.view", namespaces::show),
    inside(Method::DELETE, namespace!(""), "namespace.delete", namespaces::delete),
    inside(Method::GET, namespace!("/templates"), "template.view", templates::list),
    inside(Method::GET, namespace!("/templates/{template}"), "template.view", templates::show),
    inside(Method::PUT, namespace!("/templates/{template}"), "template.manage", templates::put),
    inside(Method::DELETE, namespace!("/templates/{template}"), "template.manage", templates::delete),
    inside(Method::GET, namespace!("/environments"), "environment.view", environments::list),
    inside(Method::POST, namespace!("/environments"), "environment.manage", environments::create),
    inside(Method::GET, namespace!("/environments/{environment}"), "environment.view", environments::show),
    inside(
        Method::DELETE,
        namespace!("/environments/{environment}"),
        "environment.delete",
        environments::delete,
    ),
    inside(
        Method::POST,
        namespace!("/environments/{environment}/start"),
        "environment.manage",
        environments::start,
    ),
    inside(
        Method::POST,
        namespace!("/environments/{environment}/stop"),
        "environment.manage",
        environments::stop,
    ),
    inside(Method::GET, namespace!("/environments/{environment}/log"), "environment.view", environments::log),
    inside(Method::GET, namespace!("/service-accounts"), "namespace.view", accounts::list),
    inside(
        Method::POST,
        namespace!("/service-accounts/{account}/token"),
        "service-account.token",
        accounts::mint,
    ),
];

/// Something that the sandbox offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`
    pub method: &'static str,
    /// `/namespaces/{namespace}`
    pub path: &'static str,
    /// What its caller must have: globally, or in the namespace of the path.
    pub permission: &'static str,
}

/// Everything that the sandbox offers.
pub fn operations() -> impl Iterator<Item = Operation> {
    ROUTES.iter().map(|route| Operation {
        method: route.method.as_str(),
        path: route.path,
        permission: route.permission,
    })
}
