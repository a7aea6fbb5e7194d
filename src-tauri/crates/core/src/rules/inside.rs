//! Contexts that are inside of others, as far as their names tell: `repository=acme/site` in `organization=acme`.

use std::borrow::Cow;

use super::{
    Binding, KindIndex, Operation, PermissionIndex, PermissionSet, Piece, Rules, told::parameters_of,
};
use crate::grant::Context;

/// That whatever is called in the one form is inside of what is called in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    /// Parameters are counted in the order in which this names them.
    inner: Binding,
    outer: Binding,
    /// Permissions of operations that name the inner without this outer: with them a grant in the one says nothing of the other.
    apart: PermissionSet,
}

/// A context, and the permissions that are held in another where they are held in this.
#[derive(Clone, Debug)]
pub struct Around<'r> {
    /// With its value in lower case where the kind has no letter case.
    pub context: Context,
    apart: Option<&'r PermissionSet>,
}

impl Around<'_> {
    /// Those of `permissions`, held in this context, that are held in the other with it.
    pub fn carried(&self, permissions: &PermissionSet) -> PermissionSet {
        self.apart.map_or_else(|| permissions.clone(), |apart| permissions.without(apart))
    }
}

impl Rules {
    /// The contexts in which a permission is held in `context` too: itself first, the global one, and those that its name tells.
    pub fn around(&self, context: &Context) -> Vec<Around<'_>> {
        let itself = self.folded(context);
        let mut around = vec![Around { context: itself.clone(), apart: None }];
        if itself == Context::Global {
            return around;
        }
        around.push(Around { context: Context::Global, apart: None });
        let value = itself.value().unwrap_or_default();
        let kind = self.kind(itself.kind());
        around.extend(self.inside.iter().filter(|inside| Some(inside.inner.kind) == kind).filter_map(
            |inside| {
                let context = self.outer_of(inside, value)?;
                Some(Around { context, apart: Some(&inside.apart) })
            },
        ));
        around
    }

    /// The same context with its value in lower case where its kind has no letter case.
    pub fn folded(&self, context: &Context) -> Context {
        match context {
            Context::Named { kind, value } if self.kind(kind).is_some_and(|at| self.kinds[at].fold_case) => {
                Context::Named { kind: kind.clone(), value: value.to_ascii_lowercase().into() }
            }
            Context::Global | Context::Sole(_) | Context::Named { .. } => context.clone(),
        }
    }

    fn outer_of(&self, inside: &Inside, value: &str) -> Option<Context> {
        let parameters = parameters_of(&inside.inner.value, value)?;
        let outer = self.pieced(&inside.outer, |place| parameters.get(&place).copied().map(Cow::Borrowed))?;
        Some(self.context_of(&outer))
    }

    /// Everything that the bindings tell about what is inside of what.
    pub(super) fn find_inside(&mut self) {
        let mut found: Vec<Inside> = Vec::new();
        for contexts in self.binding_lists() {
            for inside in contexts.iter().flat_map(|inner| self.pairs(inner, contexts)) {
                if !found.contains(&inside) {
                    found.push(inside);
                }
            }
        }
        for inside in &mut found {
            let apart = |operation: &&Operation| {
                let by_number = operation.by_number.as_deref().unwrap_or_default();
                self.is_apart(inside, &operation.contexts) || self.is_apart(inside, by_number)
            };
            let exceptions: Vec<PermissionIndex> = self
                .operations
                .iter()
                .filter(apart)
                .flat_map(|operation| operation.requires.iter().flatten().copied())
                .collect();
            for permission in exceptions {
                inside.apart.insert(permission);
            }
        }
        // What fields of GraphQL further in require is held in the contexts of the field at the root.
        let fields = || self.graph.iter().flat_map(|graph| &graph.types).flat_map(|of| of.fields.values());
        found.retain(|inside| !fields().any(|field| self.is_apart(inside, &field.contexts)));
        self.inside = found;
    }

    fn binding_lists(&self) -> impl Iterator<Item = &[Binding]> {
        let fields = self.graph.iter().flat_map(|graph| &graph.types).flat_map(|of| of.fields.values());
        self.operations
            .iter()
            .map(|operation| &*operation.contexts)
            .chain(fields.map(|field| &*field.contexts))
    }

    /// `inner` with each of the others whose parameters are all among its own.
    fn pairs(&self, inner: &Binding, contexts: &[Binding]) -> Vec<Inside> {
        let folded = |kind: KindIndex| self.kinds[kind].fold_case;
        let (inner, order) = in_order(inner);
        let others = contexts.iter().filter(|outer| outer.kind != inner.kind);
        others
            // Of a value without letter case nobody knows in which case it would name something that has one.
            .filter(|outer| !folded(inner.kind) || folded(outer.kind) || outer.value.is_empty())
            .filter_map(|outer| Some((inner.clone(), renumbered(outer, &order)?)))
            .map(|(inner, outer)| Inside { inner, outer, apart: PermissionSet::default() })
            .collect()
    }

    /// Whether these bindings name the inner and not the outer in the same way.
    fn is_apart(&self, inside: &Inside, contexts: &[Binding]) -> bool {
        contexts.iter().filter(|binding| binding.kind == inside.inner.kind).any(|binding| {
            let (inner, order) = in_order(binding);
            if inner != inside.inner {
                // By its number, for one: then the service is asked, and tells what it is inside of.
                let resolve = self.kinds[inner.kind].resolve.iter();
                return !resolve
                    .flat_map(|resolve| &resolve.inside)
                    .any(|(kind, _)| *kind == inside.outer.kind);
            }
            !contexts.iter().any(|outer| renumbered(outer, &order).as_ref() == Some(&inside.outer))
        })
    }
}

/// The same binding with its parameters counted from zero in the order in which it names them, and that order.
fn in_order(binding: &Binding) -> (Binding, Vec<usize>) {
    let mut order = Vec::new();
    for piece in &binding.value {
        if let Piece::Parameter(place) = piece
            && !order.contains(place)
        {
            order.push(*place);
        }
    }
    let value = binding.value.iter().filter_map(|piece| in_that_order(piece, &order)).collect();
    (Binding { kind: binding.kind, value }, order)
}

fn renumbered(binding: &Binding, order: &[usize]) -> Option<Binding> {
    let value: Option<_> = binding.value.iter().map(|piece| in_that_order(piece, order)).collect();
    Some(Binding { kind: binding.kind, value: value? })
}

fn in_that_order(piece: &Piece, order: &[usize]) -> Option<Piece> {
    match piece {
        Piece::Literal(text) => Some(Piece::Literal(text.clone())),
        Piece::Parameter(place) => order.iter().position(|known| known == place).map(Piece::Parameter),
    }
}
