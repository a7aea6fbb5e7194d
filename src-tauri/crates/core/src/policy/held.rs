use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::{
    covers::Given,
    grant::{Context, Grant},
    rights::Extent,
    rules::{BoundContext, KindIndex, PermissionIndex, PermissionSet, Risk, Rules},
};

/// What is held in one service: permissions by context, in the form in which a request asks for them.
#[derive(Clone, Debug, Default)]
pub struct Held {
    global: Permissions,
    /// By kind, then by value; a sole kind has the empty value.
    contexts: Vec<HashMap<Box<str>, Permissions, RandomState>>,
}

#[derive(Clone, Debug, Default)]
struct Permissions {
    all: PermissionSet,
    /// Those that a grant names itself, which an operation that mints credentials asks for.
    named: PermissionSet,
}

impl Permissions {
    fn has(&self, permission: PermissionIndex, manner: Manner) -> bool {
        match manner {
            Manner::Anyhow => self.all.contains(permission),
            Manner::ByName => self.named.contains(permission),
        }
    }
}

/// How an operation wants its permissions to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// By name, by `*`, or by implication.
    Anyhow,
    /// By name.
    ByName,
}

impl Held {
    /// The owner's own rights; `None` is everything. Rights are never "by name": naming is what a grant does.
    pub(crate) fn of_rights(extent: &Extent, rules: &Rules) -> Option<Self> {
        let Extent::Only(places) = extent else { return None };
        let mut held = Self::default();
        for (context, permissions) in places {
            if let Some(place) = held.place(context, rules) {
                place.all.extend(permissions);
            }
        }
        Some(held)
    }

    /// Adds what is left of `grant` once the owner's rights have cut it.
    pub(crate) fn add(&mut self, grant: &Grant, rules: &Rules, rights: &Extent) {
        let given = Given::of(&grant.context, &grant.permission, rules);
        for (context, left) in rights.left(&grant.context, &given.all, rules) {
            if let Some(place) = self.place(&context, rules) {
                place.named.extend(&given.named.within(&left));
                place.all.extend(&left);
            }
        }
    }

    /// Whether `permission` is held globally or in one of `contexts`.
    pub(crate) fn has(&self, permission: PermissionIndex, contexts: &[BoundContext], manner: Manner) -> bool {
        let in_set = |permissions: &Permissions| permissions.has(permission, manner);
        in_set(&self.global)
            || contexts.iter().any(|context| {
                self.contexts
                    .get(context.kind)
                    .and_then(|values| values.get(context.value.as_str()))
                    .is_some_and(in_set)
            })
    }

    /// Whether `permission` is held in any thing of this kind whose value `fits`.
    pub(crate) fn has_somewhere(
        &self,
        permission: PermissionIndex,
        kind: KindIndex,
        manner: Manner,
        fits: impl Fn(&str) -> bool,
    ) -> bool {
        let values = self.contexts.get(kind).into_iter().flatten();
        values.filter(|(value, _)| fits(value)).any(|(_, permissions)| permissions.has(permission, manner))
    }

    fn place(&mut self, context: &Context, rules: &Rules) -> Option<&mut Permissions> {
        if *context == Context::Global {
            return Some(&mut self.global);
        }
        let index = rules.kind(context.kind())?;
        let kind = &rules.kinds[index];
        if kind.sole != context.value().is_none() {
            return None;
        }
        let value = context.value().unwrap_or_default();
        let value = if kind.fold_case { value.to_ascii_lowercase() } else { value.to_owned() };
        if self.contexts.len() <= index {
            self.contexts.resize_with(index + 1, HashMap::default);
        }
        Some(self.contexts[index].entry(value.into()).or_default())
    }
}

/// How an operation of this risk wants its permissions to be held.
pub(crate) const fn held_manner(risk: Risk) -> Manner {
    match risk {
        Risk::MintsCredentials => Manner::ByName,
        Risk::Plain | Risk::Destructive => Manner::Anyhow,
    }
}
