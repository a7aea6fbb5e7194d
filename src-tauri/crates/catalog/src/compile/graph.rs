use std::collections::HashMap;

use valetkey_core::{
    likeness::nearest,
    path::Unusual,
    rules::{Binding, Graph, GraphField, GraphType, Kind, Permission, PermissionIndex, Risk, TypeIndex},
};

use super::{Names, bounded, context_value, template::Shape};
use crate::{
    Error, Problem,
    document::{FieldEntry, GraphEntry, Pairs, Requirement, TypeEntry},
    limits,
    problem::shown,
};

const QUERY: &str = "Query";
const MUTATION: &str = "Mutation";

pub(super) fn graph(entry: &GraphEntry, permissions: &[Permission], kinds: &[Kind]) -> Result<Graph, Error> {
    bounded("graphql.types", entry.types.len(), limits::TYPES)?;
    let mut names = Names::new("graphql.types");
    let mut by_name = HashMap::new();
    for (index, entry) in entry.types.iter().enumerate() {
        let place = format!("graphql.types[{index}].name");
        graph_name(&place, &entry.name)?;
        names.enter(&entry.name, index, &place)?;
        by_name.insert(entry.name.as_str(), index);
    }
    let reader = Reader { permissions, kinds, entries: &entry.types, by_name };
    let types = entry.types.iter().enumerate();
    let types = types.map(|(index, entry)| reader.of_type(index, entry)).collect::<Result<_, _>>()?;
    let root = |name| reader.by_name.get(name).copied();
    Ok(Graph { types, query: root(QUERY), mutation: root(MUTATION), introspection: entry.introspection })
}

/// `/[_A-Za-z][_0-9A-Za-z]*/`; two underscores at the beginning are the schema's own (GraphQL, October 2021, §2.1.9 and §4).
fn graph_name(place: &str, name: &str) -> Result<(), Error> {
    let sound = (1..=limits::NAME).contains(&name.len())
        && !name.starts_with("__")
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if sound { Ok(()) } else { Err(Error::refused(place, Problem::GraphName { name: shown(name) })) }
}

struct Reader<'d> {
    permissions: &'d [Permission],
    kinds: &'d [Kind],
    entries: &'d [TypeEntry],
    by_name: HashMap<&'d str, TypeIndex>,
}

impl Reader<'_> {
    fn of_type(&self, index: usize, entry: &TypeEntry) -> Result<GraphType, Error> {
        let place = format!("graphql.types[{index}]");
        let list = format!("{place}.fields");
        bounded(&list, entry.fields.len(), limits::FIELDS)?;
        let is_root = matches!(entry.name.as_str(), QUERY | MUTATION);
        let mut fields = HashMap::new();
        for (index, entry) in entry.fields.iter().enumerate() {
            let place = format!("{list}[{index}]");
            let field = self.field(&place, entry, is_root)?;
            bounded(&format!("{place}.names"), entry.names.len(), limits::FIELDS)?;
            for name in &entry.names {
                let place = format!("{place}.names");
                graph_name(&place, name)?;
                if fields.insert(name.as_str().into(), field.clone()).is_some() {
                    return Err(Error::refused(place, Problem::Duplicate { first: shown(name) }));
                }
            }
        }
        let is = entry.schema_name();
        graph_name(&format!("{place}.is"), is)?;
        let place = format!("{place}.may_be");
        bounded(&place, entry.may_be.len(), limits::FIELDS)?;
        let mut called = Names::new("graphql.types");
        called.enter(is, index, &place)?;
        let mut may_be = Vec::with_capacity(entry.may_be.len());
        for name in &entry.may_be {
            let at = self.place_of(&place, name)?;
            called.enter(self.entries[at].schema_name(), at, &place)?;
            may_be.push(at);
        }
        Ok(GraphType { name: entry.name.as_str().into(), is: is.into(), fields, may_be })
    }

    fn field(&self, place: &str, entry: &FieldEntry, is_root: bool) -> Result<GraphField, Error> {
        if !is_root && !entry.contexts.0.is_empty() {
            return Err(Error::refused(format!("{place}.contexts"), Problem::GraphContexts));
        }
        let (arguments, contexts) = self.contexts(&format!("{place}.contexts"), &entry.contexts)?;
        let leads_to = entry.leads_to.as_deref().map(|name| self.place_of(&format!("{place}.type"), name));
        Ok(GraphField {
            requires: self.requires(&format!("{place}.requires"), &entry.requires)?,
            leads_to: leads_to.transpose()?,
            arguments,
            contexts,
        })
    }

    fn place_of(&self, place: &str, name: &str) -> Result<TypeIndex, Error> {
        self.by_name.get(name).copied().ok_or_else(|| {
            let nearest = nearest(name, self.by_name.keys().copied());
            Error::refused(place, Problem::UnknownType { name: shown(name), nearest })
        })
    }

    fn requires(&self, place: &str, requirement: &Requirement) -> Result<Vec<PermissionIndex>, Error> {
        let all_of = match requirement {
            Requirement::Nothing => return Ok(Vec::new()),
            Requirement::AnyOf(alternatives) => match alternatives.as_slice() {
                [all_of] if !all_of.is_empty() => all_of,
                _ => return Err(Error::refused(place, Problem::GraphRequires)),
            },
        };
        bounded(place, all_of.len(), limits::REQUIREMENTS)?;
        let known = || self.permissions.iter().map(|permission| permission.name.as_str());
        let index = |name: &String| match known().position(|known| known == name) {
            None => {
                let nearest = nearest(name, known());
                Err(Error::refused(place, Problem::UnknownPermission { name: shown(name), nearest }))
            }
            Some(at) if self.permissions[at].risk == Risk::MintsCredentials => {
                Err(Error::refused(place, Problem::BodyMints))
            }
            Some(at) => Ok(PermissionIndex(at)),
        };
        all_of.iter().map(index).collect()
    }

    /// Arguments stand in a context's value as a path's parameters do; those that do are found, in the order in which they stand there.
    fn contexts(&self, place: &str, pairs: &Pairs) -> Result<(Vec<Box<str>>, Vec<Binding>), Error> {
        bounded(place, pairs.0.len(), limits::CONTEXTS)?;
        let mut arguments: Vec<&str> = Vec::new();
        for (_, value) in &pairs.0 {
            for piece in value.split('{').skip(1) {
                let name = piece.split('}').next().unwrap_or_default();
                graph_name(place, name)?;
                if !arguments.contains(&name) {
                    arguments.push(name);
                }
            }
        }
        let segments: Vec<String> = arguments.iter().map(|name| format!("{{{name}}}")).collect();
        let path = format!("/{}", segments.join("/"));
        let refused = |problem| Error::refused(place, problem);
        let shape = Shape::parse(&path, Unusual::default()).map_err(refused)?;
        let bind = |(name, value): &(String, String)| {
            let kind = self.kinds.iter().position(|kind| *kind.name == **name).ok_or_else(|| {
                let nearest = nearest(name, self.kinds.iter().map(|kind| &*kind.name));
                Error::refused(place, Problem::UnknownContext { name: shown(name), nearest })
            })?;
            context_value::binding(kind, value, self.kinds, &shape, Unusual::default()).map_err(refused)
        };
        let contexts = pairs.0.iter().map(bind).collect::<Result<_, _>>()?;
        Ok((arguments.into_iter().map(Into::into).collect(), contexts))
    }
}
