//! Whether one access includes another: by what their grants give, not by how they are written.

use std::collections::BTreeSet;

use crate::{
    grant::{Access, Context, Grant, Granted},
    rules::{PermissionIndex, PermissionSet, Risk, Rules},
    service::ServiceName,
    tokens::Services,
};

/// The permissions that a grant gives in its context.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) all: PermissionSet,
    /// Those that it names itself, which an operation that mints credentials asks for.
    pub(crate) named: PermissionSet,
}

impl Given {
    /// Nothing where there is no such permission, or it can't be granted there.
    pub(crate) fn of(context: &Context, permission: &Granted, rules: &Rules) -> Self {
        let mut given = Self::default();
        match permission {
            Granted::Every => {
                let plain = |index: &PermissionIndex| {
                    rules.permissions[index.0].risk != Risk::MintsCredentials
                        && rules.assignable(*index, context)
                };
                rules.indices().filter(plain).for_each(|index| given.all.insert(index));
            }
            Granted::One(name) => {
                if let Some(index) = rules.permission(name.as_str())
                    && rules.assignable(index, context)
                {
                    given.all.extend(&rules.permissions[index.0].closure);
                    given.named.insert(index);
                }
            }
        }
        given
    }
}

/// Whether a token with `wide` may do everything that a token with `narrow` may, whatever the owner has.
///
/// Names alone tell what is inside of what: `organization=acme` covers `repository=acme/site`, but no group of GitLab a project. `*` is
/// covered only by `*`, for it takes in what a later definition adds, and full access does not cover grants that mint credentials.
pub fn covers(wide: &Access, narrow: &Access, services: &Services) -> bool {
    match narrow {
        Access::Full => *wide == Access::Full,
        Access::Limited(narrow) => uncovered(wide, narrow, services).next().is_none(),
    }
}

/// Those of some grants that give something which `wide` does not.
pub(crate) fn uncovered<'g>(
    wide: &Access,
    narrow: &'g BTreeSet<Grant>,
    services: &Services,
) -> impl Iterator<Item = &'g Grant> {
    let concerned: BTreeSet<&ServiceName> = narrow.iter().map(|grant| &grant.service).collect();
    concerned.into_iter().flat_map(move |name| {
        let here = |of: &BTreeSet<Grant>| of.iter().filter(|grant| grant.service == *name).cloned().collect();
        let asked: Vec<&Grant> = narrow.iter().filter(|grant| grant.service == *name).collect();
        let wide: Option<Vec<Grant>> = match wide {
            Access::Full => None,
            Access::Limited(wide) => Some(here(wide)),
        };
        let rules = services.get(name).map(|connected| &*connected.rules);
        let by_name = rules.map(|rules| by_name(&asked, rules)).unwrap_or_default();
        let is_covered = |grant: &Grant| match (&wide, rules) {
            (Some(wide), Some(rules)) => is_covered(grant, wide, &by_name, rules),
            (None, Some(rules)) => {
                Given::of(&grant.context, &grant.permission, rules).named.within(&by_name).is_empty()
            }
            (Some(wide), None) => wide.contains(grant),
            (None, None) => true,
        };
        asked.into_iter().filter(|grant| !is_covered(grant)).collect::<Vec<_>>()
    })
}

/// Whether `wide`, all of the service of `grant`, give what it gives.
fn is_covered(grant: &Grant, wide: &[Grant], by_name: &PermissionSet, rules: &Rules) -> bool {
    let mut have = Given::default();
    let mut every = grant.permission != Granted::Every;
    let around = rules.around(&grant.context);
    for other in wide {
        let context = rules.folded(&other.context);
        let Some(around) = around.iter().find(|around| around.context == context) else { continue };
        let given = Given::of(&other.context, &other.permission, rules);
        have.all.extend(&around.carried(&given.all));
        have.named.extend(&around.carried(&given.named));
        every |= other.permission == Granted::Every;
    }
    let given = Given::of(&grant.context, &grant.permission, rules);
    // A grant that gives nothing still opens what needs no permission.
    every && !wide.is_empty() && given.all.is_in(&have.all) && given.named.within(by_name).is_in(&have.named)
}

/// The permissions by whose names some operation that mints credentials is open to these grants.
fn by_name(grants: &[&Grant], rules: &Rules) -> PermissionSet {
    let mut named = PermissionSet::default();
    for grant in grants {
        named.extend(&Given::of(&grant.context, &grant.permission, rules).named);
    }
    let mut by_name = PermissionSet::default();
    let minting = rules.operations.iter().filter(|operation| operation.risk == Risk::MintsCredentials);
    for all_of in minting.flat_map(|operation| &operation.requires) {
        if all_of.iter().all(|permission| named.contains(*permission)) {
            for permission in all_of {
                by_name.insert(*permission);
            }
        }
    }
    by_name
}
