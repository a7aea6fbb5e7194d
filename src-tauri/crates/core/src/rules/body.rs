/// How an operation's body tells what is asked, where method, path and query do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BodyRule {
    /// It does not: the head says all.
    #[default]
    Silent,
    /// A text in its JSON tells operations on one place apart.
    Member(MemberRule),
    /// It is GraphQL, judged by [`super::Rules::graph`].
    Graph,
}

/// The member of a JSON object whose text means this operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRule {
    /// The member's name; the same for all operations on the place.
    pub name: Box<str>,
    /// Its text.
    pub value: Box<str>,
    /// Label of the place, whatever the body says.
    pub place: Box<str>,
    /// The next operation on the place. The router finds the first.
    pub next: Option<usize>,
}
