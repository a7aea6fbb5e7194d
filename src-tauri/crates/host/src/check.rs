//! Asking a service whether the credential works, who the owner is there and what they may do.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use valetkey_core::{
    grant::{Context, Granted},
    policy::{CredentialState, Injection, ServicePolicy},
    rights::Rights,
    secret::MasterCredential,
    service::ServiceName,
    tokens::Connected,
};
use valetkey_gateway::{ProbeError, Prober};
use valetkey_wire::Event;

use crate::{
    Error,
    inner::Inner,
    sandbox::{self, ME, NAMESPACES},
    vault,
};

/// What a service told.
#[derive(Debug, Default)]
struct Told {
    identity: Option<Box<str>>,
    rights: Option<Rights>,
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
    let injection = Injection::new(&connected.service.credential_form, credential);
    let policy = policy(inner, name)?.with_credential(CredentialState::Ready(Arc::new(injection)));
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

async fn ask(connected: &Connected, policy: &ServicePolicy) -> Result<Told, Error> {
    let prober = tokio::task::spawn_blocking(Prober::new).await.map_err(|_| Error::TaskEnded)??;
    let service: Box<str> = policy.name.as_str().into();
    let is_sandbox = sandbox::is_sandbox(&connected.service);
    let answer = prober.get(policy, if is_sandbox { ME } else { "/" }).await;
    let answer = answer.map_err(|problem| match problem {
        ProbeError::Vault(problem) => Error::Vault(problem),
        ProbeError::Unreachable(_) | ProbeError::Slow => {
            Error::Unreachable { service: service.clone(), problem: problem.to_string() }
        }
    })?;
    if answer.status == 401 {
        return Err(Error::CredentialRefused { service });
    }
    if !is_sandbox {
        return Ok(Told::default());
    }
    let me: Me = serde_json::from_slice(&answer.body).map_err(|_| Error::AnswerUnreadable { service })?;
    let namespaces = prober.get(policy, NAMESPACES).await.ok();
    let namespaces: Vec<Namespace> =
        namespaces.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or_default();
    let rights: Result<_, valetkey_core::Error> = me.rights.iter().map(Right::parse).collect();
    Ok(Told {
        identity: Some(me.name.into()),
        rights: Some(Rights::Only(rights?)),
        values: BTreeMap::from([(
            "namespace".into(),
            namespaces.into_iter().map(|namespace| namespace.key).collect(),
        )]),
    })
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

/// What the sandbox says at `/me`.
#[derive(Deserialize)]
struct Me {
    name: String,
    rights: Vec<Right>,
}

#[derive(Deserialize)]
struct Right {
    context: String,
    permission: String,
}

impl Right {
    fn parse(&self) -> Result<(Context, Granted), valetkey_core::Error> {
        Ok((self.context.parse()?, self.permission.parse()?))
    }
}

/// One of what it lists at `/namespaces`.
#[derive(Deserialize)]
struct Namespace {
    key: String,
}
