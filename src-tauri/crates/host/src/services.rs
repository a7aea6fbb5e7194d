//! The use cases of services.

use std::{borrow::Cow, sync::Arc};

use valetkey_catalog::Definition;
use valetkey_core::{
    self as core,
    grant::Context,
    policy::{CredentialState, ServicePolicy},
    ports::VaultError,
    rules::Rules,
    secret::MasterCredential,
    service::{BaseUrl, CredentialForm, DefinitionSource, Service, ServiceName},
    time::Timestamp,
    tokens::{Connected, judge_context},
};
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Error, authorities, check, contexts,
    inner::Inner,
    rows, sandbox,
    state::{Face, Lock, State},
};

/// A credential that ends within so many milliseconds is said everywhere.
const NEAR_END: i64 = 7 * 24 * 60 * 60 * 1000;

/// The kinds that can be connected.
pub(crate) fn kinds() -> Vec<wire::ServiceKind> {
    valetkey_catalog::shipped()
        .map(|definition| wire::ServiceKind {
            kind: definition.kind().to_owned(),
            title: definition.title().to_owned(),
            description: definition.description().to_owned(),
            base_url: definition.base_url().map(ToString::to_string),
            needs_base_url: definition.needs_base_url(),
            needs_credential: definition.needs_credential(),
            credential_form: definition.credential_form().to_string(),
        })
        .collect()
}

/// Those whose credential has ended or soon ends, the first of them first.
pub(crate) fn ending(state: &State, now: Timestamp) -> Vec<wire::EndingCredential> {
    let soon = now.plus_millis(NEAR_END);
    let mut ending: Vec<wire::EndingCredential> = state
        .services
        .values()
        .filter_map(|connected| {
            let ends = connected.service.credential_expires.filter(|ends| *ends < soon)?;
            Some(wire::EndingCredential {
                service: connected.service.name.to_string(),
                ends: ends.as_millis(),
            })
        })
        .collect();
    ending.sort_by_key(|ending| ending.ends);
    ending
}

pub(crate) fn list(inner: &Inner) -> Vec<wire::ServiceRow> {
    let state = inner.state();
    state.services.values().map(|connected| row_of(&state, connected)).collect()
}

/// Connects a service: the credential goes to the vault first, and out of it again where the record can't be kept.
pub(crate) async fn add(inner: &Arc<Inner>, new: wire::NewService) -> Result<wire::ServiceRow, Error> {
    let name = ServiceName::parse(&new.name)?;
    let definition = definition_of(&new.kind, new.definition.as_deref())?;
    let credential_form: CredentialForm = match &new.credential_form {
        Some(form) => form.parse()?,
        None => definition.credential_form().clone(),
    };
    let is_sandbox = new.kind == sandbox::KIND && new.definition.is_none();
    let credential = match (&new.credential, is_sandbox) {
        (_, true) => sandbox::new_credential()?,
        (Some(text), false) => MasterCredential::parse(text.expose()).map_err(core::Error::from)?,
        (None, false) => return Err(core::Error::from(core::secret::CredentialError::Empty).into()),
    };
    let base_url = match (&new.base_url, is_sandbox) {
        (Some(text), false) => Some(BaseUrl::parse(text).map_err(core::Error::from)?),
        (None, false) => Some(
            definition
                .base_url()
                .cloned()
                .ok_or_else(|| Error::BaseUrlMissing { kind: new.kind.as_str().into() })?,
        ),
        (_, true) => None,
    };
    let rules = Arc::new(definition.compile());
    let face = Face { title: definition.title().into(), ..Face::default() };

    if authorities::is_reserved(&name) {
        return Err(Error::ServiceNameReserved { name: name.as_str().into() });
    }
    let _connecting = inner.connecting.lock().await;
    if inner.state().services.contains_key(&name) {
        return Err(core::Error::ServiceNameTaken { name }.into());
    }
    judge_open(&inner.state())?;
    inner.credentials.write(&name, &credential).await.map_err(Error::Vault)?;
    let base_url = match base_url {
        Some(base_url) => Ok(base_url),
        None => sandbox::start(inner, &name, &credential).await,
    };
    let commit = inner.committing.lock().await;
    let saved = match base_url {
        Err(error) => Err(error),
        Ok(base_url) => {
            let service = Service {
                definition: new
                    .definition
                    .map_or(DefinitionSource::Catalog, |own| DefinitionSource::Owner(own.into())),
                ..Service::connected(name.clone(), new.kind, base_url, credential_form, inner.clock.now())
            };
            let record = service.clone();
            inner
                .save(move |store| store.save_service(&record))
                .await
                .map(|()| service)
                .map_err(Error::NotSaved)
        }
    };
    let service = match saved {
        Ok(service) => service,
        Err(error) => {
            sandbox::stop(inner, &name);
            // The record was not kept, and that is what the owner is told; an entry left behind is replaced by the next attempt.
            let _ = inner.credentials.erase(&name).await;
            return Err(error);
        }
    };
    let credential = CredentialState::ready(&service, &rules, &credential);
    let policy = ServicePolicy::new(&service, Arc::clone(&rules), credential);
    inner.put(|state| state.put_service(Connected { service, rules }, policy, face)).await;
    drop(commit);
    authorities::follow(inner).await;
    announce(inner);
    check::soon(inner, &name).await;
    row(inner, &name)
}

pub(crate) async fn check_service(inner: &Arc<Inner>, name: &str) -> Result<wire::ServiceRow, Error> {
    let name = known(inner, name)?;
    check::check(inner, &name).await?;
    row(inner, &name)
}

/// Replaces a credential, once the service has not refused the new one. Every token keeps working.
pub(crate) async fn replace_credential(
    inner: &Arc<Inner>,
    name: &str,
    credential: &wire::SecretText,
) -> Result<wire::ServiceRow, Error> {
    let name = known(inner, name)?;
    if inner.state().services.get(&name).is_some_and(|connected| sandbox::is_sandbox(&connected.service)) {
        return Err(Error::SandboxCredential);
    }
    judge_open(&inner.state())?;
    let credential = MasterCredential::parse(credential.expose()).map_err(core::Error::from)?;
    check::judge_credential(inner, &name, &credential).await?;
    {
        let _connecting = inner.connecting.lock().await;
        inner.credentials.write(&name, &credential).await.map_err(Error::Vault)?;
        let put = |state: &mut State| {
            if matches!(state.lock, Lock::Open { .. }) {
                state.set_credential(&name, Ok(&credential));
            }
        };
        inner.put(put).await;
    }
    contexts::forget(inner, &name);
    announce(inner);
    inner.announce(Event::Status);
    // The credential is in its place; what the service says of itself now is in its row.
    let _ = check::check(inner, &name).await;
    row(inner, &name)
}

/// Disconnects a service. Its credential leaves the vault first; where that fails nothing changes.
pub(crate) async fn remove(inner: &Arc<Inner>, name: &str) -> Result<(), Error> {
    let _connecting = inner.connecting.lock().await;
    let name = known(inner, name)?;
    judge_open(&inner.state())?;
    let credential = match inner.credentials.read(&name).await {
        Ok(credential) => Some(credential),
        Err(VaultError::Missing) => None,
        Err(problem) => return Err(Error::Vault(problem)),
    };
    inner.credentials.erase(&name).await.map_err(Error::Vault)?;
    let _commit = inner.committing.lock().await;
    let record = name.clone();
    if let Err(failure) = inner.save(move |store| store.forget_service(&record)).await {
        if let Some(credential) = credential {
            inner.credentials.write(&name, &credential).await.map_err(Error::Vault)?;
        }
        return Err(Error::NotSaved(failure));
    }
    inner.put(|state| state.remove_service(&name)).await;
    sandbox::stop(inner, &name);
    contexts::forget(inner, &name);
    authorities::follow(inner).await;
    announce(inner);
    Ok(())
}

/// What can be granted in a context of a service.
pub(crate) fn permissions(
    inner: &Inner,
    service: &str,
    context: Option<&str>,
) -> Result<wire::PermissionList, Error> {
    let name = known(inner, service)?;
    let context: Context = context.unwrap_or("global").parse()?;
    let state = inner.state();
    let connected = state.services.get(&name).ok_or_else(|| Error::unknown_service(service))?;
    judge_context(&context, &name, &connected.rules)?;
    let face = state.faces.get(&name).cloned().unwrap_or_default();
    Ok(rows::permission_list(connected, &context, &face))
}

/// The rules and the title of a service that is in the database.
pub(crate) fn known_definition(service: &Service) -> Result<(Arc<Rules>, Face), Error> {
    let definition = match &service.definition {
        // What a service told is read anew; where a later version of this program can't read it, the catalog's does meanwhile.
        DefinitionSource::Service { document, .. } => {
            definition_of(&service.kind, Some(document)).or_else(|_| definition_of(&service.kind, None))?
        }
        DefinitionSource::Catalog => definition_of(&service.kind, None)?,
        DefinitionSource::Owner(document) => definition_of(&service.kind, Some(document))?,
    };
    let face = Face { title: definition.title().into(), ..Face::default() };
    Ok((Arc::new(definition.compile()), face))
}

fn definition_of(kind: &str, own: Option<&str>) -> Result<Cow<'static, Definition>, Error> {
    let unknown = || match valetkey_catalog::successor(kind) {
        Some(successor) => Error::KindGone { kind: kind.into(), successor },
        None => Error::KindUnknown { kind: kind.into() },
    };
    let shipped = valetkey_catalog::kind(kind);
    let Some(document) = own else { return shipped.map(Cow::Borrowed).ok_or_else(unknown) };
    let own = Definition::parse(document)?;
    if shipped.is_some() || own.kind() == kind { Ok(Cow::Owned(own)) } else { Err(unknown()) }
}

fn judge_open(state: &State) -> Result<(), Error> {
    match state.lock {
        Lock::Open { .. } => Ok(()),
        Lock::Locked { .. } => Err(Error::Vault(VaultError::Locked)),
    }
}

pub(crate) fn known(inner: &Inner, name: &str) -> Result<ServiceName, Error> {
    let state = inner.state();
    let found = state.services.get_key_value(name).map(|(name, _)| name.clone());
    found.ok_or_else(|| Error::unknown_service(name))
}

pub(crate) fn row(inner: &Inner, name: &ServiceName) -> Result<wire::ServiceRow, Error> {
    let state = inner.state();
    let connected = state.services.get(name).ok_or_else(|| Error::unknown_service(name.as_str()))?;
    Ok(row_of(&state, connected))
}

/// The record and the rules of a service.
pub(crate) fn connected(inner: &Inner, name: &ServiceName) -> Result<Connected, Error> {
    inner.state().services.get(name).cloned().ok_or_else(|| Error::unknown_service(name.as_str()))
}

fn row_of(state: &State, connected: &Connected) -> wire::ServiceRow {
    let face = state.faces.get(&connected.service.name).cloned().unwrap_or_default();
    rows::service_row(state, connected, &face)
}

/// Grants of tokens become active or inactive with their service.
pub(crate) fn announce(inner: &Inner) {
    inner.announce(Event::Services);
    inner.announce(Event::Tokens);
}
