//! Templates that fit the same request although neither is a special case of the other, such as `/a/{x}/c` and `/a/b/{y}` at `/a/b/c`.
//!
//! Which of the two a service means there is known to it alone. Such a path becomes an operation of its own that needs what both need.

mod tree;

use std::collections::{BTreeMap, HashSet};

use valetkey_core::{http::Method, rules::Segment};

use self::tree::{Tree, meet};
use super::{
    operation::{Found, both},
    path::Path,
};
use crate::{Error, Problem, document::ClosedEntry};

/// Pairs of places that are looked at before the document is given up: far more than any has that was not made for it.
const STEPS: usize = 4_000_000;
/// Operations that may be added.
const ADDED: usize = 20_000;

/// What was added.
#[derive(Default)]
pub(super) struct Settled {
    /// How many paths got an operation of their own.
    pub(super) added: usize,
    /// Those where what both need is too long to say: no limited token does them.
    pub(super) closed: Vec<ClosedEntry>,
}

/// Adds operations until every path that two could mean is one of its own, or both need the same.
pub(super) fn settle(operations: &mut Vec<Found>) -> Result<Settled, Error> {
    let too_many = || Error::refused("#/paths", Problem::TooManyOverlaps);
    let mut settled = Settled::default();
    let mut steps = STEPS;
    let mut known: HashSet<_> = operations.iter().map(Found::key).collect();
    let most = known.len() + ADDED;
    let mut compared = 0;
    while compared < operations.len() {
        let (from, end) = (compared, operations.len());
        compared = end;
        for (one, other) in pairs(operations, &mut steps).ok_or_else(too_many)? {
            if one < from && other < from {
                continue;
            }
            let (one, other) = (&operations[one], &operations[other]);
            let Some(path) = path_of_both(one, other) else { continue };
            let met = Found {
                path,
                requires: Vec::new(),
                bound: one.bound.filter(|_| one.bound == other.bound),
                ..*one
            };
            if !known.insert(met.key()) {
                continue;
            }
            if known.len() > most {
                return Err(too_many());
            }
            match both(&one.requires, &other.requires) {
                Some(requires) => operations.push(Found { requires, risk: one.risk.max(other.risk), ..met }),
                None => settled
                    .closed
                    .push(ClosedEntry { method: met.method.as_str().into(), path: met.path.text() }),
            }
        }
        settled.added += operations.len() - end;
    }
    Ok(settled)
}

/// Places of operations that some request fits both of. `None` where finding them takes too long.
fn pairs(operations: &[Found], steps: &mut usize) -> Option<Vec<(usize, usize)>> {
    let mut trees: BTreeMap<Method, Tree<'_>> = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        trees.entry(operation.method).or_default().put(&operation.path.segments, place);
    }
    let mut pairs = Vec::new();
    for tree in trees.values() {
        tree.pairs(&mut pairs, steps)?;
    }
    // The same document always makes the same definition.
    pairs.sort_unstable();
    Some(pairs)
}

/// The template that fits what both fit, unless that is one of the two, or they need the same anyway.
fn path_of_both(one: &Found, other: &Found) -> Option<Path> {
    if one.path.query != other.path.query || one.requires == other.requires && one.bound == other.bound {
        return None;
    }
    let segments = one.path.segments.iter().zip(&other.path.segments);
    let segments: Vec<Segment> = segments.map(|(one, other)| meet(one, other)).collect::<Option<_>>()?;
    if segments == one.path.segments || segments == other.path.segments {
        return None;
    }
    let mut names: Vec<Box<str>> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        if matches!(segment, Segment::Literal(_)) {
            continue;
        }
        let name = one.path.name_at(index);
        let taken = names.iter().any(|known| **known == *name);
        names.push(if taken { format!("{name}_{index}").into() } else { name.into() });
    }
    Some(Path { segments, names, query: one.path.query.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::RiskEntry;

    fn operation(path: &str, requires: usize) -> Found {
        Found {
            method: Method::Get,
            path: Path::parse(path, &[]).unwrap(),
            requires: vec![vec![requires]],
            bound: None,
            risk: RiskEntry::Plain,
        }
    }

    fn settled(paths: &[&str]) -> Vec<(String, Vec<Vec<usize>>)> {
        let mut operations: Vec<_> =
            paths.iter().enumerate().map(|(place, path)| operation(path, place)).collect();
        settle(&mut operations).unwrap();
        operations
            .into_iter()
            .skip(paths.len())
            .map(|operation| (operation.path.text(), operation.requires))
            .collect()
    }

    #[test]
    fn a_path_that_two_operations_could_mean_needs_what_both_need() {
        assert_eq!(settled(&["/a/{x}/c", "/a/b/{y}"]), [("/a/b/c".into(), vec![vec![0, 1]])]);
        assert_eq!(settled(&["/{x}/v{y}", "/a/{z}.tgz"]), [("/a/v{y}.tgz".into(), vec![vec![0, 1]])]);
    }

    #[test]
    fn a_path_that_three_could_mean_needs_what_all_need() {
        let all = settled(&["/a/{x}/{y}", "/{x}/b/{y}", "/{x}/{y}/c"]);
        assert!(all.contains(&("/a/b/c".into(), vec![vec![0, 1, 2]])), "{all:?}");
        assert!(all.contains(&("/a/b/{y}".into(), vec![vec![0, 1]])), "{all:?}");
    }

    #[test]
    fn a_special_case_needs_nothing_more() {
        for special in
            [["/a/{x}", "/a/b"], ["/a/{x}", "/a/{x}.tgz"], ["/{x}/b", "/a/b"], ["/a/{x}", "/b/{x}/{y}"]]
        {
            assert_eq!(settled(&special), []);
        }
    }

    #[test]
    fn paths_made_to_fit_each_other_are_given_up_and_not_followed() {
        let mut operations: Vec<_> = (0..1 << 12)
            .map(|bits: usize| {
                let word = |place: usize| {
                    if bits >> place & 1 == 1 { format!("/w{place}") } else { format!("/{{p{place}}}") }
                };
                operation(&(0..12).map(word).collect::<String>(), bits)
            })
            .collect();
        assert!(settle(&mut operations).is_err());
    }
}
