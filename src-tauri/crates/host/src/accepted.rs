//! What services say that operations accept, where they refuse: kept by operation, for it is the same with every request.

use std::{collections::BTreeMap, sync::Arc};

use valetkey_core::service::ServiceName;
use valetkey_gateway::Accepted;
use valetkey_wire::{self as wire, Event};

use crate::{inner::Inner, state::State};

/// By operation, in the service's own words.
pub(crate) type ByOperation = BTreeMap<Box<str>, Box<str>>;

/// Keeps what is new.
pub(crate) async fn learn(inner: &Arc<Inner>, service: &ServiceName, accepted: Accepted) {
    if of(&inner.state(), service.as_str(), &accepted.operation) == Some(&*accepted.text) {
        return;
    }
    let (name, record) = (service.clone(), accepted.clone());
    // Where it can't be kept it is said again with the next refusal.
    if inner.save(move |store| store.save_accepted(&name, &record)).await.is_err() {
        return;
    }
    if let Some(face) = inner.state_mut().faces.get_mut(service) {
        face.accepted.insert(accepted.operation, accepted.text);
    }
    inner.announce(Event::Activity);
}

/// What the service says that an operation accepts.
pub(crate) fn of<'s>(state: &'s State, service: &str, operation: &str) -> Option<&'s str> {
    let name = ServiceName::parse(service).ok()?;
    state.faces.get(&name)?.accepted.get(operation).map(|text| &**text)
}

pub(crate) fn rows(accepted: &ByOperation) -> Vec<wire::AcceptedRow> {
    accepted
        .iter()
        .map(|(operation, text)| wire::AcceptedRow {
            operation: operation.to_string(),
            accepts: text.to_string(),
        })
        .collect()
}
