//! What a token really used, out of its activity.

use valetkey_core::{
    grant::{Access, Grant},
    shell,
    suggestion::{self, Reach, Search, Suggested, Use, Why},
    tokens::Services,
};
use valetkey_wire as wire;

use crate::{Error, inner::Inner};

/// Days that are looked at unless it is said otherwise.
const USUAL_DAYS: u32 = 30;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

pub(crate) async fn suggest(inner: &Inner, name: &str, days: Option<u32>) -> Result<wire::Suggestion, Error> {
    let (id, kept) = {
        let state = inner.state();
        (state.tokens.named(name)?.id, state.settings.activity_days)
    };
    let days = days.unwrap_or(USUAL_DAYS).min(kept);
    if days == 0 {
        return Err(Error::SuggestionDays);
    }
    let since = inner.clock.now().plus_millis(-i64::from(days) * DAY_MILLIS);
    let uses = inner.records.uses(id, since).await?;
    let state = inner.state();
    let Some(policy) = state.snapshot.tokens().by_id(id) else {
        return Err(valetkey_core::Error::TokenUnknown { name: name.into(), nearest: None }.into());
    };
    let found = suggestion::suggest(policy, state.snapshot.services(), &uses);
    let held = |grant: &Grant| match &policy.token.access {
        Access::Full => false,
        Access::Limited(grants) => grants.contains(grant),
    };
    let suggested = |grant: &Grant| found.grants.iter().any(|suggested| suggested.grant == *grant);
    let narrowed = match &policy.token.access {
        Access::Full => Vec::new(),
        Access::Limited(grants) => {
            grants.iter().filter(|grant| !suggested(grant) && !found.unused.contains(grant)).collect()
        }
    };
    Ok(wire::Suggestion {
        id: id.to_string(),
        name: policy.token.name.to_string(),
        days,
        since: since.as_millis(),
        requests: uses.iter().map(|used| used.requests).sum(),
        grants: found
            .grants
            .iter()
            .map(|suggested| grant_row(suggested, held(&suggested.grant), &uses, &state.services))
            .collect(),
        uncovered: found
            .uncovered
            .iter()
            .map(|uncovered| wire::UncoveredUse {
                used: use_row(&uses[uncovered.place]),
                why: why(uncovered.why),
            })
            .collect(),
        unused: found.unused.iter().map(ToString::to_string).collect(),
        narrowed: narrowed.into_iter().map(ToString::to_string).collect(),
        command: (!found.grants.is_empty()).then(|| {
            let grants: Vec<String> =
                found.grants.iter().map(|suggested| suggested.grant.to_string()).collect();
            let grants = grants.iter().map(String::as_str);
            shell::update(policy.token.name.as_str(), "--grant", grants)
        }),
        reach: found.reach.iter().map(reach).collect(),
        exhaustive: found.search == Search::Exhaustive,
    })
}

fn grant_row(suggested: &Suggested, held: bool, uses: &[Use], services: &Services) -> wire::SuggestedGrant {
    let grant = &suggested.grant;
    let title = services.get(&grant.service).and_then(|connected| {
        let rules = &connected.rules;
        let index = rules.permission(&grant.permission.to_string())?;
        Some(rules.permissions[index.0].title.to_string())
    });
    let mut uses: Vec<wire::UseRow> = suggested.uses.iter().map(|place| use_row(&uses[*place])).collect();
    uses.sort_by_key(|used| std::cmp::Reverse(used.requests));
    wire::SuggestedGrant { text: grant.to_string(), title: title.unwrap_or_default(), held, uses }
}

fn use_row(used: &Use) -> wire::UseRow {
    wire::UseRow {
        service: used.service.to_string(),
        operation: used.operation.to_string(),
        context: used.context.to_string(),
        requests: used.requests,
        last: used.last.as_millis(),
    }
}

const fn why(why: Why) -> wire::UncoveredWhy {
    match why {
        Why::ServiceGone => wire::UncoveredWhy::ServiceGone,
        Why::OperationUnknown => wire::UncoveredWhy::OperationUnknown,
        Why::ContextUntold => wire::UncoveredWhy::ContextUntold,
        Why::FieldsUntold => wire::UncoveredWhy::FieldsUntold,
        Why::NotHeld => wire::UncoveredWhy::NotHeld,
    }
}

fn reach(reach: &Reach) -> wire::Reach {
    wire::Reach { service: reach.service.to_string(), now: reach.now, then: reach.then, all: reach.all }
}
