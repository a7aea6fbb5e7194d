use super::{EndpointSet, Operation, Rules, router::Unknown};
use crate::{
    http::Method,
    path::{Path, Query},
};

/// So many templates are named that are like a path.
const NEAREST: usize = 3;
/// What is less like it than this helps nobody.
const LIKE: f64 = 0.5;

/// Why a definition knows no operation for a request.
#[derive(Clone, Debug)]
pub enum Absence<'r> {
    /// It is kept unknown, although a wider path would fit.
    Closed,
    /// The query has a parameter that tells operations apart, in a spelling that services read in different ways.
    QueryUnclear,
    /// It would be one of these with another query.
    Query(Vec<&'r Operation>),
    /// It would be one of these with another method.
    Method(Vec<&'r Operation>),
    /// Nothing fits the path; these are the most like it.
    Path(Vec<&'r Operation>),
}

impl Rules {
    /// Why a request that the router does not find is unknown.
    pub fn absence(
        &self,
        endpoints: EndpointSet,
        method: Method,
        path: Path<'_>,
        query: Option<Query<'_>>,
    ) -> Absence<'_> {
        match self.router.find_exact(endpoints, method, path, query) {
            Err(Unknown::Closed) => return Absence::Closed,
            Err(Unknown::Unclear) => return Absence::QueryUnclear,
            Ok(_) => {}
        }
        let with_queries = |method: Method| self.with_any_query(endpoints, method, path);
        let same_method = with_queries(method);
        if !same_method.is_empty() {
            return Absence::Query(same_method);
        }
        let others = Method::ALL.into_iter().filter(|other| *other != method);
        let other_methods: Vec<_> = others
            .flat_map(|other| {
                let found = self.router.find_exact(endpoints, other, path, query);
                let plain = found.ok().flatten().map(|found| &self.operations[found.operation]);
                plain.map_or_else(|| with_queries(other), |operation| vec![operation])
            })
            .collect();
        if other_methods.is_empty() {
            Absence::Path(self.nearest(endpoints, method, path))
        } else {
            Absence::Method(other_methods)
        }
    }

    /// The operations that `method` on `path` is with the query that they ask for.
    fn with_any_query(&self, endpoints: EndpointSet, method: Method, path: Path<'_>) -> Vec<&Operation> {
        let asks = self.operations.iter().enumerate();
        asks.filter(|(place, operation)| {
            let pairs: Vec<String> =
                operation.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let query = pairs.join("&");
            !pairs.is_empty()
                && operation.method == method
                && Query::parse(&query)
                    .ok()
                    .and_then(|query| self.router.find_exact(endpoints, method, path, Some(query)).ok()?)
                    .is_some_and(|found| found.operation == *place)
        })
        .map(|(_, operation)| operation)
        .collect()
    }

    fn nearest(&self, endpoints: EndpointSet, method: Method, path: Path<'_>) -> Vec<&Operation> {
        let segments: Vec<&str> = path.segments().collect();
        let mut like: Vec<(f64, &Operation)> = self
            .operations
            .iter()
            .filter(|operation| endpoints.contains(operation.endpoint))
            .map(|operation| {
                let same_method = if operation.method == method { 1.0 } else { 0.9 };
                (same_method * likeness(&operation.template, &segments), operation)
            })
            .filter(|(likeness, _)| *likeness >= LIKE)
            .collect();
        like.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        like.into_iter().take(NEAREST).map(|(_, operation)| operation).collect()
    }
}

/// Between 0 and 1, judged segment by segment from either end: what was forgotten is mostly at one of them.
fn likeness(template: &str, segments: &[&str]) -> f64 {
    let template: Vec<&str> = template[1..].split('/').collect();
    let pairs = template.iter().zip(segments).map(|(a, b)| segment_likeness(a, b)).sum::<f64>();
    let from_end = template.iter().rev().zip(segments.iter().rev());
    let pairs_from_end = from_end.map(|(a, b)| segment_likeness(a, b)).sum::<f64>();
    let longest = template.len().max(segments.len());
    pairs.max(pairs_from_end) / f64::from(u32::try_from(longest).unwrap_or(u32::MAX))
}

fn segment_likeness(template: &str, segment: &str) -> f64 {
    if template.contains('{') {
        return 0.7;
    }
    let likeness = strsim::jaro_winkler(template, segment);
    if likeness > 0.75 { likeness } else { 0.0 }
}
