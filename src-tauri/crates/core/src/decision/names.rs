//! Names: one thing may be called by its number or by its name, and be inside of others.
//!
//! A decision asks nobody. Where one fails for want of grants, [`wanted`] says whose names could change that; whoever can ask the service
//! does so and decides once more, with the answer as a value.

use super::{Request, found, held_of};
use crate::{
    policy::{ServicePolicy, TokenPolicy, held_manner},
    rules::{BoundContext, KindIndex, Operation, PermissionIndex, Resolve, Rules},
};

/// What the things that a request's path names are called besides, and what they are inside of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<Name>);

/// The same of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As the path has it.
    pub called: BoundContext,
    /// Its number where it is called by its name, its name where it is called by its number; none where the service does not know it.
    pub besides: Option<BoundContext>,
    /// What it is inside of, directly or not, each by its number and by its name.
    pub inside: Vec<BoundContext>,
}

impl Names {
    /// Puts one in.
    pub fn insert(&mut self, name: Name) {
        self.0.push(name);
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of each thing.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.0.iter()
    }

    /// Adds to `contexts` what is known of them. What is known of other things adds nothing.
    pub(super) fn complete(&self, contexts: &mut Vec<BoundContext>) {
        let known = self.0.iter().filter(|name| contexts.contains(&name.called));
        let more: Vec<_> = known.flat_map(|name| name.besides.iter().chain(&name.inside).cloned()).collect();
        contexts.extend(more);
    }
}

/// A thing whose names are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As the path has it.
    pub called: BoundContext,
    /// Whether what it is inside of matters too.
    pub around: bool,
}

/// The things whose names could turn the refusal of `request` into a permit; none where they could not.
pub fn wanted(token: &TokenPolicy, service: &ServicePolicy, request: Request<'_>) -> Vec<Wanted> {
    let (Some(operation), contexts) = found(&service.rules, request) else { return Vec::new() };
    wanted_for(token, service, operation, &contexts)
}

/// The same of an operation that has been found, in the contexts that its path names.
pub(super) fn wanted_for(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
) -> Vec<Wanted> {
    let rules = &service.rules;
    let Some(held) = held_of(token, service, operation.risk) else { return Vec::new() };
    let manner = held_manner(operation.risk);
    let things: Vec<(&BoundContext, &Resolve)> = contexts
        .iter()
        .filter_map(|thing| Some((thing, rules.kinds[thing.kind].resolve.as_ref()?)))
        .collect();
    let by_itself = |(thing, resolve): (&BoundContext, &Resolve), permission: PermissionIndex| {
        let otherwise_called = |value: &str| !resolve.are_alike(value, &thing.value);
        held.has_somewhere(permission, thing.kind, manner, otherwise_called)
    };
    let by_what_is_around = |thing: &BoundContext, permission: PermissionIndex| {
        // What the path itself says that it is inside of is asked about by itself.
        let named = |kind: KindIndex| things.iter().any(|(other, _)| *other != thing && other.kind == kind);
        around(thing.kind, rules)
            .into_iter()
            .any(|kind| !named(kind) && held.has_somewhere(permission, kind, manner, |_| true))
    };
    let lacks = |permission: &PermissionIndex| !held.has(*permission, contexts, manner);
    let could = |permission: &PermissionIndex| {
        !lacks(permission)
            || things
                .iter()
                .any(|thing| by_itself(*thing, *permission) || by_what_is_around(thing.0, *permission))
    };
    let ways = operation.requires.iter().filter(|all_of| all_of.iter().all(could));
    let open: Vec<PermissionIndex> = ways.flatten().copied().filter(lacks).collect();
    let wanted = |thing: &(&BoundContext, &Resolve)| {
        let around = open.iter().any(|permission| by_what_is_around(thing.0, *permission));
        let matters = around || open.iter().any(|permission| by_itself(*thing, *permission));
        matters.then(|| Wanted { called: thing.0.clone(), around })
    };
    things.iter().filter_map(wanted).collect()
}

/// Kinds of what a thing of this kind may be inside of, directly or not.
fn around(kind: KindIndex, rules: &Rules) -> Vec<KindIndex> {
    let mut kinds: Vec<KindIndex> = Vec::new();
    let mut open = vec![kind];
    while let Some(kind) = open.pop() {
        for (outer, _) in rules.kinds[kind].resolve.iter().flat_map(|resolve| &resolve.inside) {
            if !kinds.contains(outer) {
                kinds.push(*outer);
                open.push(*outer);
            }
        }
    }
    kinds
}
