//! Which path parameters tell a context.
//!
//! The first parameter of a path, and those that follow it without a word between, name a thing of the collection whose word stands
//! before them: `/repos/{owner}/{repo}`. Where enough operations lie in such a thing, it is a kind of context.

use std::collections::{BTreeMap, HashMap, HashSet};

use valetkey_core::{grant::Context, likeness::nearest, rules::Segment};

use super::{
    OfferedContext,
    operation::Found,
    path::Path,
    words::{is_version, singular, slug},
};
use crate::{Error, Problem, problem::shown};

/// A kind of context has at least so many operations …
const OPERATIONS: usize = 5;
/// … on at least so many paths.
const PATHS: usize = 3;
/// Offered at most, those with the most operations.
const KINDS: usize = 12;
/// Parameters that name one thing.
const PARAMETERS: usize = 3;

/// Where an operation's path tells its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// Place among the kinds.
    pub(super) kind: usize,
    run: Run,
}

/// Parameters one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The first of its segments.
    first: usize,
    count: usize,
}

impl Bound {
    /// How the path names the context's value.
    pub(super) fn value(self, path: &Path) -> String {
        self.run.value(path)
    }
}

/// Finds the kinds of context, and binds the operations that lie in one. `kept` are the names of those that the owner wants.
pub(super) fn choose(
    operations: &mut [Found],
    kept: Option<&[String]>,
) -> Result<Vec<OfferedContext>, Error> {
    let mut kinds = kinds(operations);
    if let Some(kept) = kept {
        let unknown = kept.iter().find(|name| !kinds.iter().any(|kind| kind.name == **name));
        if let Some(name) = unknown {
            let nearest = nearest(name, kinds.iter().map(|kind| kind.name.as_str()));
            return Err(Error::refused("#/paths", Problem::UnknownContext { name: shown(name), nearest }));
        }
        kinds.retain(|kind| kept.contains(&kind.name));
    }
    kinds.truncate(KINDS);
    for (kind, found) in kinds.iter().enumerate() {
        for &(operation, run) in &found.members {
            operations[operation].bound = Some(Bound { kind, run });
        }
    }
    let offered = |kind: Kind| OfferedContext {
        operations: kind.members.len(),
        name: kind.name,
        example: kind.example,
    };
    Ok(kinds.into_iter().map(offered).collect())
}

struct Kind {
    name: String,
    example: String,
    /// Operations, and where their paths name the thing.
    members: Vec<(usize, Run)>,
}

/// Every kind with enough operations, those with the most first.
fn kinds(operations: &[Found]) -> Vec<Kind> {
    // What is named alike by different words before it may be different things: the parameters' names must be the same too.
    let mut by_name: BTreeMap<String, BTreeMap<String, Vec<(usize, Run)>>> = BTreeMap::new();
    for place in places(operations) {
        let members = place.members();
        let names = usual(members.iter().map(|(operation, run)| run.value(&operations[*operation].path)));
        by_name.entry(place.name).or_default().entry(names).or_default().extend(members);
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for (name, alike) in by_name {
        let Some(members) = alike.into_values().max_by_key(Vec::len) else { continue };
        let paths: HashSet<String> =
            members.iter().map(|(operation, _)| operations[*operation].path.key()).collect();
        if members.len() >= OPERATIONS && paths.len() >= PATHS {
            let example =
                usual(members.iter().map(|(operation, run)| run.example(&operations[*operation].path)));
            kinds.push(Kind { name, example, members });
        }
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.members.len()));
    kinds
}

/// A collection, and what lies below it.
struct Place {
    name: String,
    runs: Vec<(usize, Run)>,
}

fn places(operations: &[Found]) -> Vec<Place> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut places: Vec<Place> = Vec::new();
    for (operation, found) in operations.iter().enumerate() {
        let Some((run, name)) = Run::of(&found.path) else { continue };
        let before = found.path.literals().take(run.first).collect::<Vec<_>>().join("/");
        let place = *index.entry(before).or_insert_with(|| {
            places.push(Place { name, runs: Vec::new() });
            places.len() - 1
        });
        places[place].runs.push((operation, run));
    }
    places
}

impl Place {
    /// A thing here has as many parameters as most operations name; those that name fewer are not in one.
    fn members(&self) -> Vec<(usize, Run)> {
        let count = usual(self.runs.iter().map(|(_, run)| run.count));
        let long_enough = self.runs.iter().filter(|(_, run)| run.count >= count);
        long_enough.map(|(operation, run)| (*operation, Run { count, ..*run })).collect()
    }
}

impl Run {
    /// The first parameters of a path, and what a thing that they name is called.
    fn of(path: &Path) -> Option<(Self, String)> {
        let is_bare = |segment: &Segment| matches!(segment, Segment::Parameter { prefix, suffix } if prefix.is_empty() && suffix.is_empty());
        let first = path.segments.iter().position(|segment| !matches!(segment, Segment::Literal(_)))?;
        let count =
            path.segments[first..].iter().take(PARAMETERS).take_while(|segment| is_bare(segment)).count();
        let word = path.literals().nth(first.checked_sub(1)?)?;
        let name = singular(&slug(word));
        let usable = count > 0 && !is_version(word) && matches!(name.parse(), Ok(Context::Sole(_)));
        usable.then_some((Self { first, count }, name))
    }

    /// `{owner}/{repo}`
    fn value(self, path: &Path) -> String {
        let names = (self.first..self.first + self.count).map(|index| format!("{{{}}}", path.name_at(index)));
        names.collect::<Vec<_>>().join("/")
    }

    fn example(self, path: &Path) -> String {
        let before = path.literals().take(self.first).flat_map(|word| ["/", word]).collect::<String>();
        format!("{before}/{}", self.value(path))
    }
}

/// What comes most often; of those that come equally often, the least.
fn usual<T: Ord + Default>(all: impl Iterator<Item = T>) -> T {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for each in all {
        *counts.entry(each).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(each, _)| each).unwrap_or_default()
}
