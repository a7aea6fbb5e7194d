//! Asking a service whether the credential works, who the owner is there and what they may do.
//!
//! How that is asked is a file for each family of services, with one function `ask` that is named in [`ask`].

mod asking;
mod sandbox;

use std::{collections::BTreeMap, sync::Arc};

use valetkey_core::{
    policy::{CredentialState, ServicePolicy},
    rights::Rights,
    secret::MasterCredential,
    service::{DefinitionSource, ServiceName},
    tokens::Connected,
};
use valetkey_wire::Event;

use crate::{Error, inner::Inner, vault};

use asking::Asking;

/// What a service told.
#[derive(Debug, Default)]
struct Told {
    /// Who the owner is there.
    identity: Option<Box<str>>,
    /// What they may do there; `None` where it can't be asked.
    rights: Option<Rights>,
    /// By kind of context, some values that exist.
    values: BTreeMap<Box<str>, Vec<String>>,
}

/// Asks, and keeps what it told.
pub(crate) async fn check(inner: &Arc<Inner>, name: &ServiceName) -> Result<(), Error> {
    if let CredentialState::Unavailable(_) = policy(inner, name)?.credential() {
        vault::read(inner, name).await;
    }
    let policy = policy(inner, name)?;
    let outcome = ask(&connected(inner, name)?, &policy).await;
    let told = match outcome {
        Ok(told) => told,
        Err(error) => {
            let problem = error.to_string();
            if let Some(face) = inner.state_mut().faces.get_mut(name) {
                face.check_problem = Some(problem);
            }
            inner.announce(Event::Services);
            return Err(error);
        }
    };
    keep(inner, name, told).await
}

/// Whether the service takes `credential`, as far as it can tell. Nothing is kept.
pub(crate) async fn judge_credential(
    inner: &Arc<Inner>,
    name: &ServiceName,
    credential: &MasterCredential,
) -> Result<(), Error> {
    let connected = connected(inner, name)?;
    let credential = CredentialState::ready(&connected.service, &connected.rules, credential);
    let policy = policy(inner, name)?.with_credential(credential);
    match ask(&connected, &policy).await {
        Err(refused @ Error::CredentialRefused { .. }) => Err(refused),
        // A service that can't be reached now can't tell.
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn keep(inner: &Arc<Inner>, name: &ServiceName, told: Told) -> Result<(), Error> {
    let _commit = inner.committing.lock().await;
    let mut connected = connected(inner, name)?;
    connected.service.checked = Some(inner.clock.now());
    if told.identity.is_some() {
        connected.service.identity = told.identity;
    }
    if let Some(rights) = told.rights {
        connected.service.rights = rights;
    }
    let record = connected.service.clone();
    inner.save(move |store| store.save_service(&record)).await.map_err(Error::NotSaved)?;
    inner
        .put(|state| {
            let Some(policy) = state.snapshot.service(name.as_str()) else { return };
            let credential = policy.credential().clone();
            let mut face = state.faces.get(name).cloned().unwrap_or_default();
            face.check_problem = None;
            face.values.extend(told.values);
            let policy = ServicePolicy::new(&connected.service, Arc::clone(&connected.rules), credential);
            state.put_service(connected, policy, face);
        })
        .await;
    inner.announce(Event::Services);
    inner.announce(Event::Tokens);
    Ok(())
}

/// Asks in the way of the service's kind. A definition of the owner's own says nothing about whom it describes.
async fn ask(connected: &Connected, policy: &ServicePolicy) -> Result<Told, Error> {
    let asking = Asking::of(connected, policy).await?;
    let service = &asking.connected().service;
    match &*service.kind {
        _ if matches!(service.definition, DefinitionSource::Owner(_)) => anything(&asking).await,
        "sandbox" => sandbox::ask(&asking).await,
        _ => anything(&asking).await,
    }
}

/// Any answer but 401 is a good one.
async fn anything(asking: &Asking<'_>) -> Result<Told, Error> {
    asking.get("/").await?;
    Ok(Told::default())
}

fn policy(inner: &Inner, name: &ServiceName) -> Result<Arc<ServicePolicy>, Error> {
    inner
        .state()
        .snapshot
        .service(name.as_str())
        .cloned()
        .ok_or_else(|| Error::unknown_service(name.as_str()))
}

fn connected(inner: &Inner, name: &ServiceName) -> Result<Connected, Error> {
    inner.state().services.get(name).cloned().ok_or_else(|| Error::unknown_service(name.as_str()))
}
