//! Templates that fit the same path although neither is a special case of the other, such as `/a/{x}/c` and `/a/b/{y}` at `/a/b/c`.
//!
//! Which of the two a service means there is known to it alone. The router would take the one that is more literal on the left; so that
//! nothing hangs on that, such a path becomes an operation of its own that requires what both require.

use std::collections::HashSet;

use valetkey_catalog::overlap::{meet, shape};

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
fn place(operation: &Operation) -> (String, String, [Option<String>; 2]) {
    let told =
        [&operation.query, &operation.body].map(|pairs| pairs.as_ref().map(|pairs| format!("{pairs:?}")));
    (operation.method.clone(), shape(&operation.path), told)
}

/// The operation that `one` and `other` both could mean, where neither is a special case of the other and they differ.
fn both(one: &Operation, other: &Operation) -> Option<Operation> {
    let comparable = one.endpoint == other.endpoint
        && one.method == other.method
        && one.query == other.query
        && one.body == other.body
        && one.graphql == other.graphql;
    if !comparable || same(one, other) {
        return None;
    }
    let path = meet(&one.path, &other.path)?;
    let requires = if one.requires.is_empty() || other.requires.is_empty() {
        [one.requires.as_slice(), other.requires.as_slice()].concat()
    } else {
        let product = |all: &Vec<String>| {
            other.requires.iter().map(|more| [all.as_slice(), more.as_slice()].concat()).collect::<Vec<_>>()
        };
        one.requires.iter().flat_map(product).collect()
    };
    let named_alike = |value: &str| {
        let place = |path| parameters(value).map(|name| place_of(path, name)).collect::<Vec<_>>();
        place(&one.path) == place(&other.path) && place(&one.path) == place(&path)
    };
    let shared = |context: &&(_, String)| other.contexts.contains(context) && named_alike(&context.1);
    let contexts = one.contexts.iter().filter(shared).cloned().collect();
    Some(Operation {
        method: one.method.clone(),
        path,
        query: one.query.clone(),
        body: one.body.clone(),
        graphql: one.graphql,
        requires,
        contexts,
        endpoint: one.endpoint,
        risk: one.risk.max(other.risk),
    })
}

fn parameters(value: &str) -> impl Iterator<Item = &str> {
    value.split('{').skip(1).filter_map(|part| part.split('}').next())
}

/// Which segment of a template the parameter is: two templates can call different ones by the same name.
fn place_of(path: &str, name: &str) -> Option<usize> {
    path.split('/').position(|segment| parameters(segment).any(|known| known.trim_end_matches('*') == name))
}

fn same(one: &Operation, other: &Operation) -> bool {
    one.requires == other.requires && one.contexts == other.contexts
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
            body: None,
            graphql: false,
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
    fn a_context_is_kept_only_where_both_find_it_in_the_same_segment() {
        let owned = |path: &str, permission: &str| Operation {
            contexts: vec![("owner", "{owner}".into())],
            ..operation(path, permission)
        };
        let mut operations = vec![owned("/{owner}/{repo}/x", "one"), owned("/v2/{owner}/{path}", "two")];
        settle(&mut operations);
        assert_eq!(operations[2].path, "/v2/{repo}/x");
        assert_eq!(operations[2].contexts, []);
        let mut operations = vec![owned("/a/{owner}/{x}/c", "one"), owned("/a/{owner}/b/{y}", "two")];
        settle(&mut operations);
        assert_eq!(operations[2].contexts, [("owner", "{owner}".to_owned())]);
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
