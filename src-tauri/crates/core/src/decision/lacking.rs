//! What a token lacks, and whose lack it is: the token's, or its owner's.

use super::{Shortfall, chosen_by};
use crate::{
    grant::{Access, Context, Grant, Granted},
    policy::{Manner, ServicePolicy, TokenPolicy, held_manner},
    rights::Rights,
    rules::{BoundContext, Operation, PermissionIndex},
};

pub(super) fn shortfall(
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

/// Of each alternative what is missing, where the token names all of that: with the owner's rights come back it would do.
fn owner_lacks<'o>(
    token: &'o TokenPolicy,
    service: &'o ServicePolicy,
    operation: &'o Operation,
    contexts: &'o [BoundContext],
    has: &'o impl Fn(&PermissionIndex) -> bool,
) -> impl Iterator<Item = Vec<&'o PermissionIndex>> {
    let missing =
        |all_of: &'o Vec<_>| all_of.iter().filter(|permission| !has(permission)).collect::<Vec<_>>();
    // An owner of whom nothing is known lacks nothing.
    let known = (service.rights != Rights::All).then_some(&operation.requires);
    known.into_iter().flatten().map(missing).filter(|missing| {
        missing.iter().all(|permission| is_chosen(token, service, operation, contexts, **permission))
    })
}

/// Whether the owner chose `permission` for the token, whatever is left of that.
fn is_chosen(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
    permission: PermissionIndex,
) -> bool {
    let manner = held_manner(operation.risk);
    match &token.token.access {
        Access::Full => manner == Manner::Anyhow,
        Access::Limited(_) => token
            .grants_of(&service.name)
            .any(|grant| chosen_by(grant, permission, manner, contexts, service)),
    }
}
