use std::collections::{HashMap, HashSet};

use valetkey_core::{
    http::Method,
    likeness::nearest,
    path::Query,
    rules::{
        Binding, BodyRule, Endpoint, EndpointIndex, Kind, MemberRule, Operation, Permission, PermissionIndex,
        Risk, Router, RouterBuilder, Segment, Switches,
    },
};

use super::{
    bounded,
    by_number::{self, ByNumber},
    context_value, risk,
    template::Shape,
};
use crate::{
    Error, Problem,
    document::{Document, OperationEntry, Pairs, Requirement},
    limits,
    problem::shown,
};

/// What operations refer to.
#[derive(Clone, Copy)]
pub(super) struct Known<'d> {
    pub(super) permissions: &'d [Permission],
    pub(super) kinds: &'d [Kind],
    pub(super) switches: &'d Switches,
    /// But for the main one.
    pub(super) endpoints: &'d [Endpoint],
}

pub(super) fn operations(document: &Document, known: Known<'_>) -> Result<(Vec<Operation>, Router), Error> {
    let entries = &document.operations;
    bounded("operations", entries.len(), limits::OPERATIONS)?;
    bounded("closed", document.closed.len(), limits::OPERATIONS)?;
    let by_name = known
        .permissions
        .iter()
        .enumerate()
        .map(|(index, permission)| (permission.name.as_str(), PermissionIndex(index)))
        .collect();
    let has_graph = document.graphql.is_some();
    let reader = Reader { known, by_name, has_graph };
    let numbered = by_number::pairs(&document.by_number, known.kinds, |place, pairs, shape| {
        reader.contexts(place, pairs, shape)
    })?;
    let mut paths = Paths::default();
    let mut operations = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let (mut operation, shape) = reader.operation(&format!("operations[{index}]"), entry)?;
        let by_number = numbered.iter().find_map(|pair| pair.of(&operation, &shape));
        let first_here = paths.add(index, &operation, &shape, &mut operations)?;
        if let Some((place, contexts)) = by_number {
            if first_here {
                paths.add_by_number(index, &operation, &place)?;
            }
            operation.by_number = Some(contexts);
        }
        operations.push(operation);
    }
    for (index, entry) in document.closed.iter().enumerate() {
        let place = format!("closed[{index}]");
        let (method, shape) = reader.place(&place, &entry.method, &entry.path)?;
        paths.close(&place, method, &shape)?;
    }
    Ok((operations, paths.router.finish()))
}

struct Reader<'d> {
    known: Known<'d>,
    by_name: HashMap<&'d str, PermissionIndex>,
    has_graph: bool,
}

type Condition = (Box<str>, Box<str>);
type Place = (Method, String, Vec<Condition>);

impl Reader<'_> {
    fn operation(&self, place: &str, entry: &OperationEntry) -> Result<(Operation, Shape), Error> {
        let (method, shape) = self.place(place, &entry.method, &entry.path)?;
        let query = self.conditions(&format!("{place}.query"), &entry.query)?;
        let contexts = self.contexts(&format!("{place}.contexts"), &entry.contexts, &shape)?;
        let requires = self.requires(&format!("{place}.requires"), &entry.requires, &contexts)?;
        let risk = risk(entry.risk).max(self.least_risk(&requires));
        if risk == Risk::MintsCredentials && entry.requires == Requirement::Nothing {
            return Err(Error::refused(format!("{place}.requires"), Problem::MintsForNothing));
        }
        let body = self.body(place, method, entry, &query, risk)?;
        let operation = Operation {
            method,
            template: entry.path.as_str().into(),
            label: match &body {
                BodyRule::Member(rule) => format!("{} {}={}", rule.place, rule.name, rule.value).into(),
                BodyRule::Silent | BodyRule::Graph => Operation::label_of(method, &entry.path, &query),
            },
            query,
            requires,
            contexts,
            by_number: None,
            endpoint: self.endpoint(place, entry.endpoint.as_deref())?,
            body,
            risk,
        };
        Ok((operation, shape))
    }

    fn endpoint(&self, place: &str, name: Option<&str>) -> Result<EndpointIndex, Error> {
        let Some(name) = name else { return Ok(EndpointIndex::MAIN) };
        let endpoints = self.known.endpoints;
        let known = endpoints.iter().position(|endpoint| *endpoint.name == *name);
        known.map(|known| EndpointIndex(known + 1)).ok_or_else(|| {
            let nearest = nearest(name, endpoints.iter().map(|endpoint| &*endpoint.name));
            let problem = Problem::UnknownEndpoint { name: shown(name), nearest };
            Error::refused(format!("{place}.endpoint"), problem)
        })
    }

    fn place(&self, place: &str, method: &str, path: &str) -> Result<(Method, Shape), Error> {
        let found = Method::parse(method.as_bytes()).ok_or_else(|| {
            Error::refused(format!("{place}.method"), Problem::Method { name: shown(method) })
        })?;
        let shape = Shape::parse(path, self.known.switches.path)
            .map_err(|problem| Error::refused(format!("{place}.path"), problem))?;
        Ok((found, shape))
    }

    fn body(
        &self,
        place: &str,
        method: Method,
        entry: &OperationEntry,
        query: &[Condition],
        risk: Risk,
    ) -> Result<BodyRule, Error> {
        let refused = |field, problem| Err(Error::refused(format!("{place}.{field}"), problem));
        let rule = match (entry.body.0.as_slice(), entry.graphql) {
            ([], false) => return Ok(BodyRule::Silent),
            ([], true) if !self.has_graph => return refused("graphql", Problem::NoGraph),
            ([], true) => BodyRule::Graph,
            ([(name, value)], false)
                if [name, value].iter().all(|text| (1..=limits::NAME).contains(&text.len())) =>
            {
                BodyRule::Member(MemberRule {
                    name: name.as_str().into(),
                    value: value.as_str().into(),
                    place: Operation::label_of(method, &entry.path, query),
                    next: None,
                })
            }
            _ => return refused("body", Problem::Body),
        };
        if method.body_is_unusual() {
            return refused("method", Problem::Body);
        }
        if risk == Risk::MintsCredentials {
            return refused("risk", Problem::BodyMints);
        }
        Ok(rule)
    }

    /// Sorted, so that the same conditions in another order are the same.
    fn conditions(&self, place: &str, pairs: &Pairs) -> Result<Vec<Condition>, Error> {
        bounded(place, pairs.0.len(), limits::CONDITIONS)?;
        let mut conditions: Vec<Condition> = Vec::with_capacity(pairs.0.len());
        for (name, value) in &pairs.0 {
            let text = format!("{name}={value}");
            let plain = !name.is_empty()
                && name.len() <= limits::NAME
                && value.len() <= limits::NAME
                && Query::parse(&text).is_ok_and(|query| {
                    query.plain_value(name) == Some(value)
                        && !query.names_any(&self.known.switches.refused_parameters)
                });
            // Names are told apart in no letter case by servers that are read so here too.
            let doubled = conditions.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
            if !plain || doubled {
                return Err(Error::refused(place, Problem::Query { text: shown(&text) }));
            }
            conditions.push((name.as_str().into(), value.as_str().into()));
        }
        conditions.sort();
        Ok(conditions)
    }

    fn contexts(&self, place: &str, pairs: &Pairs, shape: &Shape) -> Result<Vec<Binding>, Error> {
        bounded(place, pairs.0.len(), limits::CONTEXTS)?;
        let bind = |(name, value): &(String, String)| {
            let kind = self.known.kinds.iter().position(|kind| *kind.name == **name).ok_or_else(|| {
                let nearest = nearest(name, self.known.kinds.iter().map(|kind| &*kind.name));
                Error::refused(place, Problem::UnknownContext { name: shown(name), nearest })
            })?;
            context_value::binding(kind, value, self.known.kinds, shape, self.known.switches.path)
                .map_err(|problem| Error::refused(format!("{place}.{name}"), problem))
        };
        pairs.0.iter().map(bind).collect()
    }

    fn requires(
        &self,
        place: &str,
        requirement: &Requirement,
        contexts: &[Binding],
    ) -> Result<Vec<Vec<PermissionIndex>>, Error> {
        let alternatives = match requirement {
            Requirement::Nothing => return Ok(vec![Vec::new()]),
            Requirement::AnyOf(alternatives) => alternatives,
        };
        bounded(place, alternatives.len(), limits::REQUIREMENTS)?;
        if alternatives.is_empty() || alternatives.iter().any(Vec::is_empty) {
            return Err(Error::refused(place, Problem::NothingRequired));
        }
        let all_of = |names: &Vec<String>| {
            bounded(place, names.len(), limits::REQUIREMENTS)?;
            let mut all = names
                .iter()
                .map(|name| self.required(place, name, contexts))
                .collect::<Result<Vec<_>, Error>>()?;
            all.sort();
            all.dedup();
            Ok(all)
        };
        alternatives.iter().map(all_of).collect()
    }

    fn required(&self, place: &str, name: &str, contexts: &[Binding]) -> Result<PermissionIndex, Error> {
        let Some(&index) = self.by_name.get(name) else {
            let nearest =
                nearest(name, self.known.permissions.iter().map(|permission| permission.name.as_str()));
            return Err(Error::refused(place, Problem::UnknownPermission { name: shown(name), nearest }));
        };
        let permission = &self.known.permissions[index.0];
        if permission.global || contexts.iter().any(|binding| permission.kinds.contains(&binding.kind)) {
            Ok(index)
        } else {
            Err(Error::refused(place, Problem::NeverGranted { name: shown(name) }))
        }
    }

    /// An operation mints credentials wherever there is no way to it but through a permission that does.
    fn least_risk(&self, requires: &[Vec<PermissionIndex>]) -> Risk {
        let mints = |index: &PermissionIndex| self.known.permissions[index.0].risk == Risk::MintsCredentials;
        if requires.iter().all(|all_of| all_of.iter().any(mints)) {
            Risk::MintsCredentials
        } else {
            Risk::Plain
        }
    }
}

/// The router in the making, and what is needed to refuse what it could not find at once.
#[derive(Default)]
struct Paths {
    router: RouterBuilder,
    known: HashMap<Place, Box<str>>,
    /// Operations that their bodies tell apart.
    told_apart: HashMap<Place, Vec<usize>>,
    variants: HashMap<(Method, String), usize>,
    affixed: HashSet<String>,
    siblings: HashMap<String, usize>,
}

impl Paths {
    /// Puts in what comes behind `before`; false where its place has an operation already, from which it is told apart by the body.
    fn add(
        &mut self,
        index: usize,
        operation: &Operation,
        shape: &Shape,
        before: &mut [Operation],
    ) -> Result<bool, Error> {
        let place = format!("operations[{index}]");
        if let BodyRule::Member(rule) = &operation.body {
            let here = (operation.method, shape.key.clone(), operation.query.clone());
            let same_place = self.told_apart.entry(here).or_default();
            bounded(&place, same_place.len(), limits::SIBLINGS)?;
            let first = same_place.is_empty();
            if !first {
                chain(same_place, index, rule, operation, before)
                    .map_err(|problem| Error::refused(format!("{place}.body"), problem))?;
            }
            same_place.push(index);
            if !first {
                // The router leads to the first, which leads to the next.
                return Ok(false);
            }
        }
        self.enter(&place, operation.method, shape, &operation.query)?;
        self.router
            .add(index, operation.endpoint, operation.method, &shape.segments, &operation.query)
            .map_err(|error| Error::refused(place, error.into()))?;
        Ok(true)
    }

    /// Puts in where an operation is besides.
    fn add_by_number(&mut self, index: usize, operation: &Operation, place: &ByNumber) -> Result<(), Error> {
        let named = format!("operations[{index}]");
        let Operation { endpoint, method, query, .. } = operation;
        self.enter(&named, *method, &place.shape, query)?;
        self.router
            .add_by_number(index, *endpoint, *method, (&place.shape.segments, place.numbers), query)
            .map_err(|error| Error::refused(named, error.into()))
    }

    fn close(&mut self, place: &str, method: Method, shape: &Shape) -> Result<(), Error> {
        self.enter(place, method, shape, &[])?;
        self.router.close(method, &shape.segments).map_err(|error| Error::refused(place, error.into()))
    }

    fn enter(
        &mut self,
        place: &str,
        method: Method,
        shape: &Shape,
        query: &[Condition],
    ) -> Result<(), Error> {
        let key = &shape.key;
        if let Some(first) = self.known.insert((method, key.clone(), query.to_vec()), place.into()) {
            return Err(Error::refused(place, Problem::Duplicate { first }));
        }
        let variants = self.variants.entry((method, key.clone())).or_default();
        *variants += 1;
        if *variants > limits::SIBLINGS || self.crowds(shape) {
            return Err(Error::refused(place, Problem::TooMany { limit: limits::SIBLINGS }));
        }
        Ok(())
    }

    /// Whether some place of the path has too many forms like `{file}.tgz` now.
    fn crowds(&mut self, shape: &Shape) -> bool {
        let mut end = 0;
        for segment in &shape.segments {
            let start = end;
            end = shape.key[start + 1..].find('/').map_or(shape.key.len(), |length| start + 1 + length);
            let Segment::Parameter { prefix, suffix } = segment else { continue };
            if prefix.is_empty() && suffix.is_empty() || !self.affixed.insert(shape.key[..end].to_owned()) {
                continue;
            }
            let siblings = self.siblings.entry(shape.key[..start].to_owned()).or_default();
            *siblings += 1;
            if *siblings > limits::SIBLINGS {
                return true;
            }
        }
        false
    }
}

/// Has the last of the operations on a place lead to the next one.
fn chain(
    same_place: &[usize],
    index: usize,
    rule: &MemberRule,
    operation: &Operation,
    before: &mut [Operation],
) -> Result<(), Problem> {
    let differs = |at: &usize| match &before[*at].body {
        BodyRule::Member(known) => {
            known.name == rule.name && known.value != rule.value && before[*at].contexts == operation.contexts
        }
        BodyRule::Silent | BodyRule::Graph => false,
    };
    if !same_place.iter().all(differs) {
        return Err(Problem::Body);
    }
    if let Some(BodyRule::Member(last)) = same_place.last().map(|at| &mut before[*at].body) {
        last.next = Some(index);
    }
    Ok(())
}
