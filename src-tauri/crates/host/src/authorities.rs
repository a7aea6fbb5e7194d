//! The local certificate authorities: their keys in the vault, their certificates in the profile, and what the gateway answers TLS with.
//!
//! One is for HTTPS on loopback, one for the HTTPS proxy; each is made when it is first wanted. Nothing is ever installed anywhere: a
//! client trusts one once the owner hands it the certificate.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use valetkey_core::{ports::VaultError, secret::MasterCredential, service::ServiceName};
use valetkey_gateway::{Authority, LocalTls, Purpose};
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Error,
    inner::{Inner, held},
    profile::write_private,
    state::State,
    vault::PATIENCE,
};

/// Keys of authorities lie in the vault beside master credentials, under names that no service may have.
const RESERVED: &str = "valetkey-ca-";
const HTTPS: &str = "valetkey-ca-https";
const PROXY: &str = "valetkey-ca-proxy";

/// How it stands with an authority that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody wants it, or nobody has asked for it yet.
    #[default]
    NotYet,
    /// In use.
    Ready,
    /// It can't be used now.
    Unavailable {
        /// Why.
        problem: Box<str>,
    },
}

impl Standing {
    fn of(outcome: Option<Result<(), &Error>>) -> Self {
        match outcome {
            None => Self::NotYet,
            Some(Ok(())) => Self::Ready,
            Some(Err(error)) => Self::Unavailable { problem: error.to_string().into() },
        }
    }
}

/// How it stands with both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standings {
    https: Standing,
    proxy: Standing,
}

/// What the settings, tokens and services ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    https: bool,
    /// Of the proxy; `None` where no token may use it.
    hosts: Option<BTreeSet<Box<str>>>,
}

impl Wanted {
    fn by(state: &State) -> Self {
        let proxied = state.tokens.iter().any(|token| token.proxy && !token.is_revoked());
        let endpoints = || state.snapshot.services().values().flat_map(|service| &service.endpoints);
        let hosts = || endpoints().map(|endpoint| endpoint.base_url.host().into());
        Self { https: state.settings.https, hosts: proxied.then(|| hosts().collect()) }
    }
}

/// Whether a service can't be called this.
pub(crate) fn is_reserved(name: &ServiceName) -> bool {
    name.as_str().starts_with(RESERVED)
}

/// Asks the vault anew, and waits only so long for a slow one; what comes later is put in force then.
pub(crate) async fn renew_soon(inner: &Arc<Inner>) {
    let renewing = {
        let inner = Arc::clone(inner);
        tokio::spawn(async move {
            let mut wanted = inner.wanted.lock().await;
            make(&inner, &mut wanted).await;
        })
    };
    // A panic in it has been reported.
    let _ = tokio::time::timeout(PATIENCE, renewing).await;
}

/// Puts in force what is wanted now, if that is something else than before.
pub(crate) async fn follow(inner: &Inner) {
    let mut wanted = inner.wanted.lock().await;
    if *wanted != Wanted::by(&inner.state()) {
        make(inner, &mut wanted).await;
    }
}

/// One after the other, by the lock that `wanted` is under: two that find no key must not both make one.
async fn make(inner: &Inner, wanted: &mut Wanted) {
    if inner.plan.get().is_none() {
        return;
    }
    let period = {
        let state = inner.state();
        *wanted = Wanted::by(&state);
        state.lock.period()
    };
    let mut tls = LocalTls::default();
    let mut standings = Standings::default();
    if wanted.https {
        let path = inner.profile.https_certificate();
        let made = authority(inner, HTTPS, Purpose::Loopback, path).await;
        let made =
            made.and_then(|authority| Ok(tls.clone().with_https(authority, Arc::clone(&inner.clock))?));
        standings.https = Standing::of(Some(made.as_ref().map(|_| ())));
        tls = made.unwrap_or(tls);
    }
    if let Some(hosts) = wanted.hosts.clone() {
        let path = inner.profile.proxy_certificate();
        let made = authority(inner, PROXY, Purpose::Hosts(hosts), path).await;
        standings.proxy = Standing::of(Some(made.as_ref().map(|_| ())));
        tls = match made {
            Ok(authority) => tls.with_proxy(authority, Arc::clone(&inner.clock)),
            Err(Error::Vault(problem)) => tls.with_proxy_unavailable(problem),
            Err(_) => tls.with_proxy_unavailable(VaultError::Damaged),
        };
    }
    // Locked meanwhile: then none of it is wanted.
    put(inner, tls, standings, |state| state.lock.period() == period);
}

/// Drops the keys from memory, at once.
pub(crate) fn drop_keys(inner: &Inner) {
    let wanted = Wanted::by(&inner.state());
    let locked = || Standing::Unavailable { problem: VaultError::Locked.to_string().into() };
    let standings = Standings { https: locked(), proxy: locked() };
    let tls = LocalTls::default();
    let tls = if wanted.hosts.is_some() { tls.with_proxy_unavailable(VaultError::Locked) } else { tls };
    put(inner, tls, standings, |_| true);
}

fn put(inner: &Inner, tls: LocalTls, standings: Standings, is_wanted: impl FnOnce(&State) -> bool) {
    {
        let mut state = inner.state_mut();
        if !is_wanted(&state) {
            return;
        }
        state.local_tls = standings;
        *held(&inner.local_tls) = tls.clone();
    }
    if let Some(gateway) = &*held(&inner.gateway) {
        gateway.secure(tls);
    }
    inner.announce(Event::Status);
}

/// The authority whose key is called `name`, and its certificate in the profile.
async fn authority(inner: &Inner, name: &str, purpose: Purpose, path: PathBuf) -> Result<Authority, Error> {
    let key = key(inner, name).await?;
    let authority = Authority::new(key.expose(), purpose, inner.clock.now())?;
    let pem = authority.certificate_pem();
    let writing = tokio::task::spawn_blocking(move || write_private(&path, pem.as_bytes()));
    writing.await.map_err(|_| Error::TaskEnded)??;
    Ok(authority)
}

/// The key, made where there is none yet.
async fn key(inner: &Inner, name: &str) -> Result<MasterCredential, Error> {
    let name = ServiceName::parse(name)?;
    match inner.credentials.read(&name).await {
        Ok(key) => Ok(key),
        Err(VaultError::Missing) => {
            let key = Authority::generate_key()?;
            let key = MasterCredential::parse(&key).map_err(valetkey_core::Error::from)?;
            inner.credentials.write(&name, &key).await.map_err(Error::Vault)?;
            Ok(key)
        }
        Err(problem) => Err(Error::Vault(problem)),
    }
}

/// HTTPS as it is shown.
pub(crate) fn https_row(inner: &Inner, state: &State) -> wire::LocalTls {
    row(&state.local_tls.https, state.settings.https, &inner.profile.https_certificate())
}

/// The proxy as it is shown: on where some token may use it.
pub(crate) fn proxy_row(inner: &Inner, state: &State) -> wire::LocalTls {
    row(&state.local_tls.proxy, Wanted::by(state).hosts.is_some(), &inner.profile.proxy_certificate())
}

fn row(standing: &Standing, wanted: bool, certificate: &Path) -> wire::LocalTls {
    let (mode, problem) = match (standing, wanted) {
        (_, false) => (wire::LocalTlsState::Off, None),
        (Standing::Ready, true) => (wire::LocalTlsState::Ready, None),
        (Standing::NotYet, true) => (wire::LocalTlsState::Unavailable, None),
        (Standing::Unavailable { problem }, true) => {
            (wire::LocalTlsState::Unavailable, Some(problem.to_string()))
        }
    };
    wire::LocalTls { state: mode, certificate: certificate.display().to_string(), problem }
}
