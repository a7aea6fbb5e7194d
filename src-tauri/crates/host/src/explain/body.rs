use valetkey_core::decision::{Outcome, Pending, Refusal};
use valetkey_wire as wire;
use wire::Decision;

use super::{answer, texts};

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
        grants: allowed.then_some(grants),
        missing: (!missing.is_empty()).then_some(missing),
        ..answer(if allowed { Decision::Permit } else { Decision::Refusal }, reason)
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
