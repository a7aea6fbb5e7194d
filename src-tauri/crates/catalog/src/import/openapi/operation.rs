use std::collections::HashMap;

use valetkey_core::http::Method;

use super::{contexts::Bound, path::Path};
use crate::{document::RiskEntry, limits};

/// An operation on its way into a definition.
pub(super) struct Found {
    pub(super) method: Method,
    pub(super) path: Path,
    /// Any of (all of these permissions), by their places in the table.
    pub(super) requires: Vec<Vec<usize>>,
    pub(super) bound: Option<Bound>,
    pub(super) risk: RiskEntry,
}

/// What an operation needs, before permissions have names.
pub(super) enum Wants {
    /// Any of (all of …).
    Scopes(Vec<Vec<String>>),
    /// The permission of a tag.
    Tag {
        /// As the document writes it.
        tag: String,
        /// Which of the tag's permissions.
        level: Level,
    },
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Level {
    Read,
    Write,
    /// Makes or changes a credential.
    Credentials,
}

impl Level {
    pub(super) fn of(method: Method, path: &Path) -> Self {
        match method {
            Method::Get | Method::Head | Method::Options => Self::Read,
            // What is deleted can't be used.
            Method::Delete => Self::Write,
            Method::Post | Method::Put | Method::Patch => {
                if path.literals().any(names_credentials) {
                    Self::Credentials
                } else {
                    Self::Write
                }
            }
        }
    }
}

/// Whether a word of a path ends in one for a credential: `api-keys`, `access_tokens`, `rotateSecret`.
fn names_credentials(word: &str) -> bool {
    const WORDS: [&str; 5] = ["token", "key", "credential", "password", "secret"];
    let word = word.to_ascii_lowercase();
    let word = word.strip_suffix('s').unwrap_or(&word);
    WORDS.iter().any(|known| {
        word.strip_suffix(known).is_some_and(|before| {
            before.is_empty()
                || before.ends_with(['-', '_', '.'])
                || before.ends_with("api")
                || before.ends_with("access")
        })
    })
}

impl Found {
    pub(super) fn new(method: Method, path: Path, level: Level) -> Self {
        let risk = match level {
            Level::Credentials => RiskEntry::MintsCredentials,
            Level::Read | Level::Write if method == Method::Delete => RiskEntry::Destructive,
            Level::Read | Level::Write => RiskEntry::Plain,
        };
        Self { method, path, requires: Vec::new(), bound: None, risk }
    }

    /// Equal for operations that no request could tell apart.
    pub(super) fn key(&self) -> (Method, String, Vec<(String, String)>) {
        (self.method, self.path.key(), self.path.query.clone())
    }

    /// Takes in another operation that the same requests fit: what is left is what both need. `false` where that is too long to say.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let Some(requires) = both(&self.requires, &other.requires) else { return false };
        self.requires = requires;
        if self.bound != other.bound {
            self.bound = None;
        }
        self.risk = self.risk.max(other.risk);
        true
    }
}

/// The alternatives that give what `one` and what `other` need. `None` where they are too many.
pub(super) fn both(one: &[Vec<usize>], other: &[Vec<usize>]) -> Option<Vec<Vec<usize>>> {
    if one == other {
        return Some(one.to_vec());
    }
    let mut alternatives: Vec<Vec<usize>> = Vec::new();
    for first in one {
        for second in other {
            let mut all = [first.as_slice(), second].concat();
            all.sort_unstable();
            all.dedup();
            if all.len() > limits::REQUIREMENTS {
                return None;
            }
            alternatives.push(all);
        }
    }
    alternatives.sort();
    alternatives.dedup();
    // An alternative that asks for more than another adds nothing.
    let wider = |all: &Vec<usize>| {
        alternatives.iter().any(|less| less != all && less.iter().all(|one| all.contains(one)))
    };
    let least: Vec<_> = alternatives.iter().filter(|all| !wider(all)).cloned().collect();
    (least.len() <= limits::REQUIREMENTS).then_some(least)
}

/// One operation for each that requests can tell apart. What can't be said in one is gone: no limited token does it.
pub(super) fn merged(operations: Vec<Found>) -> Vec<Found> {
    let mut places: HashMap<_, usize> = HashMap::new();
    let mut merged: Vec<Option<Found>> = Vec::with_capacity(operations.len());
    for operation in operations {
        match places.get(&operation.key()) {
            None => {
                places.insert(operation.key(), merged.len());
                merged.push(Some(operation));
            }
            Some(&place) => {
                if merged[place].as_mut().is_some_and(|known| !known.join(&operation)) {
                    merged[place] = None;
                }
            }
        }
    }
    merged.into_iter().flatten().collect()
}
