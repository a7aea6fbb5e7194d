//! What of a service's GraphQL is known: types with the fields that may be asked for. What is not listed is unknown, however it is reached.

use std::{borrow::Cow, collections::HashMap};

use super::{Binding, BoundContext, PermissionIndex, Rules};

/// Place of a type in [`Graph::types`].
pub type TypeIndex = usize;

/// The types of a service, as far as limited tokens may see them.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// In the definition's order.
    pub types: Vec<GraphType>,
    /// Where queries begin.
    pub query: Option<TypeIndex>,
    /// Where mutations begin.
    pub mutation: Option<TypeIndex>,
    /// Whether the schema itself may be asked for.
    pub introspection: bool,
}

/// A type.
#[derive(Clone, Debug)]
pub struct GraphType {
    /// What the definition calls it; no two are called the same.
    pub name: Box<str>,
    /// What the schema calls it. Several can be one type there, each as it is seen from somewhere.
    pub is: Box<str>,
    /// By name.
    pub fields: HashMap<Box<str>, GraphField>,
    /// Types that a fragment may take it for.
    pub may_be: Vec<TypeIndex>,
}

/// A field of a type. Its arguments are not judged but for those that name a context.
#[derive(Clone, Debug)]
pub struct GraphField {
    /// All of these, besides what the fields on the way to it require.
    pub requires: Vec<PermissionIndex>,
    /// The type of what it gives; `None` for what has no fields.
    pub leads_to: Option<TypeIndex>,
    /// Arguments that name contexts.
    pub arguments: Vec<Box<str>>,
    /// How they do so; their parameters are places in [`GraphField::arguments`].
    pub contexts: Vec<Binding>,
}

impl Rules {
    /// The context that `binding` finds in a field's arguments; `None` where one is absent, empty or no text, or holds a `/` that would
    /// read as the one between two.
    pub fn bind_arguments<'a>(
        &self,
        binding: &Binding,
        argument: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<BoundContext> {
        self.pieced(binding, |place| {
            let text = argument(place).filter(|text| !text.is_empty())?;
            if binding.is_joined() && text.contains('/') { None } else { Some(Cow::Borrowed(text)) }
        })
    }
}
