//! A definition in the form in which requests are judged by it.
//!
//! The catalog compiles definitions into [`Rules`]; nothing here reads a file. Allow rules only: what the
//! router does not find, a limited token can't do.

mod absence;
mod body;
mod endpoint;
mod graph;
mod inside;
mod permission_set;
mod resolve;
mod router;
mod told;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;

pub use absence::Absence;
pub use body::{BodyRule, MemberRule};
pub use endpoint::{Endpoint, EndpointIndex, EndpointSet, Endpoints, Place};
pub use graph::{Graph, GraphField, GraphType, TypeIndex};
pub use inside::Around;
pub use permission_set::{PermissionIndex, PermissionSet};
pub(crate) use resolve::is_number;
pub use resolve::{Member, Question, Resolve};
pub use router::{MAX_PARAMETERS, Match, Parameters, RouteError, Router, RouterBuilder, Segment, Template};
pub use told::Told;

use crate::{
    grant::{Context, PermissionName},
    http::Method,
    path::{Unusual, decode_segment, has_encoded_slash},
};

/// How bad it is when a permission or operation is misused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Nothing out of the ordinary.
    Plain,
    /// Deletes or overwrites what can't be brought back.
    Destructive,
    /// Makes or reveals a credential. Refused unless a grant names that very permission, to full tokens too.
    MintsCredentials,
}

/// A right that can be granted.
#[derive(Clone, Debug)]
pub struct Permission {
    /// As the service names it.
    pub name: PermissionName,
    /// For people: `View templates`.
    pub title: Box<str>,
    /// Heading under which it is listed.
    pub group: Box<str>,
    /// One plain sentence.
    pub description: Box<str>,
    /// Mark for the list.
    pub risk: Risk,
    /// Kinds of context it can be granted in, besides `global` where [`Permission::global`] says so.
    pub kinds: Vec<KindIndex>,
    /// Whether it can be granted for the whole service.
    pub global: bool,
    /// Itself and all it implies, directly or not.
    pub closure: PermissionSet,
    /// Scopes of the service's own credentials, any of which may allow it; none where that is not a matter of scopes. `*` at the end
    /// stands for whatever follows.
    pub scopes: Vec<Box<str>>,
}

impl Permission {
    /// Whether a credential with these scopes may have it.
    pub fn may_be_in(&self, scopes: &BTreeSet<&str>) -> bool {
        let is_there = |known: &str| match known.strip_suffix('*') {
            Some(beginning) => scopes.iter().any(|scope| scope.starts_with(beginning)),
            None => scopes.contains(known),
        };
        self.scopes.is_empty() || self.scopes.iter().any(|known| is_there(known))
    }
}

/// Place of a context kind in [`Rules::kinds`].
pub type KindIndex = usize;

/// A kind of context, such as `repository`.
#[derive(Clone, Debug)]
pub struct Kind {
    /// As it stands in a grant's text.
    pub name: Arc<str>,
    /// For people: `Repository`.
    pub title: Box<str>,
    /// There is just one of it, so that no value follows (`user`).
    pub sole: bool,
    /// The service takes its values in any letter case, so a grant does too.
    pub fold_case: bool,
    /// Where one thing has both a number and a name: how the service tells the one by the other.
    pub resolve: Option<Resolve>,
}

/// How an operation's path tells the context: the kind, and its value pieced together from path parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Which kind.
    pub kind: KindIndex,
    /// Pieces of the value, in order; none for a sole kind.
    pub value: Vec<Piece>,
}

impl Binding {
    /// Whether the value is put together from several parameters.
    fn is_joined(&self) -> bool {
        self.value.iter().filter(|piece| matches!(piece, Piece::Parameter(_))).count() > 1
    }
}

/// A piece of a context's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Stands as it is: the `/` in `owner/name`.
    Literal(Box<str>),
    /// The path parameter at this place among the template's parameters.
    Parameter(usize),
}

/// One HTTP method + path template.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The template as the definition writes it.
    pub template: Box<str>,
    /// Name and value of query parameters that tell this operation from others on the same path.
    pub query: Vec<(Box<str>, Box<str>)>,
    /// Any of (all of …); never empty, and no alternative is empty unless the operation needs nothing.
    pub requires: Vec<Vec<PermissionIndex>>,
    /// Contexts that the path names; the global one always counts besides.
    pub contexts: Vec<Binding>,
    /// The same of the path by which it is called too, with numbers in the place of names; `None` where there is none.
    pub by_number: Option<Vec<Binding>>,
    /// Where it lives.
    pub endpoint: EndpointIndex,
    /// How its body tells what is asked.
    pub body: BodyRule,
    /// Mark.
    pub risk: Risk,
    /// What refusals and activity show; see [`Operation::label_of`].
    pub label: Box<str>,
}

impl Operation {
    /// `GET /namespaces/{namespace}`; the query that tells it from others on the same path stands behind.
    pub fn label_of(method: Method, template: &str, query: &[(Box<str>, Box<str>)]) -> Box<str> {
        let mut label = format!("{method} {template}");
        for (place, (name, value)) in query.iter().enumerate() {
            label.push(if place == 0 { '?' } else { '&' });
            label.push_str(name);
            label.push('=');
            label.push_str(value);
        }
        label.into()
    }
}

/// What a definition allows beyond the strict rules.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    /// Things in paths.
    pub path: Unusual,
    /// Methods of [`Method::body_is_unusual`] that may nevertheless carry a body.
    pub bodies: Vec<Method>,
    /// Whether connections may be upgraded (WebSocket).
    pub upgrade: bool,
    /// Query parameters that would carry a credential or another identity.
    pub refused_parameters: Vec<Box<str>>,
    /// The service reads parameters out of bodies too, so they are refused there as well.
    pub refused_in_bodies: bool,
    /// Request headers that would do so; dropped.
    pub dropped_headers: Vec<Box<str>>,
    /// Reply headers in which the service says what an operation accepts, where it refuses; the first that says something counts.
    pub accepted_headers: Vec<Box<str>>,
}

/// A compiled definition.
#[derive(Clone, Debug)]
pub struct Rules {
    /// In the order in which they are listed.
    pub permissions: Vec<Permission>,
    /// Kinds of context besides `global`.
    pub kinds: Vec<Kind>,
    /// In the definition's order.
    pub operations: Vec<Operation>,
    /// Finds the operation of a request.
    pub router: Router,
    /// Where operations live besides the base URL.
    pub endpoints: Endpoints,
    /// What is allowed beyond the strict rules.
    pub switches: Switches,
    /// Headers in which this service's own clients send their key; a personal token is taken from there too.
    pub client_headers: Vec<Box<str>>,
    /// What is known of the service's GraphQL, where an operation is that.
    pub graph: Option<Graph>,
    by_name: HashMap<Box<str>, PermissionIndex, RandomState>,
    inside: Vec<inside::Inside>,
}

impl Rules {
    /// Puts the parts together but what [`Self::with_graph`] adds, which is always to follow.
    pub fn new(
        permissions: Vec<Permission>,
        kinds: Vec<Kind>,
        operations: Vec<Operation>,
        router: Router,
        endpoints: Endpoints,
        switches: Switches,
        client_headers: Vec<Box<str>>,
    ) -> Self {
        let by_name = permissions
            .iter()
            .enumerate()
            .map(|(index, permission)| (permission.name.as_str().into(), PermissionIndex(index)))
            .collect();
        Self {
            permissions,
            kinds,
            operations,
            router,
            endpoints,
            switches,
            client_headers,
            graph: None,
            by_name,
            inside: Vec::new(),
        }
    }

    /// With what is known of the service's GraphQL, if it is, and of what is inside of what by all of that.
    pub fn with_graph(self, graph: Option<Graph>) -> Self {
        let mut rules = Self { graph, ..self };
        rules.find_inside();
        rules
    }

    /// The places of all permissions.
    pub fn indices(&self) -> impl Iterator<Item = PermissionIndex> + use<> {
        (0..self.permissions.len()).map(PermissionIndex)
    }

    /// The place of the permission called `name`.
    pub fn permission(&self, name: &str) -> Option<PermissionIndex> {
        self.by_name.get(name).copied()
    }

    /// The place of the context kind called `name`.
    pub fn kind(&self, name: &str) -> Option<KindIndex> {
        self.kinds.iter().position(|kind| &*kind.name == name)
    }

    /// Whether `permission` can be granted in `context` at all.
    pub fn assignable(&self, permission: PermissionIndex, context: &Context) -> bool {
        let permission = &self.permissions[permission.0];
        match context {
            Context::Global => permission.global,
            Context::Sole(_) | Context::Named { .. } => {
                self.kind(context.kind()).is_some_and(|kind| permission.kinds.contains(&kind))
            }
        }
    }

    /// The contexts that a path names which was found.
    pub fn contexts_of(&self, found: &Match<'_>) -> impl Iterator<Item = BoundContext> {
        let operation = &self.operations[found.operation];
        let by_number = operation.by_number.as_deref().filter(|_| found.by_number);
        let bindings = by_number.unwrap_or(&operation.contexts);
        bindings.iter().filter_map(|binding| self.bind(binding, &found.parameters))
    }

    /// The context that `binding` finds in a request's path parameters; `None` where a parameter is not UTF-8, or holds a `%2F` that
    /// would read as the `/` between two parameters. Values of kinds without letter case come out in lower case.
    pub fn bind(&self, binding: &Binding, parameters: &Parameters<'_>) -> Option<BoundContext> {
        self.pieced(binding, |place| {
            let text = parameters.at(place)?;
            if binding.is_joined() && has_encoded_slash(text) { None } else { decode_segment(text) }
        })
    }

    /// The context whose value is pieced together of literals and of what `text_at` has for a parameter's place.
    fn pieced<'t>(
        &self,
        binding: &Binding,
        text_at: impl Fn(usize) -> Option<Cow<'t, str>>,
    ) -> Option<BoundContext> {
        let kind = &self.kinds[binding.kind];
        let mut value = String::new();
        for piece in &binding.value {
            match piece {
                Piece::Literal(text) => value.push_str(text),
                Piece::Parameter(place) => value.push_str(&text_at(*place)?),
            }
        }
        if kind.fold_case {
            value.make_ascii_lowercase();
        }
        let is_marked = kind.resolve.as_ref().is_some_and(|resolve| resolve.is_marked(&value));
        // The mark of numbers can't be had by spelling it in a name.
        if is_marked && matches!(binding.value.first(), Some(Piece::Parameter(_))) {
            return None;
        }
        Some(BoundContext { kind: binding.kind, value })
    }

    /// The context as a grant would write it.
    pub fn context_of(&self, bound: &BoundContext) -> Context {
        let kind = &self.kinds[bound.kind];
        if kind.sole {
            Context::Sole(kind.name.clone())
        } else {
            Context::Named { kind: kind.name.clone(), value: bound.value.as_str().into() }
        }
    }
}

/// A context found in a request's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundContext {
    /// Its kind.
    pub kind: KindIndex,
    /// Its value, empty for a sole kind.
    pub value: String,
}
