//! What the owner says that they may do, where a service can't be asked.

use std::{collections::BTreeSet, sync::Arc};

use valetkey_core::{
    grant::{Context, Grant, Granted},
    policy::ServicePolicy,
    rights::{Rights, RightsSource},
    service::ServiceName,
    tokens::{Connected, judge_right},
};
use valetkey_wire as wire;

use crate::{Error, inner::Inner, services};

/// Puts the owner's word in place of what was unknown. What a service told of this credential stands above it.
pub(crate) async fn declare(
    inner: &Arc<Inner>,
    name: &str,
    declared: &wire::DeclaredRights,
) -> Result<wire::ServiceRow, Error> {
    let name = services::known(inner, name)?;
    {
        let _commit = inner.committing.lock().await;
        let mut connected = services::connected(inner, &name)?;
        if let RightsSource::Service { .. } = connected.service.rights_source {
            return Err(Error::RightsToldByService { service: name.as_str().into() });
        }
        connected.service.rights = rights_of(&connected, declared)?;
        connected.service.rights_source = RightsSource::Owner { at: inner.clock.now() };
        let record = connected.service.clone();
        inner.save(move |store| store.save_service(&record)).await.map_err(Error::NotSaved)?;
        inner.put(|state| put_in_force(state, connected)).await;
    }
    services::announce(inner);
    services::row(inner, &name)
}

fn put_in_force(state: &mut crate::state::State, connected: Connected) {
    let name = &connected.service.name;
    let Some(policy) = state.snapshot.service(name.as_str()) else { return };
    let credential = policy.credential().clone();
    let face = state.faces.get(name).cloned().unwrap_or_default();
    let policy = ServicePolicy::new(&connected.service, Arc::clone(&connected.rules), credential);
    state.put_service(connected, policy, face);
}

fn rights_of(connected: &Connected, declared: &wire::DeclaredRights) -> Result<Rights, Error> {
    Ok(match declared {
        wire::DeclaredRights::All => Rights::All,
        wire::DeclaredRights::ReadOnly => Rights::to_read(&connected.rules),
        wire::DeclaredRights::Only { list } => {
            let rights: Result<BTreeSet<_>, Error> = list.iter().map(|text| right(connected, text)).collect();
            Rights::Only(rights?)
        }
    })
}

/// `<context>:<permission>`, or a whole grant of this service.
fn right(connected: &Connected, text: &str) -> Result<(Context, Granted), Error> {
    let service: &ServiceName = &connected.service.name;
    let own = text.strip_prefix(service.as_str()).and_then(|rest| rest.strip_prefix(':')).unwrap_or(text);
    let right: Grant = format!("{service}:{own}").parse()?;
    judge_right(&right, &connected.rules)?;
    Ok((right.context, right.permission))
}
