use std::sync::Arc;

use super::chosen_by;
use crate::{
    body::{GraphDocument, GraphKind, Selection},
    grant::Grant,
    policy::{Manner, ServicePolicy, TokenPolicy},
    rules::{BoundContext, Graph, GraphField, PermissionIndex, Rules, TypeIndex},
};

/// Most unknown fields that a refusal names.
const MOST_NAMED: usize = 16;

/// What a GraphQL document asks for, told apart into what it needs and what nobody knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// All of these; each once.
    pub(super) demands: Vec<Demand>,
    /// Contexts that arguments named, each once.
    pub(super) contexts: Vec<BoundContext>,
    /// `query repository, viewer`
    pub(super) label: String,
    /// `Repository.collaborators`
    pub(super) unknown: Vec<Box<str>>,
}

/// A permission and where it would do, besides globally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) permission: PermissionIndex,
    pub(super) contexts: Arc<[BoundContext]>,
}

impl Asked {
    /// The token's grants that give what is asked for.
    pub(super) fn because(&self, token: &TokenPolicy, service: &ServicePolicy) -> Vec<Grant> {
        let gives = |grant: &&Grant| self.demands.iter().any(|demand| demand.is_named_by(grant, service));
        token.grants_of(&service.name).filter(gives).cloned().collect()
    }
}

impl Demand {
    /// Whether the owner chose it by this grant, whatever is left of that.
    pub(super) fn is_named_by(&self, grant: &Grant, service: &ServicePolicy) -> bool {
        chosen_by(grant, self.permission, Manner::Anyhow, &self.contexts, service)
    }
}

pub(super) fn asked(rules: &Rules, graph: &Graph, document: &GraphDocument) -> Asked {
    let mut walk = Walk { rules, graph, asked: Asked::default(), roots: Vec::new() };
    let root = match document.kind {
        GraphKind::Query => graph.query,
        GraphKind::Mutation => graph.mutation,
        GraphKind::Subscription => None,
    };
    match root {
        Some(root) => walk.selections(root, &document.selections, None),
        None => walk.unknown(document.kind.as_str(), first_field(&document.selections)),
    }
    let Walk { mut asked, roots, .. } = walk;
    asked.label.push_str(document.kind.as_str());
    if !roots.is_empty() {
        asked.label.push(' ');
        asked.label.push_str(&roots.join(", "));
    }
    asked
}

/// Some field's name, for an operation of which none is known.
fn first_field(selections: &[Selection]) -> &str {
    match selections.first() {
        None => "",
        Some(Selection::Field { name, .. }) => name,
        Some(Selection::Fragment { selections, .. }) => first_field(selections),
    }
}

type Contexts = Arc<[BoundContext]>;
type Field<'d> = (&'d str, &'d [(Box<str>, Box<str>)], &'d [Selection]);

struct Walk<'r> {
    rules: &'r Rules,
    graph: &'r Graph,
    asked: Asked,
    /// Known fields at the root, each once.
    roots: Vec<&'r str>,
}

impl<'r> Walk<'r> {
    /// `contexts` are those of the field at the root that leads here; `None` at the root itself.
    fn selections(&mut self, of: TypeIndex, selections: &[Selection], contexts: Option<&Contexts>) {
        for selection in selections {
            match selection {
                Selection::Field { name, arguments, selections } => {
                    self.field(of, (name, arguments, selections), contexts);
                }
                Selection::Fragment { on, selections } => {
                    let types = &self.graph.types;
                    let this = &types[of];
                    let on = on.as_deref().unwrap_or(&this.is);
                    let meant = std::iter::once(&of).chain(&this.may_be).find(|at| *types[**at].is == *on);
                    match meant {
                        Some(meant) => self.selections(*meant, selections, contexts),
                        None => self.unknown(&format!("{} as {on}", this.name), first_field(selections)),
                    }
                }
            }
        }
    }

    fn field(
        &mut self,
        of: TypeIndex,
        (name, arguments, selections): Field<'_>,
        contexts: Option<&Contexts>,
    ) {
        let graph = self.graph;
        let this = &graph.types[of];
        let of_schema = contexts.is_none() && graph.introspection && matches!(name, "__schema" | "__type");
        if of_schema || name == "__typename" {
            return;
        }
        let Some((name, field)) = this.fields.get_key_value(name) else {
            self.unknown(&this.name, name);
            return;
        };
        let contexts = match contexts {
            Some(contexts) => Arc::clone(contexts),
            None => self.root(name, field, arguments),
        };
        for permission in &field.requires {
            let demand = Demand { permission: *permission, contexts: Arc::clone(&contexts) };
            if !self.asked.demands.contains(&demand) {
                self.asked.demands.push(demand);
            }
        }
        match field.leads_to {
            Some(next) => self.selections(next, selections, Some(&contexts)),
            None if selections.is_empty() => {}
            None => self.unknown(&format!("{}.{name}", this.name), first_field(selections)),
        }
    }

    /// The contexts that a field at the root names.
    fn root(&mut self, name: &'r str, field: &GraphField, arguments: &[(Box<str>, Box<str>)]) -> Contexts {
        if !self.roots.contains(&name) {
            self.roots.push(name);
        }
        let argument = |place: usize| {
            let wanted = &field.arguments[place];
            arguments.iter().find(|(name, _)| name == wanted).map(|(_, value)| &**value)
        };
        let contexts: Contexts = field
            .contexts
            .iter()
            .filter_map(|binding| self.rules.bind_arguments(binding, argument))
            .collect();
        for context in &*contexts {
            if !self.asked.contexts.contains(context) {
                self.asked.contexts.push(context.clone());
            }
        }
        contexts
    }

    fn unknown(&mut self, of: &str, field: &str) {
        let name: Box<str> = format!("{of}.{field}").into();
        if self.asked.unknown.len() < MOST_NAMED && !self.asked.unknown.contains(&name) {
            self.asked.unknown.push(name);
        }
    }
}
