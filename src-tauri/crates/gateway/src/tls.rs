//! TLS on the client's side of the gateway: off until the owner switches it on.

mod leaves;
mod prefixed;
mod server;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use valetkey_core::{ports::VaultError, time::Clock};

pub(crate) use prefixed::Prefixed;
pub(crate) use server::{handshake, tunnel_config};

use crate::authority::{Authority, AuthorityError};
pub(crate) use leaves::Leaves;
use server::loopback_config;

/// What the gateway answers TLS with.
#[derive(Clone, Debug, Default)]
pub struct LocalTls {
    https: Option<Https>,
    /// `None` where no token may use it: then CONNECT is no method.
    proxy: Option<Proxy>,
}

#[derive(Clone, Debug)]
struct Https {
    config: Arc<ServerConfig>,
    /// What the configuration issues from. Only here it is kept alive, so that no connection that stays open keeps the key.
    _leaves: Arc<Leaves>,
}

/// The HTTPS proxy.
#[derive(Clone, Debug)]
pub(crate) enum Proxy {
    /// The vault does not give the key for it.
    Unavailable(VaultError),
    On(Arc<Leaves>),
}

impl LocalTls {
    /// Serves HTTPS on loopback with certificates of `authority`.
    pub fn with_https(self, authority: Authority, clock: Arc<dyn Clock>) -> Result<Self, AuthorityError> {
        let leaves = Arc::new(Leaves::new(authority, clock));
        let https = Https { config: loopback_config(&leaves)?, _leaves: leaves };
        Ok(Self { https: Some(https), ..self })
    }

    /// Takes CONNECT to hosts that `authority` vouches for.
    pub fn with_proxy(self, authority: Authority, clock: Arc<dyn Clock>) -> Self {
        Self { proxy: Some(Proxy::On(Arc::new(Leaves::new(authority, clock)))), ..self }
    }

    /// Answers CONNECT with 503 and the reason.
    pub fn with_proxy_unavailable(self, problem: VaultError) -> Self {
        Self { proxy: Some(Proxy::Unavailable(problem)), ..self }
    }
}

/// The one value of [`LocalTls`] that all threads see. It is read once for each connection that begins with TLS or CONNECT.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<RwLock<LocalTls>>);

impl Shared {
    pub(crate) fn put(&self, tls: LocalTls) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = tls;
    }

    pub(crate) fn https(&self) -> Option<Arc<ServerConfig>> {
        let tls = self.0.read().unwrap_or_else(PoisonError::into_inner);
        tls.https.as_ref().map(|https| Arc::clone(&https.config))
    }

    pub(crate) fn proxy(&self) -> Option<Proxy> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).proxy.clone()
    }
}
