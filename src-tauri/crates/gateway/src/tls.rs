//! TLS on the client's side of the gateway: off until the owner switches it on.

mod leaves;
mod prefixed;
mod server;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use valetkey_core::time::Clock;

pub(crate) use prefixed::Prefixed;
pub(crate) use server::handshake;

use crate::authority::{Authority, AuthorityError};
use leaves::Leaves;
use server::loopback_config;

/// What the gateway answers TLS with.
#[derive(Clone, Debug, Default)]
pub struct LocalTls {
    https: Option<Arc<ServerConfig>>,
}

impl LocalTls {
    /// Serves HTTPS on loopback with certificates of `authority`.
    pub fn with_https(self, authority: Authority, clock: Arc<dyn Clock>) -> Result<Self, AuthorityError> {
        Ok(Self { https: Some(loopback_config(Leaves::new(authority, clock))?) })
    }
}

/// The one value of [`LocalTls`] that all threads see. It is read once for each connection that begins with TLS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<RwLock<LocalTls>>);

impl Shared {
    pub(crate) fn put(&self, tls: LocalTls) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = tls;
    }

    pub(crate) fn https(&self) -> Option<Arc<ServerConfig>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).https.clone()
    }
}
