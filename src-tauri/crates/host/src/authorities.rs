//! The local certificate authority: its key in the vault, its certificate in the profile, and what the gateway answers TLS with.
//!
//! Nothing is ever installed anywhere: a client trusts it once the owner hands it the certificate.

use std::sync::Arc;

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

/// How it stands with an authority that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has asked for it yet.
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

/// Whether a service can't be called this.
pub(crate) fn is_reserved(name: &ServiceName) -> bool {
    name.as_str().starts_with(RESERVED)
}

/// Does [`renew`], and waits only so long for a slow vault; what comes later is put in force then.
pub(crate) async fn renew_soon(inner: &Arc<Inner>) {
    let renewing = {
        let inner = Arc::clone(inner);
        tokio::spawn(async move { renew(&inner).await })
    };
    // A panic in it has been reported.
    let _ = tokio::time::timeout(PATIENCE, renewing).await;
}

/// Puts in force what the settings ask for and the vault gives now.
pub(crate) async fn renew(inner: &Inner) {
    if inner.plan.get().is_none() {
        return;
    }
    // One after the other: two that find no key must not both make one.
    let _renewing = inner.renewing.lock().await;
    let (wanted, period) = {
        let state = inner.state();
        (state.settings.https, state.lock.period())
    };
    let made = if wanted { https(inner).await } else { Ok(LocalTls::default()) };
    let (tls, standing) = match made {
        Ok(tls) if wanted => (tls, Standing::Ready),
        Ok(tls) => (tls, Standing::NotYet),
        Err(error) => (LocalTls::default(), Standing::Unavailable { problem: error.to_string().into() }),
    };
    put(inner, tls, standing, |state| state.lock.period() == period);
}

/// Drops the key from memory, at once.
pub(crate) fn drop_keys(inner: &Inner) {
    let problem = VaultError::Locked.to_string().into();
    put(inner, LocalTls::default(), Standing::Unavailable { problem }, |_| true);
}

fn put(inner: &Inner, tls: LocalTls, standing: Standing, is_wanted: impl FnOnce(&State) -> bool) {
    {
        let mut state = inner.state_mut();
        if !is_wanted(&state) {
            return;
        }
        state.https = standing;
        *held(&inner.local_tls) = tls.clone();
    }
    if let Some(gateway) = &*held(&inner.gateway) {
        gateway.secure(tls);
    }
    inner.announce(Event::Status);
}

async fn https(inner: &Inner) -> Result<LocalTls, Error> {
    let key = key(inner, HTTPS).await?;
    let authority = Authority::new(key.expose(), Purpose::Loopback, inner.clock.now())?;
    let (path, pem) = (inner.profile.https_certificate(), authority.certificate_pem());
    let writing = move || write_private(&path, pem.as_bytes());
    tokio::task::spawn_blocking(writing).await.map_err(|_| Error::TaskEnded)??;
    Ok(LocalTls::default().with_https(authority, Arc::clone(&inner.clock))?)
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
    let (mode, problem) = match (&state.https, state.settings.https) {
        (_, false) => (wire::LocalTlsState::Off, None),
        (Standing::Ready, true) => (wire::LocalTlsState::Ready, None),
        (Standing::NotYet, true) => (wire::LocalTlsState::Unavailable, None),
        (Standing::Unavailable { problem }, true) => {
            (wire::LocalTlsState::Unavailable, Some(problem.to_string()))
        }
    };
    wire::LocalTls {
        state: mode,
        certificate: inner.profile.https_certificate().display().to_string(),
        problem,
    }
}
