//! The decision: (snapshot, request, time) → [`Permit`] or [`Refusal`]. Where it depends on the body there is a [`Pending`] between,
//! which becomes one of the two once the body has been read.

mod giving;
mod graph;
mod lacking;
mod names;
mod pending;
mod permit;
mod refusal;

use std::sync::Arc;

pub(crate) use giving::{because, chosen_by, gives, same_context};
use lacking::shortfall;
pub use names::{Name, Names, Wanted, wanted};
pub use pending::{Need, Outcome, Pending, Verdict};
pub use permit::Permit;
pub use refusal::{Refusal, Shortfall, TokenProblem, UnknownFields};

use crate::{
    http::Method,
    path::{Path, PathError, Query},
    policy::{
        CompiledAccess, CredentialState, Held, Running, ServicePolicy, Snapshot, TokenPolicy, held_manner,
    },
    rules::{BodyRule, BoundContext, EndpointSet, Operation, PermissionIndex, Risk, Rules},
    time::Timestamp,
    token::{Presented, Status},
};

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
