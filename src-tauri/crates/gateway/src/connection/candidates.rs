use std::sync::Arc;

use valetkey_core::{
    decision::{self, Request},
    http::Method,
    path::{Path, Query},
    policy::{Running, ServicePolicy, Snapshot, TokenPolicy},
    rules::{EndpointIndex, EndpointSet},
};

use crate::{denial::Denial, route::Route};

/// A service that a route can mean.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'s, 'r> {
    pub(super) service: &'s Arc<ServicePolicy>,
    /// At which of its endpoints.
    pub(super) endpoints: EndpointSet,
    /// Below the base of these.
    pub(super) path: Path<'r>,
}

impl<'r> Candidate<'_, 'r> {
    /// What is asked of it.
    pub(super) const fn request(&self, method: Method, query: Option<Query<'r>>) -> Request<'r> {
        Request { endpoints: self.endpoints, method, path: self.path, query }
    }
}

/// The services that a route can mean; nearly always one, for which nothing is allocated.
pub(super) enum Candidates<'s, 'r> {
    Sole(Option<Candidate<'s, 'r>>),
    Several(Vec<Candidate<'s, 'r>>),
}

impl<'s, 'r> Candidates<'s, 'r> {
    pub(super) fn of(snapshot: &'s Snapshot, route: &Route<'r>) -> Self {
        match *route {
            Route::Own(_) => Self::Sole(None),
            Route::Prefix { service, path, .. } | Route::Subdomain { service, path, .. } => {
                let endpoints = EndpointSet::ALL;
                Self::Sole(snapshot.service(service).map(|service| Candidate { service, endpoints, path }))
            }
            Route::ByHost { host, path } => Self::Several(deepest_at(snapshot, host, path)),
        }
    }

    pub(super) fn as_slice(&self) -> &[Candidate<'s, 'r>] {
        match self {
            Self::Sole(one) => one.as_slice(),
            Self::Several(several) => several,
        }
    }
}

/// The endpoints whose base reaches deepest into the path are those that are meant.
fn deepest_at<'s, 'r>(snapshot: &'s Snapshot, host: &str, path: Path<'r>) -> Vec<Candidate<'s, 'r>> {
    let below = |base: &str| {
        let rest = path.as_str().strip_prefix(base)?;
        if rest.is_empty() { Path::parse("/").ok() } else { Path::parse(rest).ok() }
    };
    let mut deepest = 0;
    let mut found: Vec<Candidate<'s, 'r>> = Vec::new();
    for service in snapshot.services().values() {
        for (place, endpoint) in service.endpoints.iter().enumerate() {
            if !endpoint.is_at(host) {
                continue;
            }
            let base = endpoint.base_url.path();
            let Some(path) = below(base).filter(|_| base.len() >= deepest) else {
                continue;
            };
            if base.len() > deepest {
                deepest = base.len();
                found.clear();
            }
            match found.last_mut() {
                Some(last) if last.service.name == service.name => {
                    last.endpoints = last.endpoints.with(EndpointIndex(place));
                }
                _ => found.push(Candidate {
                    service,
                    endpoints: EndpointSet::only(EndpointIndex(place)),
                    path,
                }),
            }
        }
    }
    found
}

/// The one of `candidates` where this token may do it; an error where that is none or several.
pub(super) fn only_permitted<'c, 's, 'r>(
    running: Running,
    token: &TokenPolicy,
    candidates: &'c [Candidate<'s, 'r>],
    method: Method,
    query: Option<Query<'r>>,
) -> Result<&'c Candidate<'s, 'r>, Denial> {
    let mut permitted = candidates.iter().filter(|candidate| {
        let request = candidate.request(method, query);
        decision::authorize(running, token, candidate.service, request).is_ok()
    });
    match (permitted.next(), permitted.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Denial::ServiceAmbiguous),
    }
}
