//! Whose lack it is: the token's, or its owner's.

use super::same_context;
use crate::{
    grant::{Access, Context, Grant, Granted},
    policy::{ServicePolicy, TokenPolicy},
    rights::Rights,
    rules::{BoundContext, Operation, PermissionIndex, Risk},
};

/// Of each alternative what is missing, where the token names all of that: with the owner's rights come back it would do.
pub(super) fn owner_lacks<'o>(
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
        missing.iter().all(|permission| names(token, service, operation, contexts, **permission))
    })
}

/// Whether the owner chose `permission` for the token, whatever is left of that.
fn names(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
    permission: PermissionIndex,
) -> bool {
    let by_name = operation.risk == Risk::MintsCredentials;
    match &token.token.access {
        Access::Full => !by_name,
        Access::Limited(_) => token.grants_of(&service.name).any(|grant| {
            let in_context = grant.context == Context::Global
                || contexts.iter().any(|bound| same_context(&grant.context, bound, service));
            in_context && gives(grant, service, permission, by_name)
        }),
    }
}

fn gives(grant: &Grant, service: &ServicePolicy, permission: PermissionIndex, by_name: bool) -> bool {
    let rules = &service.rules;
    match &grant.permission {
        Granted::Every => {
            !by_name
                && rules.permissions[permission.0].risk != Risk::MintsCredentials
                && rules.assignable(permission, &grant.context)
        }
        Granted::One(name) => rules.permission(name.as_str()).is_some_and(|named| {
            let gives =
                named == permission || (!by_name && rules.permissions[named.0].closure.contains(permission));
            gives && rules.assignable(named, &grant.context)
        }),
    }
}
