//! What a grant gives as the owner chose it, whatever the owner's rights leave of that.

use crate::{
    grant::{Context, Grant, Granted},
    policy::{Manner, ServicePolicy, TokenPolicy, held_manner},
    rules::{BoundContext, Operation, PermissionIndex, Risk, Rules},
};

/// The grants of a token by which it may do `operation` in these contexts.
pub(crate) fn because(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
) -> Vec<Grant> {
    let manner = held_manner(operation.risk);
    let grants = token.grants_of(&service.name);
    let relevant = |grant: &Grant, needed| chosen_by(grant, needed, manner, contexts, service);
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

/// Whether `grant` was to give `permission` globally or in one of `contexts`.
pub(crate) fn chosen_by(
    grant: &Grant,
    permission: PermissionIndex,
    manner: Manner,
    contexts: &[BoundContext],
    service: &ServicePolicy,
) -> bool {
    let here = grant.context == Context::Global
        || contexts.iter().any(|bound| same_context(&grant.context, bound, service));
    here && gives(grant, permission, manner, &service.rules)
}

/// Whether `grant` was to give `permission` in its own context.
pub(crate) fn gives(grant: &Grant, permission: PermissionIndex, manner: Manner, rules: &Rules) -> bool {
    match &grant.permission {
        Granted::Every => {
            manner == Manner::Anyhow
                && rules.permissions[permission.0].risk != Risk::MintsCredentials
                && rules.assignable(permission, &grant.context)
        }
        Granted::One(name) => rules.permission(name.as_str()).is_some_and(|named| {
            let gives = match manner {
                Manner::ByName => named == permission,
                Manner::Anyhow => rules.permissions[named.0].closure.contains(permission),
            };
            gives && rules.assignable(named, &grant.context)
        }),
    }
}

/// Whether a grant's context is the one that a path named.
pub(crate) fn same_context(context: &Context, bound: &BoundContext, service: &ServicePolicy) -> bool {
    let kind = &service.rules.kinds[bound.kind];
    let value = context.value().unwrap_or_default();
    context.kind() == &*kind.name
        && if kind.fold_case { value.eq_ignore_ascii_case(&bound.value) } else { value == bound.value }
}
