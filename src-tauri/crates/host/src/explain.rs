//! What would be decided, without anything being sent.

mod body;
mod trial;

pub(crate) use trial::try_scope;

use std::sync::Arc;

use valetkey_core::{
    decision::{self, Permit, Refusal, TokenProblem, Verdict},
    explanation::{self, Explained, Needed},
    grant::{Access, Grant},
    http::Method,
    path::{Path, PathError, Query},
    policy::{CredentialState, ServicePolicy, Snapshot},
    rules::{Absence, EndpointIndex, EndpointSet},
    secret::MasterCredential,
    shell,
    time::Timestamp,
    token::{Presented, Token},
};
use valetkey_gateway::WholeBody;
use valetkey_wire as wire;
use wire::Decision;

use crate::{
    Error, accepted,
    inner::Inner,
    rows,
    state::{Listening, State},
};

pub(crate) fn explain(inner: &Inner, question: &wire::Question) -> Result<wire::Explanation, Error> {
    let state = inner.state();
    let token = state.tokens.named(&question.token)?;
    let wire::Question { method, url, body, .. } = question;
    let asked = Asked { token, method, url, body: body.as_ref(), now: inner.clock.now() };
    let snapshot = policy(&state)?;
    judged(&state, &snapshot, &asked)
}

/// A request, and who would make it when.
struct Asked<'q> {
    token: &'q Token,
    method: &'q str,
    url: &'q str,
    body: Option<&'q wire::QuestionBody>,
    now: Timestamp,
}

fn judged(state: &State, snapshot: &Snapshot, asked: &Asked<'_>) -> Result<wire::Explanation, Error> {
    let &Asked { token, method, url, body, now } = asked;
    let method = Method::parse(method.to_ascii_uppercase().as_bytes())
        .ok_or_else(|| Error::MethodUnknown { method: method.into() })?;
    let Located { service, endpoints, target } = locate(state, url)?;
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target.as_str(), None),
    };
    let (path, query) = match (Path::parse(path), query.map(Query::parse).transpose()) {
        (Ok(path), Ok(query)) => (path, query),
        (Err(problem), _) | (_, Err(problem)) => {
            return Ok(refused(&Refusal::Target(problem), &service));
        }
    };
    let request = decision::Request { endpoints, method, path, query };
    let presented = Presented { id: token.id, digest: token.digest };
    let outcome = decision::decide(snapshot, &presented, &service, request, now);
    if let (Ok(verdict), Some(body), Some(service)) = (&outcome, body, snapshot.service(&service)) {
        let whole = WholeBody { method, content_type: &body.content_type, bytes: body.text.as_bytes() };
        if let Some(answer) = body::judged(verdict, service, whole, token) {
            return Ok(answer);
        }
    }
    let answer = match &outcome {
        Ok(Verdict::Permit(permit)) => permitted(permit, &token.access),
        Ok(Verdict::Pending(pending)) => return Ok(body::depending(pending)),
        Err(refusal) => refused(refusal, &service),
    };
    let explained = snapshot
        .service(&service)
        .zip(snapshot.tokens().by_id(token.id))
        .map(|(service, token)| (service, explanation::explain(token, service, request)));
    let otherwise = snapshot
        .service(&service)
        .zip(snapshot.tokens().by_id(token.id))
        .is_some_and(|(service, token)| !decision::wanted(token, service, request).is_empty());
    let answer = match (&outcome, otherwise) {
        (Err(Refusal::InsufficientScope(_)), true) => {
            wire::Explanation { reason: OTHERWISE.into(), ..answer }
        }
        _ => answer,
    };
    let answer = match explained {
        Some((service, explained)) => wire::Explanation {
            commands: commands(&outcome, &explained, token),
            ..with_explained(answer, &explained, service)
        },
        None => answer,
    };
    let accepts = answer.operation.as_deref().and_then(|label| accepted::of(state, &service, label));
    Ok(wire::Explanation { accepts: accepts.map(ToString::to_string), ..answer })
}

/// Where a thing has other names, what is decided depends on what the service says of them.
const OTHERWISE: &str = "By this name the token lacks a grant. It has one for a thing that may be the same or be around it, so the gateway \
                         asks the service, and decides by the answer.";

fn permitted(permit: &Permit<'_>, access: &Access) -> wire::Explanation {
    let grants = texts(&permit.because());
    let reason = match (permit.operation(), grants.is_empty()) {
        (None, _) => "Full access, and the definition does not know this operation: the service decides.",
        (Some(_), true) if *access == Access::Full => "Full access: everything that you can do.",
        (Some(_), true) => "This operation needs no permission.",
        (Some(_), false) => "Allowed by the grants.",
    };
    wire::Explanation { grants: Some(grants), ..answer(Decision::Permit, reason) }
}

fn answer(decision: Decision, reason: impl Into<String>) -> wire::Explanation {
    wire::Explanation {
        decision,
        operation: None,
        risk: None,
        body: None,
        unknown: None,
        contexts: Vec::new(),
        needed: None,
        inactive: Vec::new(),
        grants: None,
        missing: None,
        accepts: None,
        commands: Vec::new(),
        reason: reason.into(),
    }
}

/// Adds what the decision goes by.
fn with_explained(
    answer: wire::Explanation,
    explained: &Explained<'_>,
    service: &ServicePolicy,
) -> wire::Explanation {
    let needed = |needed: &Needed| {
        let permission = &service.rules.permissions[needed.permission.0];
        wire::NeededPermission {
            name: permission.name.to_string(),
            title: permission.title.to_string(),
            risk: rows::risk(permission.risk),
            grant: needed.grant.to_string(),
            held: needed.held,
            owner: needed.owner,
        }
    };
    match &explained.operation {
        Err(absence) => wire::Explanation { unknown: Some(unknown(absence)), ..answer },
        Ok(operation) => wire::Explanation {
            operation: Some(operation.label.to_string()),
            risk: Some(rows::risk(operation.risk)),
            contexts: explained.contexts.iter().map(ToString::to_string).collect(),
            needed: Some(explained.needed.iter().map(|all_of| all_of.iter().map(needed).collect()).collect()),
            inactive: texts(&explained.inactive),
            ..answer
        },
    }
}

/// What the owner could type to have it allowed. Only limited access can be added to.
fn commands(outcome: &Result<Verdict<'_>, Refusal>, explained: &Explained<'_>, token: &Token) -> Vec<String> {
    let Err(Refusal::InsufficientScope(shortfall)) = outcome else { return Vec::new() };
    if shortfall.grantable.is_none() {
        return Vec::new();
    }
    let ways = shortfall.missing.iter().zip(&explained.needed);
    ways.filter(|(_, needed)| needed.iter().all(|needed| needed.owner != Some(false)))
        .map(|(missing, _)| {
            let grants = texts(missing);
            shell::update(token.name.as_str(), "--add", grants.iter().map(String::as_str))
        })
        .collect()
}

fn unknown(absence: &Absence<'_>) -> wire::UnknownOperation {
    let (why, known) = match absence {
        Absence::Closed => (wire::UnknownWhy::Closed, &[][..]),
        Absence::QueryUnclear => (wire::UnknownWhy::QueryUnclear, &[][..]),
        Absence::Query(known) => (wire::UnknownWhy::Query, known.as_slice()),
        Absence::Method(known) => (wire::UnknownWhy::Method, known.as_slice()),
        Absence::Path(known) => (wire::UnknownWhy::Path, known.as_slice()),
    };
    wire::UnknownOperation { why, known: known.iter().map(|operation| operation.label.to_string()).collect() }
}

/// What a URL means.
struct Located {
    service: String,
    endpoints: EndpointSet,
    /// Path and query.
    target: String,
}

/// Reads a URL of the gateway, of one of a service's own places, or `/<service>/<path>`.
fn locate(state: &State, url: &str) -> Result<Located, Error> {
    let unreadable = || Error::UrlUnknown { url: url.split('?').next().unwrap_or_default().into() };
    let by_prefix = |target: &str| {
        let rest = target.strip_prefix('/').ok_or_else(unreadable)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (service, path) = rest.split_at(end);
        Ok(Located { service: service.to_owned(), endpoints: EndpointSet::ALL, target: with_slash(path) })
    };
    if url.starts_with('/') {
        return by_prefix(url);
    }
    if let Some(located) = by_own_url(state, url) {
        return Ok(located);
    }
    let rest = url.strip_prefix("http://").ok_or_else(unreadable)?;
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, _port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    match host {
        "127.0.0.1" | "localhost" | "[::1]" => by_prefix(target),
        _ => {
            let service = host.strip_suffix(".localhost").ok_or_else(unreadable)?;
            Ok(Located {
                service: service.to_owned(),
                endpoints: EndpointSet::ALL,
                target: with_slash(target),
            })
        }
    }
}

/// As the gateway reads it on the Unix socket: of the endpoints that are there, those whose base reaches deepest.
fn by_own_url(state: &State, url: &str) -> Option<Located> {
    let mut located: Option<(usize, Located)> = None;
    let in_order = state.services.keys().filter_map(|name| state.snapshot.service(name.as_str()));
    for service in in_order {
        for (place, endpoint) in service.endpoints.iter().enumerate() {
            let base = endpoint.base_url.to_string();
            let below = url.strip_prefix(&base);
            let Some(path) = below.filter(|path| path.is_empty() || path.starts_with(['/', '?'])) else {
                continue;
            };
            match &mut located {
                Some((deepest, _)) if *deepest > base.len() => {}
                Some((deepest, known)) if *deepest == base.len() => {
                    if known.service == service.name.as_str() {
                        known.endpoints = known.endpoints.with(EndpointIndex(place));
                    }
                }
                _ => {
                    let endpoints = EndpointSet::only(EndpointIndex(place));
                    let (service, target) = (service.name.to_string(), with_slash(path));
                    located = Some((base.len(), Located { service, endpoints, target }));
                }
            }
        }
    }
    located.map(|(_, located)| located)
}

fn with_slash(target: &str) -> String {
    if target.starts_with('/') { target.to_owned() } else { format!("/{target}") }
}

/// What is in force, as far as grants go.
fn policy(state: &State) -> Result<Arc<Snapshot>, Error> {
    match &state.listening {
        Listening::No => with_credentials_at_hand(state),
        Listening::At(_) | Listening::PortTaken { .. } | Listening::Failed { .. } => {
            Ok(Arc::clone(&state.snapshot))
        }
    }
}

/// Where nothing runs no credential has been read, and what is asked is what the grants say.
fn with_credentials_at_hand(state: &State) -> Result<Arc<Snapshot>, Error> {
    let stand_in = MasterCredential::parse("stand-in").map_err(valetkey_core::Error::from)?;
    let services = state.services.values().filter_map(|connected| {
        let policy = state.snapshot.service(connected.service.name.as_str())?;
        let credential = CredentialState::ready(&connected.service, &connected.rules, &stand_in);
        Some(policy.with_credential(credential))
    });
    Ok(Arc::new(
        services.fold(Snapshot::clone(&state.snapshot), |snapshot, policy| snapshot.with_service(policy)),
    ))
}

fn refused(refusal: &Refusal, service: &str) -> wire::Explanation {
    let (reason, missing) = match refusal {
        Refusal::Token { problem, .. } => (token_reason(*problem).to_owned(), None),
        Refusal::ServiceUnknown => (format!("No service named “{service}” is connected."), None),
        Refusal::Target(problem) => (target_reason(*problem), None),
        Refusal::Paused => ("The gateway is paused.".into(), None),
        Refusal::OperationUnknown => {
            ("The definition does not know this operation, so a limited token can't do it.".into(), None)
        }
        Refusal::FieldsUnknown(unknown) => (
            format!(
                "The definition does not know {}, so a limited token can't ask for it.",
                unknown.fields.join(", ")
            ),
            None,
        ),
        Refusal::InsufficientScope(shortfall) => (
            match shortfall.owner_lacks.as_slice() {
                [] => "The token lacks every one of these combinations of grants.".into(),
                lost => format!(
                    "You don't have {} any more, so the token can't use it.",
                    texts(&lost[0]).join(" and ")
                ),
            },
            Some(shortfall.missing.iter().map(|all_of| texts(all_of)).collect()),
        ),
        Refusal::Vault(problem) => (format!("The master credential can't be had: {problem}."), None),
    };
    wire::Explanation { missing, ..answer(Decision::Refusal, reason) }
}

const fn token_reason(problem: TokenProblem) -> &'static str {
    match problem {
        TokenProblem::Absent => "No token was sent.",
        TokenProblem::Malformed => "That is not a token.",
        TokenProblem::Unknown => "The token's secret has been replaced.",
        TokenProblem::Expired => "The token has expired.",
        TokenProblem::Disabled => "The token is disabled.",
        TokenProblem::Revoked => "The token is revoked.",
    }
}

fn target_reason(problem: PathError) -> String {
    format!("The URL is refused for every token: {problem}.")
}

fn texts(grants: &[Grant]) -> Vec<String> {
    grants.iter().map(ToString::to_string).collect()
}
