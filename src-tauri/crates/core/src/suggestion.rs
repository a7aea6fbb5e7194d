//! What a token really used: the smallest set of grants with which it could have made the requests that it made.
//!
//! A suggestion never gives more than the token has now. It is found service by service and context by context:
//! - A request whose context is on record is covered by a grant in that context, and by one in the global context only where no
//!   other will do.
//! - Of the ways to cover what was used, the one with the least rights is taken: first as little as possible that mints
//!   credentials, then in the global context, then that destroys, then permissions with all that they imply, then grants.
//! - The search is exhaustive unless it grows past a limit, and says which; the best that was found until then is taken. Either
//!   way no grant can be dropped.
//! - Where a thing has a number and a name, or is inside of others, the record may name it otherwise than the grant does. Grants that
//!   may have been meant are kept as they are.
//! - Of GraphQL the record has the fields at the root alone: grants that something below them may have needed are kept too.

mod graph;
mod need;
mod reach;
mod search;

use std::collections::BTreeMap;

use crate::{
    decision,
    grant::{Access, Grant},
    policy::{ByService, ServicePolicy, TokenPolicy},
    time::Timestamp,
};
use need::Need;
pub use reach::Reach;

/// Requests of one token that were permitted: the same operation in the same context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Of which service.
    pub service: Box<str>,
    /// The operation's label, as it was recorded.
    pub operation: Box<str>,
    /// The context that the path named first; empty where it named none.
    pub context: Box<str>,
    /// How many.
    pub requests: u64,
    /// The latest.
    pub last: Timestamp,
}

/// A grant that is suggested, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// The grant.
    pub grant: Grant,
    /// Places of the uses that need it.
    pub uses: Vec<usize>,
}

/// A use that no suggested grant covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Its place among the uses.
    pub place: usize,
    /// Why.
    pub why: Why,
}

/// Why a use is not covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The service is not connected any more.
    ServiceGone,
    /// The definition does not know the operation; only full access can do it.
    OperationUnknown,
    /// The record does not say in which context a permission was needed.
    ContextUntold,
    /// The record does not say which fields GraphQL asked for.
    FieldsUntold,
    /// No grant for it could be made now: the token was narrowed since, or the owner lost the right.
    NotHeld,
}

/// How the suggested grants were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Search {
    /// Every way was looked at.
    Exhaustive,
    /// There were too many ways; the best that was found.
    CutShort,
}

/// What a token really used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// In order; empty where nothing was used.
    pub grants: Vec<Suggested>,
    /// What they don't cover.
    pub uncovered: Vec<Uncovered>,
    /// Grants that the token has and that no use needed.
    pub unused: Vec<Grant>,
    /// How many operations the token could do and would be able to do, for each service that is concerned.
    pub reach: Vec<Reach>,
    /// How the grants were found.
    pub search: Search,
}

/// The smallest set of grants that covers `uses`.
pub fn suggest(
    token: &TokenPolicy,
    services: &ByService<std::sync::Arc<ServicePolicy>>,
    uses: &[Use],
) -> Suggestion {
    let mut by_service: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, used) in uses.iter().enumerate() {
        by_service.entry(&used.service).or_default().push(place);
    }
    let mut suggestion = Suggestion {
        grants: Vec::new(),
        uncovered: Vec::new(),
        unused: Vec::new(),
        reach: Vec::new(),
        search: Search::Exhaustive,
    };
    let mut needed: Vec<Grant> = Vec::new();
    for (name, places) in by_service {
        let Some(service) = services.get(name) else {
            let gone = |place| Uncovered { place, why: Why::ServiceGone };
            suggestion.uncovered.extend(places.into_iter().map(gone));
            continue;
        };
        needed.extend(in_service(token, service, uses, &places, &mut suggestion));
    }
    suggestion.grants.sort_by(|a, b| a.grant.cmp(&b.grant));
    suggestion.uncovered.sort_by_key(|uncovered| uncovered.place);
    if let Access::Limited(grants) = &token.token.access {
        suggestion.unused = grants.iter().filter(|grant| !needed.contains(grant)).cloned().collect();
    }
    suggestion.reach = reach::of(token, services, suggestion.grants.iter().map(|suggested| &suggested.grant));
    suggestion
}

/// Suggests the grants of one service; gives those that the token has now and that the uses need.
fn in_service(
    token: &TokenPolicy,
    service: &ServicePolicy,
    uses: &[Use],
    places: &[usize],
    suggestion: &mut Suggestion,
) -> Vec<Grant> {
    let rules = &service.rules;
    let operations = need::by_label(rules);
    let mut because = Vec::new();
    let mut needs: Vec<Need> = Vec::new();
    let mut kept: Vec<(Grant, usize)> = Vec::new();
    for &place in places {
        let judged = need::judge(token, service, &operations, &uses[place]);
        if let Some((operation, contexts)) = &judged.known {
            because.extend(decision::because(token, service, operation, contexts));
        }
        let otherwise = match (&judged.need, &judged.known) {
            (Err(Why::FieldsUntold), _) => need::by_graph(token, service, &uses[place]),
            (Err(_), Some((operation, contexts))) => {
                need::by_other_names(token, service, operation, contexts)
            }
            _ => Vec::new(),
        };
        match judged.need {
            Err(_) if !otherwise.is_empty() => kept.extend(otherwise.into_iter().map(|grant| (grant, place))),
            Err(why) => suggestion.uncovered.push(Uncovered { place, why }),
            Ok(need) => {
                let like = needs.iter().position(|other| other.is_like(&need)).unwrap_or(needs.len());
                if like == needs.len() {
                    needs.push(need);
                }
                needs[like].uses.push(place);
            }
        }
    }

    let (mut picks, mut search) = (Vec::new(), Search::Exhaustive);
    for part in need::together(&needs) {
        search = search::cover(rules, &part, &mut picks).max(search);
    }
    if picks.is_empty() && needs.iter().any(Need::is_open) {
        picks.extend(search::cheapest(rules, need::anything(token, service)));
    }
    search::drop_needless(rules, &needs, &mut picks);
    suggestion.search = suggestion.search.max(search);
    for pick in &picks {
        let needing = needs.iter().filter(|need| need.rests_on(pick, &picks));
        let mut places: Vec<usize> = needing.flat_map(|need| need.uses.iter().copied()).collect();
        places.sort_unstable();
        suggestion.grants.push(Suggested { grant: pick.grant(service), uses: places });
    }
    for (grant, place) in kept {
        match suggestion.grants.iter_mut().find(|suggested| suggested.grant == grant) {
            Some(suggested) => suggested.uses.push(place),
            None => suggestion.grants.push(Suggested { grant: grant.clone(), uses: vec![place] }),
        }
        because.push(grant);
    }
    because
}
