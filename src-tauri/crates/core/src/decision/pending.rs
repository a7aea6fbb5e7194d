use super::{
    Permit, Refusal, Shortfall, UnknownFields,
    graph::{Asked, Demand, asked},
    judge_operation,
};
use crate::{
    body::Contents,
    grant::{Context, Grant, Granted},
    policy::{CompiledAccess, Held, held_manner},
    rules::{BodyRule, Operation, Risk},
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

    /// Decides by what the body says.
    pub fn decide(self, contents: &Contents) -> Result<Permit<'s>, Refusal> {
        match (&self.operation.body, contents) {
            (BodyRule::Member(rule), Contents::Member { name, value: Some(value) }) if *name == rule.name => {
                let operation = self.meant_by(value).ok_or(Refusal::OperationUnknown)?;
                judge_operation(
                    self.permit.token,
                    self.permit.service,
                    operation,
                    &self.permit.contexts,
                    self.called,
                )?;
                Ok(self.permit(operation, None))
            }
            (BodyRule::Graph, Contents::Graph(document)) => {
                let rules = &self.permit.service.rules;
                let graph = rules.graph.as_ref().ok_or(Refusal::OperationUnknown)?;
                let asked = asked(rules, graph, document);
                self.judge_fields(&asked)?;
                let operation = self.operation;
                Ok(self.permit(operation, Some(Box::new(asked))))
            }
            // Read for another definition, or without what tells operations apart.
            (BodyRule::Member(_) | BodyRule::Graph | BodyRule::Silent, _) => Err(Refusal::OperationUnknown),
        }
    }

    /// What each text that tells operations apart would lead to; nothing for GraphQL, where any number of things can be asked.
    pub fn outcomes(&self) -> Vec<(&'s str, Result<Permit<'s>, Refusal>)> {
        let mut outcomes = Vec::new();
        let mut at = Some(self.operation);
        while let Some(operation) = at {
            let BodyRule::Member(rule) = &operation.body else { break };
            let judged = judge_operation(
                self.permit.token,
                self.permit.service,
                operation,
                &self.permit.contexts,
                self.called,
            );
            outcomes.push((&*operation.label, judged.map(|()| self.clone().permit(operation, None))));
            at = rule.next.map(|next| &self.permit.service.rules.operations[next]);
        }
        outcomes
    }

    fn permit(self, operation: &'s Operation, asked: Option<Box<Asked>>) -> Permit<'s> {
        let contexts = match &asked {
            Some(asked) => asked.contexts.clone(),
            None => self.permit.contexts,
        };
        Permit { operation: Some(operation), contexts, asked, ..self.permit }
    }

    /// The operation on the place whose member has this text.
    fn meant_by(&self, value: &str) -> Option<&'s Operation> {
        let mut at = Some(self.operation);
        while let Some(operation) = at {
            let BodyRule::Member(rule) = &operation.body else { return None };
            if *rule.value == *value {
                return Some(operation);
            }
            at = rule.next.map(|next| &self.permit.service.rules.operations[next]);
        }
        None
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
            |demand: &&Demand| held.iter().any(|grant| demand.is_named_by(grant, self.permit.service));
        let missing_grants = self.grants(missing.iter().copied());
        let owner_lacks = if missing.iter().all(named) { vec![missing_grants.clone()] } else { Vec::new() };
        Err(Refusal::InsufficientScope(Box::new(Shortfall {
            operation: operation(),
            context: asked.contexts.first().map(|bound| self.permit.service.rules.context_of(bound)),
            needed: vec![self.grants(asked.demands.iter())],
            missing: vec![missing_grants],
            owner_lacks,
            held,
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
