use super::KindIndex;

/// How a service tells what a thing is called besides, and what it is inside of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// What is asked: this, the thing's name as one path segment, then [`Resolve::after`].
    pub before: Box<str>,
    /// Rest of the path and its query.
    pub after: Box<str>,
    /// The member of the answer with its number.
    pub id: Member,
    /// The member with its name.
    pub name: Member,
    /// Members with the number of what it is directly inside of, and of which kind that is.
    pub inside: Vec<(KindIndex, Member)>,
}

/// Where a member stands in a JSON object: names from the outside in.
pub type Member = Vec<Box<str>>;

/// Whether a value is a thing's number rather than its name. Where a kind has both, no name is a number.
pub fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}
