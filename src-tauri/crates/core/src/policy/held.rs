use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::{
    grant::{Context, Grant, Granted},
    rights::Rights,
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
    /// The owner's own rights. Rights are never "by name": naming is what a grant does.
    pub(crate) fn of_rights(rights: &BTreeSet<(Context, Granted)>, rules: &Rules) -> Self {
        let mut held = Self::default();
        for (context, permission) in rights {
            held.put_right(context, permission, rules);
        }
        held
    }

    /// Adds what is left of `grant` once the owner's rights have cut it.
    pub(crate) fn add(&mut self, grant: &Grant, rules: &Rules, rights: &Rights) {
        let naming = match grant.permission {
            Granted::Every => Naming::Ignored,
            Granted::One(_) => Naming::Counts,
        };
        for (context, permission) in rights.meet(&grant.context, &grant.permission) {
            self.put(&context, &permission, naming, rules, rights);
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

    /// A right is had where it was said to be: in the global context also where a grant would have to name a narrower one.
    fn put_right(&mut self, context: &Context, permission: &Granted, rules: &Rules) {
        match permission {
            Granted::One(name) if *context == Context::Global => {
                if let Some(index) = rules.permission(name.as_str()) {
                    self.global.all.extend(&rules.permissions[index.0].closure);
                }
            }
            Granted::One(_) | Granted::Every => {
                self.put(context, permission, Naming::Ignored, rules, &Rights::All);
            }
        }
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

    fn put(
        &mut self,
        context: &Context,
        permission: &Granted,
        naming: Naming,
        rules: &Rules,
        rights: &Rights,
    ) {
        let mut add = Permissions::default();
        match permission {
            Granted::Every => {
                for (index, candidate) in rules.permissions.iter().enumerate() {
                    let index = PermissionIndex(index);
                    if candidate.risk != Risk::MintsCredentials && rules.assignable(index, context) {
                        add.all.insert(index);
                    }
                }
            }
            Granted::One(name) => {
                let Some(index) = rules.permission(name.as_str()) else { return };
                if !rules.assignable(index, context) {
                    return;
                }
                if naming == Naming::Counts {
                    add.named.insert(index);
                }
                for implied in rules.permissions[index.0].closure.iter() {
                    let name = &rules.permissions[implied.0].name;
                    if implied == index || rights.cover(context, &Granted::One(name.clone())) {
                        add.all.insert(implied);
                    }
                }
            }
        }
        if let Some(place) = self.place(context, rules) {
            place.all.extend(&add.all);
            place.named.extend(&add.named);
        }
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    Counts,
    Ignored,
}

/// How an operation of this risk wants its permissions to be held.
pub(crate) const fn held_manner(risk: Risk) -> Manner {
    match risk {
        Risk::MintsCredentials => Manner::ByName,
        Risk::Plain | Risk::Destructive => Manner::Anyhow,
    }
}
