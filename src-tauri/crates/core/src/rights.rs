//! What the owner may do in a service, as far as it is known.

use std::collections::BTreeSet;

use crate::{
    grant::{Context, Granted},
    rules::{Operation, Permission, PermissionIndex, Rules},
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

    fn everywhere(rules: &Rules, permissions: impl IntoIterator<Item = PermissionIndex>) -> Self {
        let name = |index: PermissionIndex| Granted::One(rules.permissions[index.0].name.clone());
        Self::Only(permissions.into_iter().map(|index| (Context::Global, name(index))).collect())
    }

    /// How many permissions of `rules` the owner has somewhere.
    pub fn count(&self, rules: &Rules) -> usize {
        let Self::Only(rights) = self else { return rules.permissions.len() };
        if rights.contains(&(Context::Global, Granted::Every)) {
            return rules.permissions.len();
        }
        let had = |(index, permission): &(usize, &Permission)| {
            rights.iter().any(|(context, granted)| match granted {
                Granted::One(name) => *name == permission.name,
                Granted::Every => rules.assignable(PermissionIndex(*index), context),
            })
        };
        rules.permissions.iter().enumerate().filter(had).count()
    }

    /// Whether the owner has `permission` in `context`. A right in the global context holds in every context.
    pub fn cover(&self, context: &Context, permission: &Granted) -> bool {
        self.meet(context, permission).iter().any(|(met, kept)| met == context && kept == permission)
    }

    /// What remains of a grant of `permission` in `context`: the grant itself, a narrower one (its permission in
    /// one context, where only that right is left), or nothing.
    ///
    /// `*` on either side is the narrower of both: a grant of `*` means what the owner has.
    pub fn meet(&self, context: &Context, permission: &Granted) -> Vec<(Context, Granted)> {
        let Self::Only(rights) = self else { return vec![(context.clone(), permission.clone())] };
        let mut met = Vec::new();
        for (held_context, held) in rights {
            let narrower_context = match (context, held_context) {
                (Context::Global, other) | (other, Context::Global) => other,
                (wanted, held) if wanted == held => held,
                _ => continue,
            };
            let narrower_permission = match (permission, held) {
                (Granted::Every, other) | (other, Granted::Every) => other,
                (Granted::One(wanted), Granted::One(has)) if wanted == has => held,
                (Granted::One(_), Granted::One(_)) => continue,
            };
            met.push((narrower_context.clone(), narrower_permission.clone()));
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(context: &str, permission: &str) -> (Context, Granted) {
        (context.parse().unwrap(), permission.parse().unwrap())
    }

    #[test]
    fn a_global_right_holds_in_every_context_and_not_the_other_way_round() {
        let rights = Rights::Only([right("global", "view"), right("namespace=web", "edit")].into());
        let cover = |context, permission| {
            let (context, permission) = right(context, permission);
            rights.cover(&context, &permission)
        };
        assert!(cover("global", "view"));
        assert!(cover("namespace=web", "view"));
        assert!(cover("namespace=web", "edit"));
        assert!(!cover("namespace=ops", "edit"));
        assert!(!cover("global", "edit"));
    }

    #[test]
    fn a_global_grant_shrinks_to_where_the_right_is_left() {
        let rights = Rights::Only([right("namespace=web", "edit")].into());
        let (context, permission) = right("global", "edit");
        assert_eq!(rights.meet(&context, &permission), vec![right("namespace=web", "edit")]);
        let (context, every) = right("namespace=web", "*");
        assert_eq!(rights.meet(&context, &every), vec![right("namespace=web", "edit")]);
        let (context, every) = right("namespace=ops", "*");
        assert!(rights.meet(&context, &every).is_empty());
    }
}
