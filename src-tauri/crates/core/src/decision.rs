//! The decision: (snapshot, request, time) → [`Permit`] or [`Refusal`]. Where it depends on the body there is a [`Pending`] between,
//! which becomes one of the two once the body has been read.

mod graph;
mod lacking;
mod names;
mod pending;

use std::{borrow::Cow, sync::Arc};

use graph::Asked;
use lacking::owner_lacks;
pub use pending::{Need, Outcome, Pending, Verdict};

use crate::{
    grant::{Access, Context, Grant, Granted},
    http::Method,
    path::{Path, PathError, Query},
    policy::{
        CompiledAccess, CredentialState, Held, Injection, Running, ServiceEndpoint, ServicePolicy, Snapshot,
        TokenPolicy, held_manner,
    },
    ports::VaultError,
    rules::{BodyRule, BoundContext, EndpointSet, Operation, PermissionIndex, Risk, Rules},
    time::Timestamp,
    token::{Presented, Status, TokenId},
};

pub use names::{Name, Names, Wanted, wanted};

/// What is asked of a service; the path is relative to the base URL of its endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// At which of the service's endpoints.
    pub endpoints: EndpointSet,
    /// The method.
    pub method: Method,
    /// Canonical.
    pub path: Path<'r>,
    /// Canonical too.
    pub query: Option<Query<'r>>,
}

/// Leave to forward one request. There is no other way to a master credential than through one, and no way to
/// make one but [`decide`] and, where the body matters, [`Pending::decide`].
///
/// It borrows from the snapshot that it was decided by: threads that share a snapshot would otherwise count its users up and down
/// with every request, each slowing the others.
#[derive(Clone, Debug)]
pub struct Permit<'s> {
    token: &'s TokenPolicy,
    service: &'s ServicePolicy,
    endpoint: &'s ServiceEndpoint,
    injection: &'s Injection,
    operation: Option<&'s Operation>,
    contexts: Vec<BoundContext>,
    /// What its GraphQL asks for.
    asked: Option<Box<Asked>>,
}

impl<'s> Permit<'s> {
    /// Whose request it is.
    pub fn token(&self) -> TokenId {
        self.token.token.id
    }

    /// When its token ends by itself, and with it this permit.
    pub fn expires(&self) -> Option<Timestamp> {
        self.token.token.expires
    }

    /// Whose it is.
    pub const fn service(&self) -> &'s ServicePolicy {
        self.service
    }

    /// Where it goes.
    pub const fn endpoint(&self) -> &'s ServiceEndpoint {
        self.endpoint
    }

    /// Which operation it is; `None` where the definition does not know it (full access only).
    pub const fn operation(&self) -> Option<&'s Operation> {
        self.operation
    }

    /// Names the operation as far as it was looked at; `None` where the definition does not know it.
    pub fn label(&self) -> Option<Cow<'s, str>> {
        let operation = self.operation?;
        Some(match (&operation.body, &self.asked) {
            (BodyRule::Graph, Some(asked)) => Cow::Owned(format!("{} {}", operation.label, asked.label)),
            // With full access the body was not read.
            (BodyRule::Member(rule), _) if matches!(self.token.access, CompiledAccess::Full) => {
                Cow::Borrowed(&rule.place)
            }
            _ => Cow::Borrowed(&operation.label),
        })
    }

    /// The context that the request named.
    pub fn context(&self) -> Option<Context> {
        self.contexts.first().map(|bound| self.service.rules.context_of(bound))
    }

    /// The header line that carries the master credential, to be written last into the forwarded head.
    pub fn credential_line(&self) -> &'s [u8] {
        self.injection.line()
    }

    /// Name of that header, and what finds the credential in replies.
    pub const fn injection(&self) -> &'s Injection {
        self.injection
    }

    /// The token's grants by which the request is allowed; empty for full access, and where nothing is needed.
    pub fn because(&self) -> Vec<Grant> {
        let mut because = self
            .operation
            .map_or_else(Vec::new, |operation| because(self.token, self.service, operation, &self.contexts));
        if let Some(asked) = &self.asked {
            because.extend(asked.because(self.token, self.service));
            because.sort();
            because.dedup();
        }
        because
    }
}

/// Why a token does not authenticate. The caller gets the same 401 for all of them; the owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// No token was sent.
    Absent,
    /// Not in the form of a token, or its checksum is wrong.
    Malformed,
    /// Never issued, or its secret has been replaced.
    Unknown,
    /// Its time has come.
    Expired,
    /// Switched off.
    Disabled,
    /// Ended for good.
    Revoked,
}

/// Why a request is not forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token does not authenticate.
    Token {
        /// Why.
        problem: TokenProblem,
        /// Which token, where it is known.
        token: Option<TokenId>,
    },
    /// No service of that name.
    ServiceUnknown,
    /// The target uses something that this service's definition does not switch on.
    Target(PathError),
    /// The owner paused the gateway.
    Paused,
    /// The definition does not know the operation.
    OperationUnknown,
    /// The definition does not know fields that GraphQL asks for.
    FieldsUnknown(Box<UnknownFields>),
    /// Grants are missing.
    InsufficientScope(Box<Shortfall>),
    /// The master credential can't be had now.
    Vault(VaultError),
}

/// Fields that no limited token can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFields {
    /// The operation's label.
    pub operation: Box<str>,
    /// `Repository.collaborators`; the first few.
    pub fields: Vec<Box<str>>,
}

/// What a token lacks for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The operation's label.
    pub operation: Box<str>,
    /// The context that the path named.
    pub context: Option<Context>,
    /// Any of (all of …).
    pub needed: Vec<Vec<Grant>>,
    /// The same without what is held.
    pub missing: Vec<Vec<Grant>>,
    /// Those of `missing` that the token names one and all, so that it is the owner who lacks them now.
    pub owner_lacks: Vec<Vec<Grant>>,
    /// The token's grants of this service, as the owner chose them; `**` can't be written as grants and is empty.
    pub held: Vec<Grant>,
    /// The token, where grants can be added to it: not to full access.
    pub grantable: Option<TokenId>,
}

/// Finds the live token of `presented`.
pub fn authenticate<'s>(
    snapshot: &'s Snapshot,
    presented: &Presented,
    now: Timestamp,
) -> Result<&'s Arc<TokenPolicy>, Refusal> {
    let refused = |problem, token| Err(Refusal::Token { problem, token });
    let Some(policy) = snapshot.tokens().find(&presented.digest) else {
        return refused(TokenProblem::Unknown, None);
    };
    let token = &policy.token;
    match token.status {
        Status::Revoked { .. } => refused(TokenProblem::Revoked, Some(token.id)),
        Status::Disabled => refused(TokenProblem::Disabled, Some(token.id)),
        Status::Active if token.is_expired(now) => refused(TokenProblem::Expired, Some(token.id)),
        Status::Active => Ok(policy),
    }
}

/// Decides one request.
pub fn decide<'s>(
    snapshot: &'s Snapshot,
    presented: &Presented,
    service: &str,
    request: Request<'_>,
    now: Timestamp,
) -> Result<Verdict<'s>, Refusal> {
    decide_named(snapshot, presented, service, request, &Names::default(), now)
}

/// Decides one request for whose things the service was asked.
pub fn decide_named<'s>(
    snapshot: &'s Snapshot,
    presented: &Presented,
    service: &str,
    request: Request<'_>,
    names: &Names,
    now: Timestamp,
) -> Result<Verdict<'s>, Refusal> {
    let token = authenticate(snapshot, presented, now)?;
    let service = snapshot.service(service).ok_or(Refusal::ServiceUnknown)?;
    authorize_named(snapshot.running(), token, service, request, names)
}

/// Decides for a token that [`authenticate`] found live, and a service, both of one snapshot.
pub fn authorize<'s>(
    running: Running,
    token: &'s TokenPolicy,
    service: &'s ServicePolicy,
    request: Request<'_>,
) -> Result<Verdict<'s>, Refusal> {
    authorize_named(running, token, service, request, &Names::default())
}

/// The same where the service was asked for the names of what the path names.
pub fn authorize_named<'s>(
    running: Running,
    token: &'s TokenPolicy,
    service: &'s ServicePolicy,
    request: Request<'_>,
    names: &Names,
) -> Result<Verdict<'s>, Refusal> {
    judge_target(service, request)?;
    if running == Running::Paused {
        return Err(Refusal::Paused);
    }
    let (operation, mut contexts) = found(&service.rules, request);
    let called = contexts.len();
    names.complete(&mut contexts);
    match (&token.access, operation) {
        (CompiledAccess::Limited(_), None) => return Err(Refusal::OperationUnknown),
        // What full access means where the definition ends is the service's own judgement of its credential. Where the body says which
        // operation it is, that is judged once it has been read, and with full access is between it and the service.
        (CompiledAccess::Full, None) | (_, Some(Operation { body: BodyRule::Member(_), .. })) => {}
        (_, Some(operation)) => judge_operation(token, service, operation, &contexts, called)?,
    }
    let injections = match &service.credential {
        CredentialState::Unavailable(problem) => return Err(Refusal::Vault(*problem)),
        CredentialState::Ready(injections) => injections,
    };
    let place = operation.map_or(request.endpoints.first(), |operation| operation.endpoint);
    let (Some(endpoint), Some(injection)) = (service.endpoints.get(place.0), injections.at(place)) else {
        return Err(Refusal::OperationUnknown);
    };
    let permit = Permit { token, service, endpoint, injection, operation, contexts, asked: None };
    Ok(match (&token.access, operation) {
        (CompiledAccess::Limited(_), Some(operation)) if operation.body != BodyRule::Silent => {
            body_only(request, operation)?;
            Verdict::Pending(Pending { permit, operation, called })
        }
        _ => Verdict::Permit(permit),
    })
}

/// What the body is read for must not stand in the query too, since a service may take it from there.
fn body_only(request: Request<'_>, operation: &Operation) -> Result<(), Refusal> {
    let Some(query) = request.query else { return Ok(()) };
    let elsewhere = match &operation.body {
        BodyRule::Silent => false,
        BodyRule::Member(rule) => query.names_any(&[&rule.name]),
        BodyRule::Graph => true,
    };
    if elsewhere { Err(Refusal::OperationUnknown) } else { Ok(()) }
}

/// The operation that is meant, and the contexts that the path names.
fn found<'r>(rules: &'r Rules, request: Request<'_>) -> (Option<&'r Operation>, Vec<BoundContext>) {
    match rules.router.find_at(request.endpoints, request.method, request.path, request.query) {
        Some(found) => (Some(&rules.operations[found.operation]), rules.contexts_of(&found).collect()),
        None => (None, Vec::new()),
    }
}

fn judge_target(service: &ServicePolicy, request: Request<'_>) -> Result<(), Refusal> {
    let switches = &service.rules.switches;
    if !request.path.unusual().within(switches.path) {
        return Err(Refusal::Target(PathError::NotEnabled));
    }
    match request.query {
        Some(query) if query.names_any(&switches.refused_parameters) => {
            Err(Refusal::Target(PathError::QueryParameterRefused))
        }
        _ => Ok(()),
    }
}

fn judge_operation(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
    called: usize,
) -> Result<(), Refusal> {
    let manner = held_manner(operation.risk);
    let held = held_of(token, service, operation.risk);
    // An operation that needs no permission is still none of the business of a token without a grant in this service.
    let concerned = match &token.access {
        CompiledAccess::Full if operation.risk == Risk::MintsCredentials => true,
        CompiledAccess::Full if service.owner.is_none() => return Ok(()),
        CompiledAccess::Full => true,
        CompiledAccess::Limited(_) => held.is_some(),
    };
    let has = |permission: &PermissionIndex| held.is_some_and(|held| held.has(*permission, contexts, manner));
    if concerned && operation.requires.iter().any(|all_of| all_of.iter().all(&has)) {
        return Ok(());
    }
    // What the service told besides is not for an application that lacks a grant for it.
    let shortfall = shortfall(token, service, operation, &contexts[..called], has);
    Err(Refusal::InsufficientScope(Box::new(shortfall)))
}

/// What the token holds in the service for an operation of this risk; `None` where that is nothing, or needs no looking up.
fn held_of<'s>(token: &'s TokenPolicy, service: &'s ServicePolicy, risk: Risk) -> Option<&'s Held> {
    match &token.access {
        CompiledAccess::Full if risk == Risk::MintsCredentials => None,
        CompiledAccess::Full => service.owner.as_ref(),
        CompiledAccess::Limited(services) => services.get(&service.name),
    }
}

fn shortfall(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
    has: impl Fn(&PermissionIndex) -> bool,
) -> Shortfall {
    let rules = &service.rules;
    let named: Vec<Context> = contexts.iter().map(|bound| rules.context_of(bound)).collect();
    let grant = |permission: &PermissionIndex| {
        // The narrowest grant that would do: in the first context of the path that takes this permission.
        let fitting = named.iter().find(|context| rules.assignable(*permission, context));
        Grant {
            service: service.name.clone(),
            context: fitting.cloned().unwrap_or(Context::Global),
            permission: Granted::One(rules.permissions[permission.0].name.clone()),
        }
    };
    let list = |keep: &dyn Fn(&PermissionIndex) -> bool| {
        operation
            .requires
            .iter()
            .map(|all_of| all_of.iter().filter(|p| keep(p)).map(grant).collect())
            .collect()
    };
    Shortfall {
        operation: operation.label.clone(),
        context: named.first().cloned(),
        needed: list(&|_| true),
        missing: list(&|permission| !has(permission)),
        owner_lacks: owner_lacks(token, service, operation, contexts, &has)
            .map(|missing| missing.into_iter().map(grant).collect())
            .collect(),
        held: token.grants_of(&service.name).cloned().collect(),
        grantable: match &token.token.access {
            Access::Full => None,
            Access::Limited(_) => Some(token.token.id),
        },
    }
}

/// The grants of a token by which it may do `operation` in these contexts.
pub(crate) fn because(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
) -> Vec<Grant> {
    let grants = token.grants_of(&service.name);
    let relevant = |grant: &Grant, needed: PermissionIndex| {
        let in_context = grant.context == Context::Global
            || contexts.iter().any(|bound| same_context(&grant.context, bound, service));
        in_context && grants_permission(grant, needed, service)
    };
    let mut because: Vec<_> = operation
        .requires
        .iter()
        .filter(|all_of| all_of.iter().all(|needed| grants.clone().any(|grant| relevant(grant, *needed))))
        .flatten()
        .flat_map(|needed| grants.clone().filter(|grant| relevant(grant, *needed)).cloned())
        .collect();
    because.sort();
    because.dedup();
    because
}

/// Whether a grant's context is the one that a path named.
pub(crate) fn same_context(context: &Context, bound: &BoundContext, service: &ServicePolicy) -> bool {
    let kind = &service.rules.kinds[bound.kind];
    let value = context.value().unwrap_or_default();
    context.kind() == &*kind.name
        && if kind.fold_case { value.eq_ignore_ascii_case(&bound.value) } else { value == bound.value }
}

/// Whether a grant gives a permission where it counts at all.
pub(crate) fn grants_permission(grant: &Grant, needed: PermissionIndex, service: &ServicePolicy) -> bool {
    match &grant.permission {
        Granted::Every => true,
        Granted::One(name) => service
            .rules
            .permission(name.as_str())
            .is_some_and(|index| service.rules.permissions[index.0].closure.contains(needed)),
    }
}
