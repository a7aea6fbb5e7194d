//! What the owner may do in a service, as far as it is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    covers::Given,
    grant::{Context, Grant, Granted},
    rules::{Operation, PermissionIndex, PermissionSet, Rules},
    time::Timestamp,
};

/// The owner's present rights in one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything, or unknown: the service itself is the judge of its own credential.
    All,
    /// These, as the service told or the owner declared.
    Only(BTreeSet<(Context, Granted)>),
}

/// Who said what the owner's rights are, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RightsSource {
    /// Nobody.
    #[default]
    Unknown,
    /// The service.
    Service {
        /// When it was asked.
        at: Timestamp,
    },
    /// The owner.
    Owner {
        /// When they declared them.
        at: Timestamp,
    },
}

impl Rights {
    /// The permissions that take part in an operation for which `can` holds, everywhere in the service.
    pub fn of_operations(rules: &Rules, can: impl Fn(&Operation) -> bool) -> Self {
        let operations = rules.operations.iter().filter(|operation| can(operation));
        Self::everywhere(rules, operations.flat_map(|operation| operation.requires.iter().flatten().copied()))
    }

    /// The permissions that are for reading, everywhere in the service: more of their operations read than change. (A few that read are
    /// asked by `POST`, and a few that change need no more than a permission to read.)
    pub fn to_read(rules: &Rules) -> Self {
        let mut balance = vec![0i64; rules.permissions.len()];
        for operation in &rules.operations {
            let weight = if operation.method.is_read() { 1 } else { -1 };
            for index in operation.requires.iter().flatten().collect::<BTreeSet<_>>() {
                balance[index.0] += weight;
            }
        }
        let reading = balance.iter().enumerate().filter(|(_, balance)| **balance > 0);
        Self::everywhere(rules, reading.map(|(index, _)| PermissionIndex(index)))
    }

    /// The permissions that a credential with these scopes may have, everywhere in the service, by what the definition says of scopes.
    pub fn of_scopes(rules: &Rules, scopes: &BTreeSet<&str>) -> Self {
        Self::everywhere(rules, rules.indices().filter(|index| rules.permissions[index.0].may_be_in(scopes)))
    }

    fn everywhere(rules: &Rules, permissions: impl IntoIterator<Item = PermissionIndex>) -> Self {
        let name = |index: PermissionIndex| Granted::One(rules.permissions[index.0].name.clone());
        Self::Only(permissions.into_iter().map(|index| (Context::Global, name(index))).collect())
    }

    /// With all that they bring.
    pub fn extent(&self, rules: &Rules) -> Extent {
        let Self::Only(rights) = self else { return Extent::All };
        let mut places: BTreeMap<Context, PermissionSet> = BTreeMap::new();
        for (context, permission) in rights {
            places.entry(rules.folded(context)).or_default().extend(&brought(context, permission, rules));
        }
        Extent::Only(places)
    }
}

/// What a right brings. In the global context it is had everywhere, also where a grant would have to name a narrower one.
fn brought(context: &Context, permission: &Granted, rules: &Rules) -> PermissionSet {
    let mut brought = PermissionSet::default();
    let had = |index: &PermissionIndex| *context == Context::Global || rules.assignable(*index, context);
    match permission {
        Granted::Every => rules.indices().filter(had).for_each(|index| brought.insert(index)),
        Granted::One(name) => {
            if let Some(index) = rules.permission(name.as_str()).filter(had) {
                brought.extend(&rules.permissions[index.0].closure);
            }
        }
    }
    brought
}

/// Rights with all that they bring in one service.
#[derive(Clone, Debug)]
pub enum Extent {
    /// Everything, or unknown.
    All,
    /// These permissions, by context.
    Only(BTreeMap<Context, PermissionSet>),
}

impl Extent {
    /// Whether the owner has `permission` in `context`. What is had in a context is had in what is inside of it, as far as names tell.
    pub fn has(&self, context: &Context, permission: PermissionIndex, rules: &Rules) -> bool {
        let Self::Only(places) = self else { return true };
        rules.around(context).iter().any(|around| {
            places.get(&around.context).is_some_and(|had| around.carried(had).contains(permission))
        })
    }

    /// How many permissions the owner has somewhere.
    pub fn count(&self, rules: &Rules) -> usize {
        let Self::Only(places) = self else { return rules.permissions.len() };
        let mut somewhere = PermissionSet::default();
        for had in places.values() {
            somewhere.extend(had);
        }
        somewhere.len()
    }

    /// What is left of a grant: its permissions where it stands, or in narrower contexts, where only there the owner has some of them.
    pub fn left_of(&self, grant: &Grant, rules: &Rules) -> Vec<(Context, PermissionSet)> {
        let given = Given::of(&grant.context, &grant.permission, rules);
        self.left(&grant.context, &given.all, rules)
    }

    pub(crate) fn left(
        &self,
        context: &Context,
        permissions: &PermissionSet,
        rules: &Rules,
    ) -> Vec<(Context, PermissionSet)> {
        let context = rules.folded(context);
        let Self::Only(places) = self else { return vec![(context, permissions.clone())] };
        let around = rules.around(&context);
        let here = around.iter().filter_map(|around| Some(around.carried(places.get(&around.context)?)));
        let mut left: Vec<(Context, PermissionSet)> =
            here.map(|had| (context.clone(), permissions.within(&had))).collect();
        for (inner, had) in places.iter().filter(|(inner, _)| **inner != context) {
            let around = rules.around(inner);
            if let Some(outer) = around.iter().find(|around| around.context == context) {
                left.push((inner.clone(), outer.carried(&permissions.within(had))));
            }
        }
        left.retain(|(_, permissions)| !permissions.is_empty());
        left
    }
}
