//! What a use of GraphQL may have needed. Its record names the fields at the root and one context; what was asked for below, and where else,
//! is not kept, so that nothing narrower than the grants that it may have rested on can be suggested.

use crate::{
    decision,
    grant::Grant,
    policy::{Manner, ServicePolicy, TokenPolicy},
    rules::{BodyRule, Graph, GraphField, Operation, PermissionSet, Rules, TypeIndex},
};

/// The operation of GraphQL that a label begins with, and what it says besides: `query repository, viewer`, or nothing where the body was
/// not read.
pub(super) fn of_label<'r, 'l>(rules: &'r Rules, label: &'l str) -> Option<(&'r Operation, &'l str)> {
    let graphs = rules.operations.iter().filter(|operation| operation.body == BodyRule::Graph);
    let mut fitting = graphs.filter_map(|operation| {
        let rest = label.strip_prefix(&*operation.label)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (operation, rest.trim_start()))
    });
    fitting.next()
}

/// Grants of the token that give a permission which something below these roots needs.
pub(super) fn may_have_meant(token: &TokenPolicy, service: &ServicePolicy, asked: &str) -> Vec<Grant> {
    let Some(graph) = &service.rules.graph else { return Vec::new() };
    let permissions = below(graph, asked);
    let gives = |grant: &&Grant| {
        permissions.iter().any(|needed| decision::gives(grant, needed, Manner::Anyhow, &service.rules))
    };
    token.grants_of(&service.name).filter(gives).cloned().collect()
}

/// What fields below the roots need, themselves included; of all roots where they are not told.
fn below(graph: &Graph, asked: &str) -> PermissionSet {
    let (kind, roots) = asked.split_once(' ').unwrap_or((asked, ""));
    let roots: Vec<&str> = roots.split(", ").filter(|root| !root.is_empty()).collect();
    let of_kind = |name: &str| kind.is_empty() || kind == name;
    let queries = graph.query.filter(|_| of_kind("query"));
    let mutations = graph.mutation.filter(|_| of_kind("mutation"));
    let begins = queries.into_iter().chain(mutations).flat_map(|root| &graph.types[root].fields);
    let meant = begins.filter(|(name, _)| roots.is_empty() || roots.contains(&&***name));
    let mut walk =
        Walk { graph, seen: vec![false; graph.types.len()], permissions: PermissionSet::default() };
    meant.for_each(|(_, field)| walk.field(field));
    walk.permissions
}

struct Walk<'g> {
    graph: &'g Graph,
    seen: Vec<bool>,
    permissions: PermissionSet,
}

impl Walk<'_> {
    fn field(&mut self, field: &GraphField) {
        field.requires.iter().for_each(|needed| self.permissions.insert(*needed));
        let mut next: Vec<TypeIndex> = field.leads_to.into_iter().collect();
        while let Some(at) = next.pop() {
            if std::mem::replace(&mut self.seen[at], true) {
                continue;
            }
            let of = &self.graph.types[at];
            next.extend(&of.may_be);
            for field in of.fields.values() {
                field.requires.iter().for_each(|needed| self.permissions.insert(*needed));
                next.extend(field.leads_to);
            }
        }
    }
}
