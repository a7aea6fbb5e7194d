use std::iter;

use super::{
    Permit, Refusal, Shortfall, UnknownFields,
    graph::{Asked, Demand, asked},
    judge_operation,
    names::{Wanted, wanted_for},
};
use crate::{
    body::Contents,
    grant::{Context, Grant, Granted},
    policy::{CompiledAccess, Held, held_manner},
    rules::{BodyRule, MemberRule, Operation, Risk},
};

/// What can be said of a request whose head has been judged.
#[derive(Clone, Debug)]
pub enum Verdict<'s> {
    /// It may be forwarded.
    Permit(Permit<'s>),
    /// It depends on the body.
    Pending(Pending<'s>),
}

/// A request of which the head is in order and the body says what is asked.
#[derive(Clone, Debug)]
pub struct Pending<'s> {
    /// Held back until the body has been judged.
    pub(super) permit: Permit<'s>,
    /// The first on its place.
    pub(super) operation: &'s Operation,
    /// How many of the contexts the path named itself.
    pub(super) called: usize,
}

/// What of a body a decision needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'s> {
    /// The text of the member called so, of a JSON object.
    Member(&'s str),
    /// The GraphQL document.
    Graph,
}

/// What one text that tells operations apart would lead to.
#[derive(Clone, Debug)]
pub struct Outcome<'s> {
    /// Label of the operation that it means.
    pub label: &'s str,
    /// What would be decided.
    pub judged: Result<Permit<'s>, Refusal>,
    /// Whether what the service tells of the things in the path could turn a refusal into a permit.
    pub may_be_named: bool,
}

impl<'s> Pending<'s> {
    /// What to read.
    pub fn need(&self) -> Need<'s> {
        match &self.operation.body {
            BodyRule::Member(rule) => Need::Member(&rule.name),
            BodyRule::Graph | BodyRule::Silent => Need::Graph,
        }
    }

    /// Names the operation as far as the head tells it.
    pub fn label(&self) -> &'s str {
        match &self.operation.body {
            BodyRule::Member(rule) => &rule.place,
            BodyRule::Graph | BodyRule::Silent => &self.operation.label,
        }
    }

    /// The context that the path names.
    pub fn context(&self) -> Option<Context> {
        self.permit.context()
    }

    /// Decides by what the body says.
    pub fn decide(&self, contents: &Contents) -> Result<Permit<'s>, Refusal> {
        match (&self.operation.body, contents) {
            (BodyRule::Member(_), Contents::Member { .. }) => {
                self.judge(self.meant_by(contents).ok_or(Refusal::OperationUnknown)?)
            }
            (BodyRule::Graph, Contents::Graph(document)) => {
                let rules = &self.permit.service.rules;
                let graph = rules.graph.as_ref().ok_or(Refusal::OperationUnknown)?;
                let asked = asked(rules, graph, document);
                self.judge_fields(&asked)?;
                Ok(self.permit(self.operation, Some(Box::new(asked))))
            }
            // Read for another definition, or without what tells operations apart.
            (BodyRule::Member(_) | BodyRule::Graph | BodyRule::Silent, _) => Err(Refusal::OperationUnknown),
        }
    }

    /// The things whose names could turn its refusal into a permit; none for GraphQL, whose arguments name things one way only.
    pub fn wanted(&self, contents: &Contents) -> Vec<Wanted> {
        self.meant_by(contents).map_or_else(Vec::new, |operation| self.wanted_for(operation))
    }

    /// What each text that tells operations apart would lead to; nothing for GraphQL, where any number of things can be asked.
    pub fn outcomes(&self) -> Vec<Outcome<'s>> {
        let outcome = |operation: &'s Operation| {
            let judged = self.judge(operation);
            let may_be_named = judged.is_err() && !self.wanted_for(operation).is_empty();
            Outcome { label: &operation.label, judged, may_be_named }
        };
        self.on_the_place().map(|(_, operation)| outcome(operation)).collect()
    }

    fn judge(&self, operation: &'s Operation) -> Result<Permit<'s>, Refusal> {
        let Permit { token, service, contexts, .. } = &self.permit;
        judge_operation(token, service, operation, contexts, self.called)?;
        Ok(self.permit(operation, None))
    }

    fn wanted_for(&self, operation: &Operation) -> Vec<Wanted> {
        wanted_for(self.permit.token, self.permit.service, operation, &self.permit.contexts)
    }

    fn permit(&self, operation: &'s Operation, asked: Option<Box<Asked>>) -> Permit<'s> {
        let contexts = asked.as_ref().map_or(&self.permit.contexts, |asked| &asked.contexts).clone();
        Permit { operation: Some(operation), contexts, asked, ..self.permit.clone() }
    }

    /// The operation whose member has the text that the body has.
    fn meant_by(&self, contents: &Contents) -> Option<&'s Operation> {
        let Contents::Member { name, value: Some(value) } = contents else { return None };
        self.on_the_place()
            .find(|(rule, _)| rule.name == *name && rule.value == *value)
            .map(|(_, operation)| operation)
    }

    /// The operations that a member tells apart.
    fn on_the_place(&self) -> impl Iterator<Item = (&'s MemberRule, &'s Operation)> {
        let operations = &self.permit.service.rules.operations;
        let with_rule = |operation: &'s Operation| match &operation.body {
            BodyRule::Member(rule) => Some((rule, operation)),
            BodyRule::Graph | BodyRule::Silent => None,
        };
        iter::successors(with_rule(self.operation), move |(rule, _)| {
            rule.next.and_then(|next| with_rule(&operations[next]))
        })
    }

    /// Everything asked for must be known and held; all that is missing is told at once.
    fn judge_fields(&self, asked: &Asked) -> Result<(), Refusal> {
        let operation = || format!("{} {}", self.operation.label, asked.label).into();
        if !asked.unknown.is_empty() {
            let fields = asked.unknown.clone();
            return Err(Refusal::FieldsUnknown(Box::new(UnknownFields { operation: operation(), fields })));
        }
        let nothing = Held::default();
        let held = match &self.permit.token.access {
            CompiledAccess::Full => &nothing,
            CompiledAccess::Limited(services) => services.get(&self.permit.service.name).unwrap_or(&nothing),
        };
        let manner = held_manner(Risk::Plain);
        let lacks = |demand: &&Demand| !held.has(demand.permission, &demand.contexts, manner);
        let missing: Vec<&Demand> = asked.demands.iter().filter(lacks).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let held = self.permit.token.grants_of(&self.permit.service.name);
        let named =
            |demand: &&Demand| held.clone().any(|grant| demand.is_named_by(grant, self.permit.service));
        let missing_grants = self.grants(missing.iter().copied());
        let owner_lacks = if missing.iter().all(named) { vec![missing_grants.clone()] } else { Vec::new() };
        Err(Refusal::InsufficientScope(Box::new(Shortfall {
            operation: operation(),
            context: asked.contexts.first().map(|bound| self.permit.service.rules.context_of(bound)),
            needed: vec![self.grants(asked.demands.iter())],
            missing: vec![missing_grants],
            owner_lacks,
            held: held.cloned().collect(),
            grantable: Some(self.permit.token.token.id),
        })))
    }

    fn grants<'d>(&self, demands: impl Iterator<Item = &'d Demand>) -> Vec<Grant> {
        let rules = &self.permit.service.rules;
        let grant = |demand: &Demand| {
            // The narrowest grant that would do.
            let mut named = demand.contexts.iter().map(|bound| rules.context_of(bound));
            Grant {
                service: self.permit.service.name.clone(),
                context: named
                    .find(|context| rules.assignable(demand.permission, context))
                    .unwrap_or(Context::Global),
                permission: Granted::One(rules.permissions[demand.permission.0].name.clone()),
            }
        };
        demands.map(grant).collect()
    }
}
