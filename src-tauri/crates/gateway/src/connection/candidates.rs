use std::sync::Arc;

use valetkey_core::{
    decision::{self, Request},
    http::Method,
    path::{Path, Query},
    policy::{ServicePolicy, Snapshot},
    time::Timestamp,
    token::Presented,
};

use crate::{denial::Denial, route::Route};

/// A service that a route can mean, with the path below its base.
pub(super) type Candidate<'s, 'r> = (&'s Arc<ServicePolicy>, Path<'r>);

/// The services that a route can mean, each with the path below its base.
pub(super) fn candidates<'r, 's>(snapshot: &'s Snapshot, route: &Route<'r>) -> Vec<Candidate<'s, 'r>> {
    match *route {
        Route::Own(_) => Vec::new(),
        Route::Prefix { service, path, .. } | Route::Subdomain { service, path, .. } => {
            snapshot.service(service).map(|service| (service, path)).into_iter().collect()
        }
        Route::ByHost { host, path } => {
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
            // The service whose base reaches deepest into the path is the one that is meant.
            let deepest = found.iter().map(|(service, _)| service.base_url.path().len()).max();
            found.retain(|(service, _)| Some(service.base_url.path().len()) == deepest);
            found
        }
    }
}

/// The one of `candidates` where this token may do it; an error where that is none or several.
pub(super) fn only_permitted<'c, 's, 'r>(
    snapshot: &Snapshot,
    candidates: &'c [Candidate<'s, 'r>],
    method: Method,
    query: Option<Query<'_>>,
    presented: &Presented,
    now: Timestamp,
) -> Result<&'c Candidate<'s, 'r>, Denial> {
    let mut permitted = candidates.iter().filter(|(service, path)| {
        let request = Request { method, path: *path, query };
        decision::decide(snapshot, presented, service.name.as_str(), request, now).is_ok()
    });
    match (permitted.next(), permitted.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Denial::ServiceAmbiguous),
    }
}
