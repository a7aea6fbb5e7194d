//! Contexts are real: they are searched in the service while the owner chooses.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use valetkey_core::{
    grant::Context,
    service::ServiceName,
    tokens::{Connected, judge_context},
};
use valetkey_wire as wire;

use crate::{
    Error, check,
    inner::{Inner, held},
    rows, services,
};

/// How long an answer is given again without asking.
const FRESH: Duration = Duration::from_secs(30);
/// So many answers are kept.
const KEPT: usize = 64;
/// Nothing that is searched for is longer.
const LONGEST: usize = 200;

/// Answers of a moment ago: who types goes back a letter, too.
#[derive(Debug, Default)]
pub(crate) struct Searches(Vec<Search>);

#[derive(Debug)]
struct Search {
    service: ServiceName,
    kind: String,
    text: String,
    at: Instant,
    found: Vec<wire::FoundContext>,
}

impl Searches {
    fn find(&mut self, service: &ServiceName, kind: &str, text: &str) -> Option<Vec<wire::FoundContext>> {
        self.0.retain(|search| search.at.elapsed() < FRESH);
        let same =
            |search: &&Search| search.service == *service && search.kind == kind && search.text == text;
        self.0.iter().find(same).map(|search| search.found.clone())
    }

    fn keep(&mut self, search: Search) {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(search);
    }

    fn forget(&mut self, service: &ServiceName) {
        self.0.retain(|search| search.service != *service);
    }
}

/// What was found for another credential says nothing.
pub(crate) fn forget(inner: &Inner, service: &ServiceName) {
    held(&inner.searches).forget(service);
}

/// Values of a kind of context that have `text` in them: as the service finds them, or among those known where it can't be asked.
pub(crate) async fn search(
    inner: &Arc<Inner>,
    service: &str,
    kind: &str,
    text: &str,
) -> Result<wire::ContextSearch, Error> {
    let name = services::known(inner, service)?;
    let connected = services::connected(inner, &name)?;
    let text: String = text.trim().chars().take(LONGEST).collect();
    // Whether the kind is one that takes a value shows with any value.
    judge_context(&Context::Named { kind: kind.into(), value: "x".into() }, &name, &connected.rules)?;
    let answer = |found, asked, problem| wire::ContextSearch { found, asked, problem };
    if let Some(found) = held(&inner.searches).find(&name, kind, &text) {
        return Ok(answer(found, true, None));
    }
    match check::search(inner, &connected, kind, &text).await {
        Some(Ok(found)) => {
            let (kind, at) = (kind.to_owned(), Instant::now());
            held(&inner.searches).keep(Search { service: name, kind, text, at, found: found.clone() });
            Ok(answer(found, true, None))
        }
        Some(Err(problem)) => {
            Ok(answer(known(inner, &connected, kind, &text), false, Some(problem.to_string())))
        }
        None => Ok(answer(known(inner, &connected, kind, &text), false, None)),
    }
}

fn known(inner: &Inner, connected: &Connected, kind: &str, text: &str) -> Vec<wire::FoundContext> {
    let face = inner.state().faces.get(&connected.service.name).cloned().unwrap_or_default();
    let text = text.to_lowercase();
    rows::known_values(kind, &connected.service.rights, &face)
        .into_iter()
        .filter(|value| value.to_lowercase().contains(&text))
        .map(|value| wire::FoundContext { value, title: None })
        .collect()
}
