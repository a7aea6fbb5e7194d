use memchr::memchr;

use super::{End, Leaf, MAX_PARAMETERS, Match, Parameters, Router, Unknown};
use crate::{
    http::Method,
    path::{Path, Query},
    rules::{EndpointSet, is_number},
};

/// The most nodes one look-up may visit; past that the path counts as unknown. Real definitions need about as
/// many as the path has segments; the bound is against definitions made to be slow.
const MAX_VISITS: usize = 4096;

/// One look-up.
pub(super) struct Search<'r, 'p, 'q> {
    router: &'r Router,
    endpoints: EndpointSet,
    method: Method,
    query: Option<Query<'q>>,
    parameters: Parameters<'p>,
    visits: usize,
    /// Whether the service may read the query in another way; see [`Unknown`].
    unclear: bool,
}

impl<'r, 'p, 'q> Search<'r, 'p, 'q> {
    pub(super) const fn new(
        router: &'r Router,
        endpoints: EndpointSet,
        method: Method,
        query: Option<Query<'q>>,
    ) -> Self {
        let parameters = Parameters { values: [""; MAX_PARAMETERS], count: 0 };
        Self { router, endpoints, method, query, parameters, visits: 0, unclear: false }
    }

    pub(super) fn best(mut self, path: Path<'p>) -> Result<Option<Match<'p>>, Unknown> {
        match self.descend(0, &path.as_str()[1..]) {
            _ if self.unclear => Err(Unknown::Unclear),
            None => Ok(None),
            Some(End::Closed) => Err(Unknown::Closed),
            Some(End::Operation { operation, by_number, .. }) => {
                Ok(Some(Match { operation, by_number, parameters: self.parameters, visits: self.visits }))
            }
        }
    }

    /// The target that fits best. `rest` is the path from the segment that `node` is to judge, without the slash before it.
    fn descend(&mut self, node: usize, rest: &'p str) -> Option<End> {
        self.visits += 1;
        if self.visits > MAX_VISITS {
            return None;
        }
        let node = self.router.nodes.get(node)?;
        let (segment, tail) = match memchr(b'/', rest.as_bytes()) {
            Some(end) => (&rest[..end], Some(&rest[end + 1..])),
            None => (rest, None),
        };

        if let Some(&next) = node.literals.get(segment)
            && let Some(found) = self.continue_at(next, tail)
        {
            return Some(found);
        }
        if !segment.is_empty() {
            let mark = self.parameters.count;
            for (prefix, suffix, next) in &node.affixed {
                let inner = segment.strip_prefix(&**prefix).and_then(|inner| inner.strip_suffix(&**suffix));
                if let Some(inner) = inner.filter(|inner| !inner.is_empty())
                    && self.parameters.push(inner)
                {
                    if let Some(found) = self.continue_at(*next, tail) {
                        return Some(found);
                    }
                    self.parameters.count = mark;
                }
            }
            let number = node.number.filter(|_| is_plain_number(segment));
            for next in number.into_iter().chain(node.parameter) {
                if self.parameters.push(segment) {
                    if let Some(found) = self.continue_at(next, tail) {
                        return Some(found);
                    }
                    self.parameters.count = mark;
                }
            }
        }
        let found = self.target(&node.rest)?;
        self.parameters.push(rest).then_some(found)
    }

    fn continue_at(&mut self, next: usize, tail: Option<&'p str>) -> Option<End> {
        match tail {
            Some(tail) => self.descend(next, tail),
            None => self.target(&self.router.nodes.get(next)?.here),
        }
    }

    fn target(&mut self, leaf: &Leaf) -> Option<End> {
        for target in &leaf.0[self.method.index()] {
            match target.end {
                End::Operation { endpoint, .. } if !self.endpoints.contains(endpoint) => continue,
                End::Operation { .. } | End::Closed => {}
            }
            let mut fits = true;
            for (name, value) in &target.query {
                let found = self.query.and_then(|query| query.plain_value(name));
                if found.is_none() && self.query.is_some_and(|query| query.names_any(&[name])) {
                    self.unclear = true;
                    return None;
                }
                fits &= found == Some(&**value);
            }
            if fits {
                return Some(target.end);
            }
        }
        None
    }
}

/// A number in the one way to write it.
fn is_plain_number(segment: &str) -> bool {
    is_number(segment) && (segment.len() == 1 || !segment.starts_with('0'))
}
