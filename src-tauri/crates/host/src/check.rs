//! Asking a service whether the credential works, who the owner is there and what they may do.
//!
//! How that is asked is a file for each family of services, with one function `ask`; [`Family`] names them.

mod asking;
mod gitea;
mod github;
mod gitlab;
mod looking;
mod npm;
mod plain;
mod registry;
mod sandbox;
mod sentry;
mod slack;
mod space;
mod upkeep;

use std::{collections::BTreeMap, sync::Arc};

use valetkey_core::{
    policy::{CredentialState, ServicePolicy},
    rights::{Rights, RightsSource},
    rules::Rules,
    secret::MasterCredential,
    service::{DefinitionSource, Service, ServiceName},
    time::Timestamp,
    tokens::Connected,
};
use valetkey_wire::{Event, FoundContext};

use crate::{Error, inner::Inner, services::connected, vault};

use asking::Asking;
use looking::Standing;
pub(crate) use upkeep::keep_up;

/// Services that are asked in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Sandbox,
    Github,
    Gitlab,
    /// JetBrains Space, or `CodeCanvas`.
    Space(space::Family),
    Gitea,
    Sentry,
    Slack,
    Npm,
    /// Of container images.
    Registry,
    Plain(plain::Plain),
    /// Nothing is known of how it could be asked, but that 401 means that the credential is refused.
    Other,
}

impl Family {
    /// A definition of the owner's own says nothing about whom it describes.
    fn of(service: &Service) -> Self {
        match &*service.kind {
            _ if matches!(service.definition, DefinitionSource::Owner(_)) => Self::Other,
            "sandbox" => Self::Sandbox,
            "github" => Self::Github,
            "gitlab" => Self::Gitlab,
            "gitea" | "forgejo" => Self::Gitea,
            "sentry" => Self::Sentry,
            "slack" => Self::Slack,
            "npm" => Self::Npm,
            "docker-registry" => Self::Registry,
            kind => space::Family::of_kind(kind)
                .map(Self::Space)
                .or_else(|| plain::Plain::of(kind).map(Self::Plain))
                .unwrap_or(Self::Other),
        }
    }
}

/// What a service told.
#[derive(Debug, Default)]
struct Told {
    /// Who the owner is there.
    identity: Option<Box<str>>,
    /// What they may do there; `None` where it does not say.
    rights: Option<Rights>,
    /// What it calls the credential's scopes.
    scopes: Option<Box<str>>,
    /// When it stops taking the credential.
    expires: Option<Timestamp>,
    /// By kind of context, some values that exist.
    values: BTreeMap<Box<str>, Vec<String>>,
    /// What it says of its own API.
    definition: Option<ToldDefinition>,
}

/// A definition that a service told.
#[derive(Debug)]
struct ToldDefinition {
    document: Box<str>,
    rules: Arc<Rules>,
}

/// Whether a service of this kind is asked more than whether it takes the credential.
pub(crate) fn is_asked(service: &Service) -> bool {
    Family::of(service) != Family::Other
}

/// Asks a service that can be asked, and waits only so long for it. What goes wrong is in its row.
pub(crate) async fn soon(inner: &Arc<Inner>, name: &ServiceName) {
    if !connected(inner, name).is_ok_and(|connected| is_asked(&connected.service)) {
        return;
    }
    let (inner, name) = (Arc::clone(inner), name.clone());
    let checking = tokio::spawn(async move { check(&inner, &name).await });
    // Where it is late it goes on by itself.
    let _ = tokio::time::timeout(vault::PATIENCE, checking).await;
}

/// Asks, and keeps what it told.
pub(crate) async fn check(inner: &Arc<Inner>, name: &ServiceName) -> Result<(), Error> {
    if let CredentialState::Unavailable(_) = policy(inner, name)?.credential() {
        vault::read(inner, name).await;
    }
    let policy = policy(inner, name)?;
    match ask(&connected(inner, name)?, &policy).await {
        Ok(told) => keep(inner, &policy, told).await,
        Err(error) => {
            let problem = error.to_string();
            if let Some(face) = inner.state_mut().faces.get_mut(name) {
                face.check_problem = Some(problem);
            }
            inner.announce(Event::Services);
            Err(error)
        }
    }
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

/// Keeps what a service told of the credential in `asked`. Where that has been replaced meanwhile, it holds no longer.
async fn keep(inner: &Arc<Inner>, asked: &ServicePolicy, told: Told) -> Result<(), Error> {
    let name = &asked.name;
    {
        let _commit = inner.committing.lock().await;
        let mut connected = connected(inner, name)?;
        if !is_same_credential(policy(inner, name)?.credential(), asked.credential()) {
            return Ok(());
        }
        let now = inner.clock.now();
        let service = &mut connected.service;
        service.checked = Some(now);
        match (told.definition, &service.definition) {
            // The owner may have given another meanwhile.
            (None, _) | (_, DefinitionSource::Owner(_)) => {}
            (Some(definition), DefinitionSource::Catalog | DefinitionSource::Service { .. }) => {
                service.definition = DefinitionSource::Service { document: definition.document, read: now };
                connected.rules = definition.rules;
            }
        }
        service.identity = told.identity;
        service.scopes = told.scopes;
        service.credential_expires = told.expires;
        match (told.rights, service.rights_source) {
            (Some(rights), _) => {
                service.rights = rights;
                service.rights_source = RightsSource::Service { at: now };
            }
            // It told once, of another credential.
            (None, RightsSource::Service { .. }) => {
                service.rights = Rights::All;
                service.rights_source = RightsSource::Unknown;
            }
            (None, RightsSource::Unknown | RightsSource::Owner { .. }) => {}
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
    }
    inner.announce(Event::Services);
    inner.announce(Event::Tokens);
    looking::start(inner, name);
    Ok(())
}

fn is_same_credential(one: &CredentialState, other: &CredentialState) -> bool {
    match (one, other) {
        (CredentialState::Ready(one), CredentialState::Ready(other)) => Arc::ptr_eq(one, other),
        (CredentialState::Ready(_) | CredentialState::Unavailable(_), _) => false,
    }
}

async fn ask(connected: &Connected, policy: &ServicePolicy) -> Result<Told, Error> {
    let asking = Asking::of(connected, policy).await?;
    match Family::of(&connected.service) {
        Family::Sandbox => sandbox::ask(&asking).await,
        Family::Github => github::ask(&asking).await,
        Family::Gitlab => gitlab::ask(&asking).await,
        Family::Space(family) => space::ask(&asking, family).await,
        Family::Gitea => gitea::ask(&asking).await,
        Family::Sentry => sentry::ask(&asking).await,
        Family::Slack => slack::ask(&asking).await,
        Family::Npm => npm::ask(&asking).await,
        Family::Registry => registry::ask(&asking).await,
        Family::Plain(plain) => plain::ask(&asking, plain).await,
        Family::Other => {
            asking.get("/").await?;
            Ok(Told::default())
        }
    }
}

/// What the service finds of a kind of context; `None` where it can't be asked that.
pub(crate) async fn search(
    inner: &Inner,
    connected: &Connected,
    kind: &str,
    text: &str,
) -> Option<Result<Vec<FoundContext>, Error>> {
    let name = &connected.service.name;
    let searching = async {
        if let CredentialState::Unavailable(_) = policy(inner, name)?.credential() {
            vault::read(inner, name).await;
        }
        let policy = policy(inner, name)?;
        let asking = Asking::of(connected, &policy).await?;
        match Family::of(&connected.service) {
            Family::Github => github::search(&asking, kind, text).await,
            Family::Gitlab => gitlab::search(&asking, kind, text).await,
            Family::Gitea => gitea::search(&asking, kind, text).await,
            Family::Sentry => sentry::search(&asking, kind, text).await,
            Family::Npm => npm::search(&asking, kind, text).await,
            Family::Registry => registry::search(&asking, kind, text).await,
            Family::Space(family) => space::search(&asking, family, kind, text).await,
            Family::Sandbox | Family::Slack | Family::Plain(_) | Family::Other => Ok(None),
        }
    };
    searching.await.transpose()
}

/// Something that was found, in the form in which it stands in a grant.
const fn found(value: String, title: Option<String>) -> FoundContext {
    FoundContext { value, title }
}

fn policy(inner: &Inner, name: &ServiceName) -> Result<Arc<ServicePolicy>, Error> {
    inner
        .state()
        .snapshot
        .service(name.as_str())
        .cloned()
        .ok_or_else(|| Error::unknown_service(name.as_str()))
}
