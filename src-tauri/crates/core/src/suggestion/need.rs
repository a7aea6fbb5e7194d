//! What a use needs, and the grants that could give it.

use std::collections::HashMap;

use super::{Use, Why, graph};
use crate::{
    decision::{self, same_context},
    grant::{Access, Context, Grant, Granted},
    policy::{Manner, ServicePolicy, TokenPolicy, held_manner},
    rules::{BoundContext, Operation, PermissionIndex, PermissionSet, Risk, Rules, Told},
};

/// A grant that could be suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    /// `None` is the global one.
    pub(super) context: Option<BoundContext>,
    pub(super) permission: PermissionIndex,
    /// The permission with all it implies, as far as the owner has that.
    pub(super) gives: PermissionSet,
}

impl Pick {
    pub(super) fn grant(&self, service: &ServicePolicy) -> Grant {
        let rules = &service.rules;
        Grant {
            service: service.name.clone(),
            context: context_of(self.context.as_ref(), rules),
            permission: Granted::One(rules.permissions[self.permission.0].name.clone()),
        }
    }
}

/// A permission that is needed, and the picks any of which would give it: the narrowest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) permission: PermissionIndex,
    pub(super) picks: Vec<Pick>,
}

/// What uses need.
#[derive(Clone, Debug)]
pub(super) struct Need {
    /// Whose.
    pub(super) uses: Vec<usize>,
    pub(super) contexts: Vec<BoundContext>,
    manner: Manner,
    /// Any of (all of …). An empty one needs no permission; yet a token without any grant in a service can't do it.
    pub(super) ways: Vec<Vec<Choice>>,
}

impl Need {
    /// Whether `other` needs the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.manner == other.manner && self.contexts == other.contexts && self.ways == other.ways
    }

    /// Whether any grant of the service will do.
    pub(super) fn is_open(&self) -> bool {
        self.ways.iter().any(Vec::is_empty)
    }

    fn picks(&self) -> impl Iterator<Item = &Pick> {
        self.ways.iter().flatten().flat_map(|choice| &choice.picks)
    }

    /// Whether it may be met by a grant in the global context.
    fn is_global(&self) -> bool {
        self.picks().any(|pick| pick.context.is_none())
    }

    /// Whether the other may be met by what meets this.
    fn shares(&self, other: &Self) -> bool {
        let mut contexts = self.picks().filter_map(|pick| pick.context.as_ref());
        contexts.any(|context| other.contexts.contains(context))
    }

    /// Whether `picks` give all that is needed.
    pub(super) fn is_met(&self, picks: &[Pick]) -> bool {
        !picks.is_empty() && self.ways.iter().any(|way| self.is_gone(way, picks))
    }

    fn is_gone(&self, way: &[Choice], picks: &[Pick]) -> bool {
        way.iter().all(|choice| self.is_given(choice, picks))
    }

    /// Whether one of `picks` gives this permission.
    pub(super) fn is_given(&self, choice: &Choice, picks: &[Pick]) -> bool {
        picks.iter().any(|pick| self.gives(pick, choice.permission))
    }

    fn gives(&self, pick: &Pick, permission: PermissionIndex) -> bool {
        let here = pick.context.as_ref().is_none_or(|context| self.contexts.contains(context));
        here && match self.manner {
            Manner::ByName => pick.permission == permission,
            Manner::Anyhow => pick.gives.contains(permission),
        }
    }

    /// Whether `pick` has a part in how `picks` meet this.
    pub(super) fn rests_on(&self, pick: &Pick, picks: &[Pick]) -> bool {
        if self.is_open() {
            return picks.first() == Some(pick);
        }
        let gone = self.ways.iter().filter(|way| self.is_gone(way, picks));
        gone.flatten().any(|choice| self.gives(pick, choice.permission))
    }
}

/// The needs in parts that are met one after the other: first all that may need the global context, whose grants count in
/// every other one, and then those of one context each.
pub(super) fn together(needs: &[Need]) -> Vec<Vec<&Need>> {
    let (mut global, named): (Vec<_>, Vec<_>) =
        needs.iter().filter(|need| !need.is_open()).partition(|need| need.is_global());
    let (sharing, named): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|need| global.iter().any(|other| other.shares(need)));
    global.extend(sharing);
    let mut parts = vec![global];
    for need in named {
        let here = |part: &&mut Vec<&Need>| part[0].contexts.first() == need.contexts.first();
        match parts[1..].iter_mut().find(here) {
            Some(part) => part.push(need),
            None => parts.push(vec![need]),
        }
    }
    parts
}

pub(super) fn by_label(rules: &Rules) -> HashMap<&str, &Operation> {
    rules.operations.iter().map(|operation| (&*operation.label, operation)).collect()
}

/// What a use needs, and by what it was recognised where the definition knows it.
pub(super) struct Judged<'r> {
    pub(super) known: Option<(&'r Operation, Vec<BoundContext>)>,
    pub(super) need: Result<Need, Why>,
}

pub(super) fn judge<'r>(
    token: &TokenPolicy,
    service: &'r ServicePolicy,
    operations: &HashMap<&str, &'r Operation>,
    used: &Use,
) -> Judged<'r> {
    let of_graph = graph::of_label(&service.rules, &used.operation);
    let untold = token.token.access == Access::Full || !by_graph(token, service, used).is_empty();
    if of_graph.is_some() && untold {
        return Judged { known: None, need: Err(Why::FieldsUntold) };
    }
    let of_graph = of_graph.map(|(operation, _)| operation);
    let Some(operation) = of_graph.or_else(|| operations.get(&*used.operation).copied()) else {
        return Judged { known: None, need: Err(Why::OperationUnknown) };
    };
    let told = told(token, service, operation, &used.context);
    let judging = Judging { token, service, contexts: &told.contexts, manner: held_manner(operation.risk) };
    let ways = judging.ways(operation);
    let need = if ways.is_empty() {
        Err(if told.all { Why::NotHeld } else { Why::ContextUntold })
    } else {
        Ok(Need { uses: Vec::new(), manner: judging.manner, contexts: told.contexts.clone(), ways })
    };
    Judged { known: Some((operation, told.contexts)), need }
}

/// The contexts that a record names: what the path calls a thing, and behind that what the service said that it is called besides.
fn told(token: &TokenPolicy, service: &ServicePolicy, operation: &Operation, recorded: &str) -> Told {
    let rules = &service.rules;
    let mut words = recorded.split(' ');
    let by = |word: Option<&str>| match word.filter(|word| !word.is_empty()).map(str::parse::<Context>) {
        None => rules.told(operation, None),
        Some(Ok(context)) => rules.told(operation, Some(&context)),
        Some(Err(_)) => Told { contexts: Vec::new(), all: false },
    };
    let mut told = by(words.next());
    for more in words.map(|word| by(Some(word))) {
        let new: Vec<_> = more.contexts.into_iter().filter(|bound| !told.contexts.contains(bound)).collect();
        told.contexts.extend(new);
    }
    // Of two that are one thing the first is suggested: the one that is granted, or else its name.
    let grants = token.grants_of(&service.name);
    let kinds: Vec<_> = told.contexts.iter().map(|bound| bound.kind).collect();
    told.contexts.sort_by_cached_key(|bound| {
        let granted = grants.clone().any(|grant| same_context(&grant.context, bound, service));
        let resolve = rules.kinds[bound.kind].resolve.as_ref();
        let is_number = resolve.is_some_and(|resolve| resolve.number(&bound.value).is_some());
        (kinds.iter().position(|kind| *kind == bound.kind), !granted, is_number)
    });
    told
}

/// Grants of the token that GraphQL may have needed; none where all that it can have asked for is open.
pub(super) fn by_graph(token: &TokenPolicy, service: &ServicePolicy, used: &Use) -> Vec<Grant> {
    graph::of_label(&service.rules, &used.operation)
        .map_or_else(Vec::new, |(_, asked)| graph::may_have_meant(token, service, asked))
}

/// Grants of the token by which a use may have been allowed although its record names none of their contexts: a thing may be called
/// by its number or by its name, and be inside of others. Only the service could tell, so they are kept.
pub(super) fn by_other_names(
    token: &TokenPolicy,
    service: &ServicePolicy,
    operation: &Operation,
    contexts: &[BoundContext],
) -> Vec<Grant> {
    let rules = &service.rules;
    let manner = held_manner(operation.risk);
    let may_be = |grant: &Grant, thing: &BoundContext| {
        let kind = rules.kind(grant.context.kind());
        let resolve = kind.and_then(|kind| rules.kinds[kind].resolve.as_ref());
        let value = grant.context.value().unwrap_or_default();
        resolve.is_some_and(|resolve| kind != Some(thing.kind) || !resolve.are_alike(value, &thing.value))
    };
    let gives = |grant: &Grant| {
        operation.requires.iter().flatten().any(|needed| decision::gives(grant, *needed, manner, rules))
    };
    let things: Vec<_> =
        contexts.iter().filter(|context| rules.kinds[context.kind].resolve.is_some()).collect();
    let may_give = |grant: &&Grant| gives(grant) && things.iter().any(|thing| may_be(grant, thing));
    token.grants_of(&service.name).filter(may_give).cloned().collect()
}

/// Every grant that could stand for a use that needs none in particular: those that the token has, or could have.
pub(super) fn anything(token: &TokenPolicy, service: &ServicePolicy) -> Vec<Pick> {
    let rules = &service.rules;
    let bound = |context: &Context| {
        let kind = rules.kind(context.kind())?;
        let mut value = context.value().unwrap_or_default().to_owned();
        if rules.kinds[kind].fold_case {
            value.make_ascii_lowercase();
        }
        Some(BoundContext { kind, value })
    };
    let mut places: Vec<Option<BoundContext>> =
        token.grants_of(&service.name).map(|grant| bound(&grant.context)).collect();
    if token.token.access == Access::Full {
        places.push(None);
    }
    places.sort_by_key(|place| place.as_ref().map(|bound| (bound.kind, bound.value.clone())));
    places.dedup();
    let picks = |context: &Option<BoundContext>| {
        let contexts: Vec<BoundContext> = context.iter().cloned().collect();
        let judging = Judging { token, service, contexts: &contexts, manner: Manner::Anyhow };
        judging.all(context.as_ref()).collect::<Vec<_>>()
    };
    places.iter().flat_map(picks).collect()
}

/// What is the same for all permissions that a use needs.
struct Judging<'j> {
    token: &'j TokenPolicy,
    service: &'j ServicePolicy,
    contexts: &'j [BoundContext],
    manner: Manner,
}

impl Judging<'_> {
    /// The ways that are open, without those through the global context where another mints no more.
    fn ways(&self, operation: &Operation) -> Vec<Vec<Choice>> {
        let way = |all_of: &Vec<PermissionIndex>| all_of.iter().map(|needed| self.choice(*needed)).collect();
        let mut ways: Vec<Vec<Choice>> = operation.requires.iter().filter_map(way).collect();
        let mints = |way: &[Choice]| {
            let risk = |choice: &Choice| self.service.rules.permissions[choice.permission.0].risk;
            way.iter().any(|choice| risk(choice) == Risk::MintsCredentials)
        };
        let global =
            |way: &[Choice]| way.iter().flat_map(|choice| &choice.picks).any(|pick| pick.context.is_none());
        let named: Vec<bool> = ways.iter().filter(|way| !global(way)).map(|way| mints(way)).collect();
        ways.retain(|way| !global(way) || named.iter().all(|named| *named && !mints(way)));
        ways
    }

    /// The picks for one permission: in the first context of the path where there are any, else in the global one.
    fn choice(&self, needed: PermissionIndex) -> Option<Choice> {
        let places = self.contexts.iter().map(Some).chain([None]);
        let mut picks = places.map(|context| self.picks(needed, context)).find(|picks| !picks.is_empty())?;
        picks.sort_by_key(|pick| pick.gives.len());
        Some(Choice { permission: needed, picks })
    }

    fn picks(&self, needed: PermissionIndex, context: Option<&BoundContext>) -> Vec<Pick> {
        let gives = |pick: &Pick| match self.manner {
            Manner::ByName => pick.permission == needed,
            Manner::Anyhow => pick.gives.contains(needed),
        };
        self.all(context).filter(gives).collect()
    }

    /// Every grant in `context` that could be made, and would give nothing that the token has not.
    fn all(&self, context: Option<&BoundContext>) -> impl Iterator<Item = Pick> {
        let rules = &self.service.rules;
        let at = context_of(context, rules);
        rules.indices().filter_map(move |index| self.pick(index, context, &at))
    }

    fn pick(&self, index: PermissionIndex, context: Option<&BoundContext>, at: &Context) -> Option<Pick> {
        let rules = &self.service.rules;
        let has = |index: PermissionIndex| self.service.extent.has(at, index, rules);
        let mut gives = PermissionSet::default();
        let implied = rules.permissions[index.0].closure.iter();
        implied.filter(|implied| *implied == index || has(*implied)).for_each(|given| gives.insert(given));
        let here = if context.is_some() { self.contexts } else { &[] };
        // Who names what mints credentials can do more with it than who has it otherwise.
        let holds = |index, manner| self.token.holds(self.service, index, here, manner);
        let held = |given: PermissionIndex| holds(given, held_manner(rules.permissions[given.0].risk));
        let sound =
            rules.assignable(index, at) && has(index) && holds(index, self.manner) && gives.iter().all(held);
        sound.then(|| Pick { context: context.cloned(), permission: index, gives })
    }
}

fn context_of(context: Option<&BoundContext>, rules: &Rules) -> Context {
    context.map_or(Context::Global, |bound| rules.context_of(bound))
}
