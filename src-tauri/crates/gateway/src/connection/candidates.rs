use std::sync::Arc;

use valetkey_core::{
    decision::{self, Request},
    http::Method,
    path::{Path, Query},
    policy::{Running, ServicePolicy, Snapshot, TokenPolicy},
};

use crate::{denial::Denial, route::Route};

/// A service that a route can mean, with the path below its base.
pub(super) type Candidate<'s, 'r> = (&'s Arc<ServicePolicy>, Path<'r>);

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
                Self::Sole(snapshot.service(service).map(|service| (service, path)))
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

/// The service whose base reaches deepest into the path is the one that is meant.
fn deepest_at<'s, 'r>(snapshot: &'s Snapshot, host: &str, path: Path<'r>) -> Vec<Candidate<'s, 'r>> {
    let below = |base: &str| {
        let rest = path.as_str().strip_prefix(base)?;
        if rest.is_empty() { Path::parse("/").ok() } else { Path::parse(rest).ok() }
    };
    let mut found: Vec<_> = snapshot
        .services()
        .values()
        .filter(|service| service.authority.eq_ignore_ascii_case(host))
        .filter_map(|service| Some((service, below(service.base_url.path())?)))
        .collect();
    let deepest = found.iter().map(|(service, _)| service.base_url.path().len()).max();
    found.retain(|(service, _)| Some(service.base_url.path().len()) == deepest);
    found
}

/// The one of `candidates` where this token may do it; an error where that is none or several.
pub(super) fn only_permitted<'c, 's, 'r>(
    running: Running,
    token: &TokenPolicy,
    candidates: &'c [Candidate<'s, 'r>],
    method: Method,
    query: Option<Query<'_>>,
) -> Result<&'c Candidate<'s, 'r>, Denial> {
    let mut permitted = candidates.iter().filter(|(service, path)| {
        let request = Request { method, path: *path, query };
        decision::authorize(running, token, service, request).is_ok()
    });
    match (permitted.next(), permitted.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Denial::ServiceAmbiguous),
    }
}
