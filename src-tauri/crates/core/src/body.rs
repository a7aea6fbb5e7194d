//! What a request's body says, once it has been read: plain values, for the decision to judge.

/// What was read for a [`crate::decision::Pending`] request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// A member of a JSON object.
    Member {
        /// Its name.
        name: Box<str>,
        /// Its text; `None` where it is absent or no text.
        value: Option<Box<str>>,
    },
    /// GraphQL.
    Graph(GraphDocument),
}

/// What a GraphQL document asks for: the one operation that is meant, fragments put in where they are used. Directives are left
/// out: what `@skip` may leave out counts as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphDocument {
    /// What kind of operation.
    pub kind: GraphKind,
    /// What it selects.
    pub selections: Vec<Selection>,
}

/// The kinds of GraphQL operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphKind {
    /// Reads.
    Query,
    /// Changes.
    Mutation,
    /// Goes on.
    Subscription,
}

impl GraphKind {
    /// As a document writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// Something selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A field, under whatever alias.
    Field {
        /// Its own name.
        name: Box<str>,
        /// Arguments whose values are texts, literal or by way of a variable.
        arguments: Vec<(Box<str>, Box<str>)>,
        /// What is selected of it.
        selections: Vec<Self>,
    },
    /// A fragment.
    Fragment {
        /// The type that it is on, where it says so.
        on: Option<Box<str>>,
        /// What it selects.
        selections: Vec<Self>,
    },
}
