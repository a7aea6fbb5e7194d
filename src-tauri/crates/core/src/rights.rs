//! What the owner may do in a service, as far as it is known.

use std::collections::BTreeSet;

use crate::grant::{Context, Granted};

/// The owner's present rights in one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything, or unknown: the service itself is the judge of its own credential.
    All,
    /// These, as the service told or the owner declared.
    Only(BTreeSet<(Context, Granted)>),
}

impl Rights {
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
