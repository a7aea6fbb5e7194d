//! Why a request is decided as it is: what the decision goes by, for people.

use crate::{
    decision::{Request, chosen_by},
    grant::{Context, Grant, Granted},
    policy::{Manner, ServicePolicy, TokenPolicy, held_manner},
    rules::{Absence, BoundContext, Operation, PermissionIndex},
};

/// What a decision goes by.
#[derive(Clone, Debug)]
pub struct Explained<'s> {
    /// The operation that matched, or why there is none.
    pub operation: Result<&'s Operation, Absence<'s>>,
    /// The contexts that the path names.
    pub contexts: Vec<Context>,
    /// Any of (all of …).
    pub needed: Vec<Vec<Needed>>,
    /// Grants of the token that would give what is needed, and give nothing now.
    pub inactive: Vec<Grant>,
}

/// A permission that an operation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// Which.
    pub permission: PermissionIndex,
    /// The narrowest grant of it that would do.
    pub grant: Grant,
    /// Whether the token has it.
    pub held: bool,
    /// Whether the owner has it at the service; `None` where nothing is known of the owner's rights.
    pub owner: Option<bool>,
}

/// Explains what is decided for a token about a request, whatever that is.
pub fn explain<'s>(token: &TokenPolicy, service: &'s ServicePolicy, request: Request<'_>) -> Explained<'s> {
    let rules = &service.rules;
    let Request { endpoints, method, path, query, .. } = request;
    let Some(found) = rules.router.find_at(endpoints, method, path, query) else {
        let absence = rules.absence(endpoints, method, path, query);
        return Explained {
            operation: Err(absence),
            contexts: Vec::new(),
            needed: Vec::new(),
            inactive: Vec::new(),
        };
    };
    let operation = &rules.operations[found.operation];
    let bound: Vec<BoundContext> = rules.contexts_of(&found).collect();
    let contexts: Vec<Context> = bound.iter().map(|bound| rules.context_of(bound)).collect();
    let manner = held_manner(operation.risk);
    let of_one = |permission: &PermissionIndex| {
        let fitting = contexts.iter().find(|context| rules.assignable(*permission, context));
        Needed {
            permission: *permission,
            grant: Grant {
                service: service.name.clone(),
                context: fitting.cloned().unwrap_or(Context::Global),
                permission: Granted::One(rules.permissions[permission.0].name.clone()),
            },
            held: token.holds(service, *permission, &bound, manner),
            owner: service.owner.as_ref().map(|owner| owner.has(*permission, &bound, Manner::Anyhow)),
        }
    };
    let needed: Vec<Vec<Needed>> =
        operation.requires.iter().map(|all_of| all_of.iter().map(of_one).collect()).collect();
    let mut inactive = Vec::new();
    for lacked in needed.iter().flatten().filter(|needed| !needed.held) {
        // `*` means what the owner has, so it is never inactive.
        let was_to_give = |grant: &&Grant| {
            grant.permission != Granted::Every && chosen_by(grant, lacked.permission, manner, &bound, service)
        };
        inactive.extend(token.grants_of(&service.name).filter(was_to_give).cloned());
    }
    inactive.sort();
    inactive.dedup();
    Explained { operation: Ok(operation), contexts, needed, inactive }
}
