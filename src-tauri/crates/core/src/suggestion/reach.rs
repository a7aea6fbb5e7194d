//! How much a token could do before and after.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    grant::{Access, Context, Grant, Granted},
    policy::{ByService, Manner, ServicePolicy, TokenPolicy, held_manner},
    rules::{KindIndex, Operation, PermissionIndex, PermissionSet, Risk, Rules},
    service::ServiceName,
};

/// Operations of one service that a token can do in some context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Which service.
    pub service: ServiceName,
    /// With the grants that it has.
    pub now: usize,
    /// With those that are suggested.
    pub then: usize,
    /// All that the definition knows.
    pub all: usize,
}

/// Of every service in which the token can do something.
pub(super) fn of<'g>(
    token: &TokenPolicy,
    services: &ByService<Arc<ServicePolicy>>,
    suggested: impl Iterator<Item = &'g Grant>,
) -> Vec<Reach> {
    let suggested: BTreeSet<&Grant> = suggested.collect();
    let mut reach: Vec<Reach> = services
        .values()
        .map(|service| Reach {
            service: service.name.clone(),
            now: match &token.token.access {
                Access::Full => {
                    service.rules.operations.iter().filter(|o| o.risk != Risk::MintsCredentials).count()
                }
                Access::Limited(grants) => Given::of(grants.iter(), service).count(&service.rules),
            },
            then: Given::of(suggested.iter().copied(), service).count(&service.rules),
            all: service.rules.operations.len(),
        })
        .filter(|reach| reach.now > 0)
        .collect();
    reach.sort_by(|a, b| a.service.cmp(&b.service));
    reach
}

/// What grants of one service give, by kind of context.
struct Given {
    any: bool,
    /// `None` is global. All permissions, and those that are named.
    kinds: Vec<(Option<KindIndex>, PermissionSet, PermissionSet)>,
}

impl Given {
    fn of<'g>(grants: impl Iterator<Item = &'g Grant>, service: &ServicePolicy) -> Self {
        let rules = &service.rules;
        let mut given = Self { any: false, kinds: Vec::new() };
        for grant in grants.filter(|grant| grant.service == service.name) {
            given.any = true;
            let kind = match grant.context {
                Context::Global => None,
                Context::Sole(_) | Context::Named { .. } => rules.kind(grant.context.kind()),
            };
            let place =
                given.kinds.iter().position(|(other, ..)| *other == kind).unwrap_or(given.kinds.len());
            if place == given.kinds.len() {
                given.kinds.push((kind, PermissionSet::default(), PermissionSet::default()));
            }
            let (_, all, named) = &mut given.kinds[place];
            match &grant.permission {
                Granted::Every => rules
                    .indices()
                    .filter(|index| rules.permissions[index.0].risk != Risk::MintsCredentials)
                    .filter(|index| rules.assignable(*index, &grant.context))
                    .for_each(|index| all.insert(index)),
                Granted::One(name) => {
                    if let Some(index) = rules.permission(name.as_str()) {
                        all.extend(&rules.permissions[index.0].closure);
                        named.insert(index);
                    }
                }
            }
        }
        given
    }

    fn count(&self, rules: &Rules) -> usize {
        rules.operations.iter().filter(|operation| self.allows(operation)).count()
    }

    fn allows(&self, operation: &Operation) -> bool {
        let manner = held_manner(operation.risk);
        let has = |needed: &PermissionIndex| {
            self.kinds.iter().any(|(kind, all, named)| {
                let here =
                    kind.is_none_or(|kind| operation.contexts.iter().any(|binding| binding.kind == kind));
                here && match manner {
                    Manner::Anyhow => all.contains(*needed),
                    Manner::ByName => named.contains(*needed),
                }
            })
        };
        self.any && operation.requires.iter().any(|all_of| all_of.iter().all(has))
    }
}
