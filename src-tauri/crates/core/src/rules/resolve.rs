use super::KindIndex;

/// How a service tells what a thing is called besides, and what it is inside of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// What is asked about a thing that is called by its name.
    pub by_name: Question,
    /// What is asked about one that is called by its number.
    pub by_number: Question,
    /// Stands before a number wherever it is a context's value, since a name could be a number too; empty where none can.
    pub mark: Box<str>,
    /// The member of the answer with its number.
    pub id: Member,
    /// The member with its name.
    pub name: Member,
    /// Of which kinds the things are that it is directly inside of, and the members that say which: the number, or an object as the
    /// service would answer about that thing itself.
    pub inside: Vec<(KindIndex, Member)>,
}

impl Resolve {
    /// The number in a context's value; `None` where that is a name.
    pub fn number<'v>(&self, value: &'v str) -> Option<&'v str> {
        value.strip_prefix(&*self.mark).filter(|digits| is_number(digits))
    }

    /// Whether a value begins like a number.
    pub(super) fn is_marked(&self, value: &str) -> bool {
        !self.mark.is_empty() && value.starts_with(&*self.mark)
    }

    /// Whether two values are both numbers or both names: then they are two things unless they are the same.
    pub fn are_alike(&self, one: &str, other: &str) -> bool {
        self.number(one).is_some() == self.number(other).is_some()
    }
}

/// A path to ask at: text, what the thing is called, and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The beginning.
    pub before: Box<str>,
    /// Rest of the path and its query.
    pub after: Box<str>,
    /// Whether a `/` in a name parts segments of the path; else the name is one segment.
    pub parted: bool,
}

/// Where a member stands in a JSON object: names from the outside in.
pub type Member = Vec<Box<str>>;

/// Whether a text is made of digits.
pub(crate) fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}
