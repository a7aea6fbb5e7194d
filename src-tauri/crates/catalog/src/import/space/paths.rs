//! From endpoints to paths that a request can be found by, no two of which could mean different things.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use super::{Asked, Endpoint, Place, Right};
use crate::overlap;

/// A path that is judged in one way.
#[derive(Clone, Debug)]
pub(super) struct Routed {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) asked: Asked,
    /// The narrowest first.
    pub(super) places: Vec<Named>,
}

/// How a path names a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) place: Place,
    /// With a parameter of the path.
    pub(super) value: String,
    /// Those that the service grants in such a place.
    pub(super) rights: BTreeSet<String>,
}

pub(super) fn routed<'e>(
    endpoints: impl Iterator<Item = (&'e Endpoint, Asked)>,
    rights: &BTreeMap<&str, &Right>,
) -> Vec<Routed> {
    let mut routed: Vec<Routed> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for (endpoint, asked) in endpoints {
        for path in spellings(&distinct(&endpoint.path), &asked) {
            let one = Routed {
                method: endpoint.method.clone(),
                places: places(&path, &asked, rights),
                asked: asked.clone(),
                path,
            };
            let place = (one.method.clone(), overlap::shape(&one.path));
            if let Some(&at) = known.get(&place) {
                routed[at] = both(&routed[at], &one, routed[at].path.clone());
            } else {
                known.insert(place, routed.len());
                routed.push(one);
            }
        }
    }
    settle(&mut routed, known);
    routed
}

/// The path with no two parameters of one name, each named as a parameter can be.
fn distinct(path: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut made = String::new();
    let mut rest = path;
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
        let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let plain =
            if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("p{plain}") };
        let count = names.iter().filter(|known| **known == plain).count();
        let again = if count > 0 { format!("_{}", count + 1) } else { String::new() };
        made.extend([before, "{", &plain, &again, "}"]);
        names.push(plain);
        rest = after;
    }
    made + rest
}

/// A channel or package repository that is named by its id is known; any other name of it could be one of several.
fn spellings(path: &str, asked: &Asked) -> Vec<String> {
    let by_id = |parameter: &str| {
        let known = path.replacen(&format!("/{parameter}"), &format!("/id:{parameter}"), 1);
        (known != path).then_some(known)
    };
    let known = match asked {
        Asked::Closed | Asked::Anything => None,
        Asked::AllOf(_) if path.contains("/packages/repositories/{repository}") => by_id("{repository}"),
        Asked::AllOf(_) => by_id("{channel}"),
    };
    known.into_iter().chain([path.to_owned()]).collect()
}

fn places(path: &str, asked: &Asked, rights: &BTreeMap<&str, &Right>) -> Vec<Named> {
    let Asked::AllOf(codes) = asked else { return Vec::new() };
    let segment = |wanted: &str| path.split('/').any(|segment| segment == wanted);
    let ways = [
        (Place::PackageRepository, "id:{repository}", "{repository}"),
        (Place::Channel, "id:{channel}", "{channel}"),
        (Place::Project, "{project}", "{project}"),
        (Place::Project, "{namespace}", "{namespace}"),
    ];
    let named = |(place, text, value): (Place, &str, &str)| {
        let granted_there =
            |code: &&String| rights.get(code.as_str()).is_some_and(|right| right.places.contains(&place));
        let rights: BTreeSet<String> = codes.iter().filter(granted_there).cloned().collect();
        (segment(text) && !rights.is_empty()).then(|| Named { place, value: value.to_owned(), rights })
    };
    let mut found: Vec<_> = ways.into_iter().filter_map(named).collect();
    found.dedup_by_key(|named| named.place);
    found
}

/// Adds a path wherever two of them could mean different things, until there is none.
fn settle(routed: &mut Vec<Routed>, mut known: HashMap<(String, String), usize>) {
    let mut compared = 0;
    while compared < routed.len() {
        let (from, end) = (compared, routed.len());
        compared = end;
        for late in from..end {
            for early in 0..late {
                let (one, other) = (&routed[early], &routed[late]);
                if one.method != other.method || one.asked == other.asked && one.places == other.places {
                    continue;
                }
                let Some(path) = overlap::meet(&one.path, &other.path) else { continue };
                let place = (one.method.clone(), overlap::shape(&path));
                if let Entry::Vacant(vacant) = known.entry(place) {
                    vacant.insert(routed.len());
                    let both = both(one, other, path);
                    routed.push(both);
                }
            }
        }
    }
}

/// What `one` and `other` both ask for, at `path`.
fn both(one: &Routed, other: &Routed, path: String) -> Routed {
    let asked = match (&one.asked, &other.asked) {
        (Asked::Closed, _) | (_, Asked::Closed) => Asked::Closed,
        (Asked::Anything, more) | (more, Asked::Anything) => more.clone(),
        (Asked::AllOf(some), Asked::AllOf(more)) => Asked::AllOf(some | more),
    };
    // A context is what both call it, in a parameter that the path still has.
    let shared = |named: &Named| {
        let same =
            other.places.iter().find(|more| (more.place, &more.value) == (named.place, &named.value))?;
        path.contains(&named.value).then(|| Named { rights: &named.rights | &same.rights, ..named.clone() })
    };
    let places = one.places.iter().filter_map(shared).collect();
    Routed { method: one.method.clone(), path, asked, places }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(endpoints: &[(&str, &str, &[&str])]) -> Vec<(String, String)> {
        let endpoints: Vec<_> = endpoints
            .iter()
            .map(|(method, path, rights)| Endpoint {
                method: (*method).into(),
                path: (*path).into(),
                rights: rights.iter().map(|right| (*right).into()).collect(),
            })
            .collect();
        let rights = BTreeMap::new();
        let asked = endpoints.iter().map(|endpoint| (endpoint, super::super::asked(endpoint, &rights)));
        routed(asked, &rights)
            .into_iter()
            .map(|one| {
                let asked = match one.asked {
                    Asked::Anything => "anything".to_owned(),
                    Asked::Closed => "closed".to_owned(),
                    Asked::AllOf(codes) => codes.into_iter().collect::<Vec<_>>().join(" "),
                };
                (one.path, asked)
            })
            .collect()
    }

    fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(path, asked)| ((*path).into(), (*asked).into())).collect()
    }

    #[test]
    fn a_path_that_a_closed_endpoint_could_mean_is_closed() {
        let made =
            paths(&[("GET", "/a/{x}/c", &["A"]), ("GET", "/a/b/{y}", &[]), ("POST", "/a/b/{y}", &["B"])]);
        assert_eq!(
            made,
            owned(&[("/a/{x}/c", "A"), ("/a/b/{y}", "closed"), ("/a/b/{y}", "B"), ("/a/b/c", "closed")])
        );
    }

    #[test]
    fn endpoints_at_one_path_need_what_each_of_them_does() {
        let made = paths(&[("GET", "/a/{x}", &["A"]), ("GET", "/a/{y}", &["B"]), ("GET", "/{x}/{x}", &[])]);
        assert_eq!(made, owned(&[("/a/{x}", "A B"), ("/{x}/{x_2}", "closed")]));
    }

    #[test]
    fn a_channel_is_known_by_its_id_alone() {
        let made = paths(&[("GET", "/chats/{channel}", &["Channel.ViewChannel"])]);
        assert_eq!(
            made,
            owned(&[
                ("/chats/id:{channel}", "Channel.ViewChannel"),
                ("/chats/{channel}", "Channel.ViewChannel")
            ])
        );
    }
}
