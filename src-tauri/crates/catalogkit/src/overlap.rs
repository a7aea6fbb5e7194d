//! Templates that fit the same path although neither is a special case of the other, such as `/a/{x}/c` and `/a/b/{y}` at `/a/b/c`.
//!
//! Which of the two a service means there is known to it alone. The router would take the one that is more literal on the left; so that
//! nothing hangs on that, such a path becomes an operation of its own that requires what both require.

use std::collections::HashSet;

use crate::Operation;

/// Adds operations until every path that two operations of one endpoint could mean is one of its own, or both require the same.
pub fn settle(operations: &mut Vec<Operation>) {
    let mut compared = 0;
    while compared < operations.len() {
        let (from, end) = (compared, operations.len());
        compared = end;
        let mut known: HashSet<_> = operations.iter().map(place).collect();
        for late in from..end {
            for early in 0..late {
                let Some(both) = both(&operations[early], &operations[late]) else { continue };
                if known.insert(place(&both)) {
                    operations.push(both);
                }
            }
        }
    }
}

/// Where it is found: no two operations of a definition have the same.
fn place(operation: &Operation) -> (String, String, Option<String>) {
    let query = operation.query.as_ref().map(|query| format!("{query:?}"));
    (operation.method.clone(), shape_of(&operation.path), query)
}

/// The same for paths that are the same but for their parameters' names.
pub fn shape_of(path: &str) -> String {
    shape(&read(path))
}

/// The operation that `one` and `other` both could mean, where neither is a special case of the other and they differ.
fn both(one: &Operation, other: &Operation) -> Option<Operation> {
    let comparable = one.endpoint == other.endpoint && one.method == other.method && one.query == other.query;
    if !comparable || same(one, other) {
        return None;
    }
    let (first, second) = (read(&one.path), read(&other.path));
    let met = meet(&first, &second)?;
    let met_shape = shape(&met);
    if met_shape == shape(&first) || met_shape == shape(&second) {
        return None;
    }
    let requires = if one.requires.is_empty() || other.requires.is_empty() {
        [one.requires.as_slice(), other.requires.as_slice()].concat()
    } else {
        let product = |all: &Vec<String>| {
            other.requires.iter().map(|more| [all.as_slice(), more.as_slice()].concat()).collect::<Vec<_>>()
        };
        one.requires.iter().flat_map(product).collect()
    };
    let contexts = one.contexts.iter().filter(|context| other.contexts.contains(context)).cloned().collect();
    Some(Operation {
        method: one.method.clone(),
        path: written(&met),
        query: one.query.clone(),
        requires,
        contexts,
        endpoint: one.endpoint,
        risk: one.risk.max(other.risk),
    })
}

fn same(one: &Operation, other: &Operation) -> bool {
    one.requires == other.requires && one.contexts == other.contexts
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment<'t> {
    Literal(&'t str),
    Parameter { prefix: &'t str, name: &'t str, suffix: &'t str },
    Rest(&'t str),
}

fn read(template: &str) -> Vec<Segment<'_>> {
    let segment = |text| match split(text) {
        None => Segment::Literal(text),
        Some((prefix, name, suffix)) => match name.strip_suffix("**") {
            Some(name) => Segment::Rest(name),
            None => Segment::Parameter { prefix, name, suffix },
        },
    };
    template.split('/').skip(1).map(segment).collect()
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (prefix, rest) = text.split_once('{')?;
    let (name, suffix) = rest.split_once('}')?;
    Some((prefix, name, suffix))
}

/// What both fit; `None` where no path fits both.
fn meet<'t>(one: &[Segment<'t>], other: &[Segment<'t>]) -> Option<Vec<Segment<'t>>> {
    match (one, other) {
        ([], []) => Some(Vec::new()),
        ([Segment::Rest(_)], more) | (more, [Segment::Rest(_)]) if !more.is_empty() => Some(more.to_vec()),
        ([first, rest @ ..], [second, more @ ..]) => {
            let mut met = vec![meet_segment(*first, *second)?];
            met.extend(meet(rest, more)?);
            Some(met)
        }
        _ => None,
    }
}

fn meet_segment<'t>(one: Segment<'t>, other: Segment<'t>) -> Option<Segment<'t>> {
    match (one, other) {
        (Segment::Literal(text), Segment::Literal(more)) => (text == more).then_some(one),
        (Segment::Literal(text), Segment::Parameter { prefix, suffix, .. })
        | (Segment::Parameter { prefix, suffix, .. }, Segment::Literal(text)) => {
            let inner = text.strip_prefix(prefix)?.strip_suffix(suffix)?;
            (!inner.is_empty()).then_some(Segment::Literal(text))
        }
        (
            Segment::Parameter { prefix, name, suffix },
            Segment::Parameter { prefix: other_prefix, suffix: other_suffix, .. },
        ) => {
            let prefix = longer(prefix, other_prefix, |long, short| long.starts_with(short))?;
            let suffix = longer(suffix, other_suffix, |long, short| long.ends_with(short))?;
            Some(Segment::Parameter { prefix, name, suffix })
        }
        (Segment::Rest(_), _) | (_, Segment::Rest(_)) => None,
    }
}

fn longer<'t>(one: &'t str, other: &'t str, fits: impl Fn(&str, &str) -> bool) -> Option<&'t str> {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    fits(long, short).then_some(long)
}

/// The same for templates that fit the same paths.
fn shape(template: &[Segment<'_>]) -> String {
    let mut shape = String::new();
    for segment in template {
        match segment {
            Segment::Literal(text) => shape.extend(["/", text]),
            Segment::Parameter { prefix, suffix, .. } => shape.extend(["/", prefix, "{}", suffix]),
            Segment::Rest(_) => shape.push_str("/{**}"),
        }
    }
    shape
}

fn written(template: &[Segment<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut path = String::new();
    for segment in template {
        let (prefix, name, end) = match *segment {
            Segment::Literal(text) => {
                path.extend(["/", text]);
                continue;
            }
            Segment::Parameter { prefix, name, suffix } => (prefix, name, suffix),
            Segment::Rest(name) => ("", name, ""),
        };
        let again = if names.contains(&name) { format!("_{}", names.len()) } else { String::new() };
        names.push(name);
        let stars = if matches!(segment, Segment::Rest(_)) { "**" } else { "" };
        path.extend(["/", prefix, "{", name, &again, stars, "}", end]);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Risk;

    fn operation(path: &str, permission: &str) -> Operation {
        Operation {
            method: "GET".into(),
            path: path.into(),
            query: None,
            requires: vec![vec![permission.into()]],
            contexts: Vec::new(),
            endpoint: None,
            risk: Risk::Plain,
        }
    }

    #[test]
    fn a_path_that_two_operations_could_mean_requires_what_both_do() {
        let mut operations = vec![operation("/a/{x}/c", "one"), operation("/a/b/{y}", "two")];
        settle(&mut operations);
        assert_eq!(operations.len(), 3);
        assert_eq!(operations[2].path, "/a/b/c");
        assert_eq!(operations[2].requires, [["one", "two"]]);
    }

    #[test]
    fn a_special_case_needs_nothing_more() {
        for (wide, narrow) in [("/a/{x}", "/a/b"), ("/a/{x**}", "/a/{y}/c"), ("/a/{x}", "/a/{x}.tgz")] {
            let mut operations = vec![operation(wide, "one"), operation(narrow, "two")];
            settle(&mut operations);
            assert_eq!(operations.len(), 2, "{wide} {narrow}");
        }
    }
}
