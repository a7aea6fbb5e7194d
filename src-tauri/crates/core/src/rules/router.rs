//! From method and path to operation, in time that depends on the path and not on how many operations there are.
//!
//! A trie over segments. Where several templates fit, the most literal one is taken, judged from the left:
//! a literal segment before one with a literal prefix or suffix, that before a number, that before a plain parameter, and `**` last. A
//! template that lacks the method, or whose query does not fit, is passed over; but where a query that matters is spelt in any way
//! but the plain one, nobody knows which operation the service will take it for, and it counts as unknown.

mod builder;
mod search;

use std::collections::HashMap;

pub use builder::RouterBuilder;
use foldhash::fast::RandomState;
use search::Search;

use crate::{
    http::Method,
    path::{Path, Query},
    rules::{EndpointIndex, EndpointSet},
};

/// The most parameters that one template may have.
pub const MAX_PARAMETERS: usize = 16;

/// One segment of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Must stand there.
    Literal(Box<str>),
    /// `{name}`, or with literal text around it: `{file}.tgz`. Matches one non-empty segment.
    Parameter {
        /// Text before it.
        prefix: Box<str>,
        /// Text behind it.
        suffix: Box<str>,
    },
    /// `{name**}`: one or more segments, whatever they are, to the end of the path.
    Rest,
}

/// A template as segments; `/` is one empty literal.
pub type Template = Vec<Segment>;

/// Why an operation can't be put into a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Another operation has the same method, the same shape and the same query, at whichever endpoint.
    #[error("two operations have the same method, path and query")]
    Duplicate,
    /// `**` stands before the end.
    #[error("** can stand only at the end of a path")]
    RestNotLast,
    /// More than [`MAX_PARAMETERS`].
    #[error("a path has more than 16 parameters")]
    TooManyParameters,
}

#[derive(Clone, Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, usize, RandomState>,
    /// With literal text around the parameter; longest text first.
    affixed: Vec<(Box<str>, Box<str>, usize)>,
    /// A parameter that takes numbers only.
    number: Option<usize>,
    parameter: Option<usize>,
    rest: Leaf,
    here: Leaf,
}

/// Operations that end at a node, by method; those with more query conditions first.
#[derive(Clone, Debug, Default)]
struct Leaf([Vec<Target>; Method::ALL.len()]);

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
enum End {
    Operation {
        operation: usize,
        endpoint: EndpointIndex,
        /// See [`RouterBuilder::add_by_number`].
        by_number: bool,
    },
    /// See [`RouterBuilder::close`].
    Closed,
}

#[derive(Clone, Debug)]
struct Target {
    end: End,
    query: Vec<(Box<str>, Box<str>)>,
}

/// Finds operations. Made by [`RouterBuilder`].
#[derive(Clone, Debug, Default)]
pub struct Router {
    nodes: Vec<Node>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Match<'p> {
    /// Place among the definition's operations.
    pub operation: usize,
    /// Whether the path calls by number what the operation's own template calls by name.
    pub by_number: bool,
    /// The path's parameters, still percent-encoded.
    pub parameters: Parameters<'p>,
    /// How many nodes were visited: what the look-up cost.
    pub visits: usize,
}

/// The parameters of a path, left to right.
#[derive(Clone, Debug)]
pub struct Parameters<'p> {
    values: [&'p str; MAX_PARAMETERS],
    count: usize,
}

impl<'p> Parameters<'p> {
    /// The parameter at `place`.
    pub fn at(&self, place: usize) -> Option<&'p str> {
        self.values[..self.count].get(place).copied()
    }

    fn push(&mut self, value: &'p str) -> bool {
        let fits = self.count < MAX_PARAMETERS;
        if fits {
            self.values[self.count] = value;
            self.count += 1;
        }
        fits
    }
}

impl Router {
    /// The operation that `method` on `path` is, wherever it lives.
    pub fn find<'p>(&self, method: Method, path: Path<'p>, query: Option<Query<'_>>) -> Option<Match<'p>> {
        self.find_at(EndpointSet::ALL, method, path, query)
    }

    /// The operation of one of these endpoints that `method` on `path` is. HEAD is what GET is, where HEAD is not listed itself.
    pub fn find_at<'p>(
        &self,
        endpoints: EndpointSet,
        method: Method,
        path: Path<'p>,
        query: Option<Query<'_>>,
    ) -> Option<Match<'p>> {
        match self.find_exact(endpoints, method, path, query).ok()? {
            None if method == Method::Head => self.find_exact(endpoints, Method::Get, path, query).ok()?,
            found => found,
        }
    }

    /// The same without HEAD's being GET, and with why a place is left unknown.
    pub(super) fn find_exact<'p>(
        &self,
        endpoints: EndpointSet,
        method: Method,
        path: Path<'p>,
        query: Option<Query<'_>>,
    ) -> Result<Option<Match<'p>>, Unknown> {
        Search::new(self, endpoints, method, query).best(path)
    }
}

/// The operation is unknown, and a less particular one must not be taken in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The most literal template is closed.
    Closed,
    /// A parameter that tells operations apart is there, and the service may read another value than we do.
    Unclear,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        text[1..]
            .split('/')
            .map(|segment| match (segment.find('{'), segment.find('}')) {
                (Some(open), Some(close)) if segment[open..close].ends_with("**") => Segment::Rest,
                (Some(open), Some(close)) => {
                    Segment::Parameter { prefix: segment[..open].into(), suffix: segment[close + 1..].into() }
                }
                _ => Segment::Literal(segment.into()),
            })
            .collect()
    }

    fn router(operations: &[(Method, &str)]) -> Router {
        let mut builder = RouterBuilder::default();
        for (place, (method, path)) in operations.iter().enumerate() {
            builder.add(place, EndpointIndex::MAIN, *method, &template(path), &[]).unwrap();
        }
        builder.finish()
    }

    fn found(router: &Router, method: Method, path: &str) -> Option<usize> {
        router.find(method, Path::parse(path).unwrap(), None).map(|found| found.operation)
    }

    #[test]
    fn the_most_literal_template_is_taken() {
        let router = router(&[
            (Method::Get, "/runners/{id}"),
            (Method::Get, "/runners/all"),
            (Method::Delete, "/runners/{id}"),
            (Method::Get, "/files/{name}.tgz"),
            (Method::Get, "/files/{name}"),
            (Method::Get, "/{any**}"),
        ]);
        assert_eq!(found(&router, Method::Get, "/runners/all"), Some(1));
        assert_eq!(found(&router, Method::Get, "/runners/7"), Some(0));
        assert_eq!(found(&router, Method::Delete, "/runners/all"), Some(2));
        assert_eq!(found(&router, Method::Get, "/files/a.tgz"), Some(3));
        assert_eq!(found(&router, Method::Get, "/files/.tgz"), Some(4));
        assert_eq!(found(&router, Method::Get, "/runners"), Some(5));
        assert_eq!(found(&router, Method::Get, "/runners/7/"), Some(5));
        assert_eq!(found(&router, Method::Get, "/"), Some(5));
        assert_eq!(found(&router, Method::Head, "/runners/7"), Some(0));
        assert_eq!(found(&router, Method::Post, "/runners/7"), None);
    }

    #[test]
    fn matching_is_case_sensitive_and_by_whole_segments() {
        let router = router(&[(Method::Get, "/allowed")]);
        for other in ["/ALLOWED", "/allowedX", "/allowed/", "/allowed/x", "/", "/xallowed"] {
            assert_eq!(found(&router, Method::Get, other), None, "{other}");
        }
    }

    #[test]
    fn parameters_come_in_order_and_are_forgotten_on_the_way_back() {
        let router = router(&[(Method::Get, "/{a}/x/{b}/y"), (Method::Get, "/{a}/{c**}")]);
        let path = Path::parse("/1/x/2/z").unwrap();
        let found = router.find(Method::Get, path, None).unwrap();
        assert_eq!(found.operation, 1);
        assert_eq!((found.parameters.at(0), found.parameters.at(1)), (Some("1"), Some("x/2/z")));
        assert_eq!(found.parameters.at(2), None);
    }

    #[test]
    fn a_closed_place_is_unknown_and_no_wider_template_stands_in_for_it() {
        let mut builder = RouterBuilder::default();
        builder.add(0, EndpointIndex::MAIN, Method::Get, &template("/files/{any**}"), &[]).unwrap();
        builder.close(Method::Get, &template("/files/{name}/authorize")).unwrap();
        assert_eq!(
            builder.add(1, EndpointIndex::MAIN, Method::Get, &template("/files/{id}/authorize"), &[]),
            Err(RouteError::Duplicate)
        );
        let router = builder.finish();
        for method in [Method::Get, Method::Head] {
            assert_eq!(found(&router, method, "/files/a/authorize"), None);
            assert_eq!(found(&router, method, "/files/a/b"), Some(0));
        }
    }

    #[test]
    fn operations_of_other_endpoints_neither_fit_nor_hide_those_that_do() {
        let git = EndpointIndex(1);
        let mut builder = RouterBuilder::default();
        builder.add(0, EndpointIndex::MAIN, Method::Get, &template("/repos/{name}/info"), &[]).unwrap();
        builder.add(1, git, Method::Get, &template("/{owner}/{name}/info"), &[]).unwrap();
        let same = template("/{a}/{b}/info");
        let taken = builder.add(2, EndpointIndex::MAIN, Method::Get, &same, &[]);
        assert_eq!(taken, Err(RouteError::Duplicate), "at any endpoint");
        let router = builder.finish();
        let find = |endpoints, method, path| {
            router.find_at(endpoints, method, Path::parse(path).unwrap(), None).map(|found| found.operation)
        };
        for method in [Method::Get, Method::Head] {
            assert_eq!(find(EndpointSet::ALL, method, "/repos/x/info"), Some(0));
            assert_eq!(find(EndpointSet::only(git), method, "/repos/x/info"), Some(1));
            let main = EndpointSet::only(EndpointIndex::MAIN);
            assert_eq!(find(main, method, "/repos/x/info"), Some(0));
            assert_eq!(find(main, method, "/acme/x/info"), None);
        }
    }

    #[test]
    fn a_path_by_number_takes_nothing_but_numbers() {
        let mut builder = RouterBuilder::default();
        builder.add(0, EndpointIndex::MAIN, Method::Get, &template("/things/{a}/{b}/x"), &[]).unwrap();
        builder.add(1, EndpointIndex::MAIN, Method::Get, &template("/numbers/{name}/y"), &[]).unwrap();
        let numbered = template("/numbers/{id}/x/{c}");
        builder.add_by_number(0, EndpointIndex::MAIN, Method::Get, (&numbered, 1), &[]).unwrap();
        let again = builder.add_by_number(1, EndpointIndex::MAIN, Method::Get, (&numbered, 1), &[]);
        assert_eq!(again, Err(RouteError::Duplicate));
        let router = builder.finish();
        let find = |path| {
            let found = router.find(Method::Get, Path::parse(path).unwrap(), None)?;
            Some((found.operation, found.by_number, found.parameters.at(0).map(str::to_owned)))
        };
        assert_eq!(find("/numbers/42/x/name"), Some((0, true, Some("42".into()))));
        assert_eq!(find("/things/42/b/x"), Some((0, false, Some("42".into()))));
        assert_eq!(find("/numbers/42/y"), Some((1, false, Some("42".into()))), "found on the way back");
        for other in ["/numbers/042/x/c", "/numbers/4a/x/c", "/numbers/4%2F2/x/c", "/numbers/-4/x/c"] {
            assert_eq!(find(other), None, "{other}");
        }
    }

    #[test]
    fn a_query_tells_operations_apart() {
        let mut builder = RouterBuilder::default();
        let push = [("service".into(), "git-receive-pack".into())];
        let pull = [("service".into(), "git-upload-pack".into())];
        let path = template("/{repo}/info/refs");
        builder.add(0, EndpointIndex::MAIN, Method::Get, &path, &push).unwrap();
        builder.add(1, EndpointIndex::MAIN, Method::Get, &path, &pull).unwrap();
        assert_eq!(
            builder.add(2, EndpointIndex::MAIN, Method::Get, &path, &pull),
            Err(RouteError::Duplicate)
        );
        let router = builder.finish();
        let find = |query| {
            let query = Query::parse(query).unwrap();
            router.find(Method::Get, Path::parse("/a/info/refs").unwrap(), Some(query)).map(|m| m.operation)
        };
        assert_eq!(find("service=git-receive-pack"), Some(0));
        assert_eq!(find("service=git-upload-pack"), Some(1));
        assert_eq!(find("service=git-upload-pack&service=git-receive-pack"), None);
        assert_eq!(find("service=git%2Dreceive-pack"), None);
        assert_eq!(find("x=1"), None);
    }

    #[test]
    fn another_spelling_of_a_parameter_does_not_lead_to_a_less_particular_operation() {
        let mut builder = RouterBuilder::default();
        builder
            .add(0, EndpointIndex::MAIN, Method::Get, &template("/a"), &[("act".into(), "push".into())])
            .unwrap();
        builder.add(1, EndpointIndex::MAIN, Method::Get, &template("/a"), &[]).unwrap();
        builder.add(2, EndpointIndex::MAIN, Method::Get, &template("/{any**}"), &[]).unwrap();
        let router = builder.finish();
        let find = |method, query| {
            let query = Query::parse(query).unwrap();
            router.find(method, Path::parse("/a").unwrap(), Some(query)).map(|found| found.operation)
        };
        for method in [Method::Get, Method::Head] {
            assert_eq!(find(method, "act=push"), Some(0));
            assert_eq!(find(method, "act=pull"), Some(1));
            assert_eq!(find(method, "other=push"), Some(1));
            for unclear in
                ["act=pu%73h", "%61ct=push", "Act=push", "act=pull&act=push", "act[]=push", "+act=push"]
            {
                assert_eq!(find(method, unclear), None, "{unclear}");
            }
        }
    }
}
