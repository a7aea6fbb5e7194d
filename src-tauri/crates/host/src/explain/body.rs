use valetkey_core::{
    decision::{Outcome, Pending, Refusal, Verdict},
    grant::{Context, Grant},
    policy::ServicePolicy,
    shell,
    token::Token,
};
use valetkey_gateway::WholeBody;
use valetkey_wire as wire;
use wire::Decision;

use super::{OTHERWISE, answer, permitted, refused, texts};

const GRAPHQL: &str =
    "GraphQL: it depends on the fields that the body asks for, each of which has what it needs.";

/// What of a request is left to its body. It counts as permitted where some body would be.
pub(super) fn depending(pending: &Pending<'_>) -> wire::Explanation {
    let outcomes = pending.outcomes();
    let may_be = |outcome: &Outcome<'_>| outcome.judged.is_ok() || outcome.may_be_named;
    let allowed = outcomes.is_empty() || outcomes.iter().any(may_be);
    let reason = if outcomes.is_empty() {
        GRAPHQL.to_owned()
    } else {
        let told: Vec<String> = outcomes.iter().map(told).collect();
        format!("It depends on the body: {}.", told.join("; "))
    };
    let cases = outcomes.iter().map(case).collect();
    let mut grants = Vec::new();
    let mut missing = Vec::new();
    for outcome in outcomes {
        match outcome.judged {
            Ok(permit) => grants.extend(texts(&permit.because())),
            Err(Refusal::InsufficientScope(shortfall)) => {
                missing.extend(shortfall.missing.iter().map(|all_of| texts(all_of)));
            }
            Err(_) => {}
        }
    }
    grants.sort();
    grants.dedup();
    let context = pending.context().map(|context| context.to_string());
    wire::Explanation {
        operation: Some(pending.label().to_owned()),
        contexts: context.into_iter().collect(),
        body: Some(cases),
        grants: allowed.then_some(grants),
        missing: (!missing.is_empty()).then_some(missing),
        ..answer(if allowed { Decision::Permit } else { Decision::Refusal }, reason)
    }
}

/// What is decided with this body; `None` where nothing hangs on it.
pub(super) fn judged(
    verdict: &Verdict<'_>,
    service: &ServicePolicy,
    body: WholeBody<'_>,
    token: &Token,
) -> Option<wire::Explanation> {
    let (pending, label, context) = match verdict {
        Verdict::Permit(permit) => (None, permit.label().map(Into::into), permit.context()),
        Verdict::Pending(pending) => (Some(pending), Some(pending.label().to_owned()), pending.context()),
    };
    let head = Named { operation: label, context };
    let contents =
        if body.bytes.is_empty() { Ok(None) } else { body.read(service, pending.map(Pending::need)) };
    let explained = match (contents, pending) {
        (Ok(_), None) => return None,
        (Err(problem), pending) => {
            // Only a limited token's request is decided by its body.
            let whom = if pending.is_some() { "limited tokens" } else { "every token" };
            head.of(answer(Decision::Refusal, format!("The body is refused for {whom}: {problem}.")))
        }
        (Ok(None), Some(_)) => head.of(refused(&Refusal::OperationUnknown, service.name.as_str())),
        (Ok(Some(contents)), Some(pending)) => match pending.decide(&contents) {
            Ok(permit) => {
                let named = Named { operation: permit.label().map(Into::into), context: permit.context() };
                named.of(permitted(&permit, &token.access))
            }
            Err(refusal) => {
                let explained = lacking(&refusal, head, service, token);
                let asks = !pending.wanted(&contents).is_empty();
                if asks { wire::Explanation { reason: OTHERWISE.into(), ..explained } } else { explained }
            }
        },
    };
    Some(explained)
}

/// What was judged.
struct Named {
    operation: Option<String>,
    context: Option<Context>,
}

impl Named {
    fn of(self, explained: wire::Explanation) -> wire::Explanation {
        let contexts = self.context.iter().map(ToString::to_string).collect();
        wire::Explanation { operation: self.operation, contexts, ..explained }
    }
}

/// A refusal for what the body says, with what the owner could type to have it allowed.
fn lacking(refusal: &Refusal, head: Named, service: &ServicePolicy, token: &Token) -> wire::Explanation {
    let explained = refused(refusal, service.name.as_str());
    if let Refusal::FieldsUnknown(unknown) = refusal {
        return Named { operation: Some(unknown.operation.to_string()), ..head }.of(explained);
    }
    let Refusal::InsufficientScope(shortfall) = refusal else { return head.of(explained) };
    let ways = shortfall.missing.iter().filter(|all_of| !shortfall.owner_lacks.contains(all_of));
    let line = |all_of: &Vec<Grant>| {
        shell::update(token.name.as_str(), "--add", texts(all_of).iter().map(String::as_str))
    };
    let commands = if shortfall.grantable.is_some() { ways.map(line).collect() } else { Vec::new() };
    let named =
        Named { operation: Some(shortfall.operation.to_string()), context: shortfall.context.clone() };
    named.of(wire::Explanation { commands, ..explained })
}

fn case(outcome: &Outcome<'_>) -> wire::BodyCase {
    let permitted = outcome.judged.is_ok();
    wire::BodyCase {
        operation: outcome.label.to_string(),
        decision: if permitted || outcome.may_be_named { Decision::Permit } else { Decision::Refusal },
        if_named: !permitted && outcome.may_be_named,
    }
}

fn told(outcome: &Outcome<'_>) -> String {
    let what = match (&outcome.judged, outcome.may_be_named) {
        (Ok(_), _) => "is allowed",
        (Err(_), true) => "is allowed if the service says that a grant of the token is for it",
        (Err(_), false) => "is not",
    };
    format!("{} {what}", outcome.label)
}
