use std::{
    io,
    sync::{Arc, Weak},
};

use rustls::{
    ServerConfig,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::leaves::Leaves;
use crate::{authority::AuthorityError, connection::HEAD_TIME, route::is_label};

/// Every certificate for the gateway's own names has these too: a client that gives no name has come by an address.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Answers with a certificate for the name that was asked for, if that is one of the gateway's.
#[derive(Debug)]
struct Loopback(Weak<Leaves>);

impl ResolvesServerCert for Loopback {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = match hello.server_name() {
            None => "localhost",
            Some(name) if name == "localhost" => name,
            Some(name) => {
                name.strip_suffix(".localhost").filter(|label| is_label(label))?;
                name
            }
        };
        self.0.upgrade()?.of(name, &OWN_NAMES).ok()
    }
}

/// HTTPS on loopback.
pub(super) fn loopback_config(leaves: &Arc<Leaves>) -> Result<Arc<ServerConfig>, AuthorityError> {
    // What can't be issued is found out now, and not by the first client.
    leaves.of("localhost", &OWN_NAMES)?;
    config(Arc::new(Loopback(Arc::downgrade(leaves))))
}

/// Answers with the certificate for one host, whatever address the client has come to.
#[derive(Debug)]
struct OneHost {
    host: Box<str>,
    certificate: Arc<CertifiedKey>,
}

impl ResolvesServerCert for OneHost {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // A client that goes by an address gives no name (RFC 6066 §3).
        let agrees = hello.server_name().is_none_or(|name| name.eq_ignore_ascii_case(&self.host));
        agrees.then(|| Arc::clone(&self.certificate))
    }
}

/// HTTPS inside a tunnel to `host`.
pub(crate) fn tunnel_config(leaves: &Leaves, host: &str) -> Result<Arc<ServerConfig>, AuthorityError> {
    config(Arc::new(OneHost { host: host.into(), certificate: leaves.of(host, &[])? }))
}

/// TLS 1.2 or 1.3, and inside it HTTP/1.1 alone.
fn config(certificates: Arc<dyn ResolvesServerCert>) -> Result<Arc<ServerConfig>, AuthorityError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| AuthorityError::Certificate(error.to_string().into()))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Ends in an error where the client does not finish it in time.
pub(crate) async fn handshake<S>(config: Arc<ServerConfig>, client: S) -> io::Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    timeout(HEAD_TIME, TlsAcceptor::from(config).accept(client))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use valetkey_core::time::{Clock, SystemClock};

    use super::*;
    use crate::authority::{Authority, Purpose};

    #[test]
    fn a_connection_that_stays_open_keeps_no_key_of_an_authority() {
        let hosts = Purpose::Hosts(["api.example.com".into()].into());
        for purpose in [Purpose::Loopback, hosts] {
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let key = Authority::generate_key().unwrap();
            let authority = Authority::new(&key, purpose, clock.now()).unwrap();
            let leaves = Arc::new(Leaves::new(authority, clock));
            let of_connections = [loopback_config(&leaves), tunnel_config(&leaves, "api.example.com")];
            assert!(of_connections.iter().all(Result::is_ok));
            let kept = Arc::downgrade(&leaves);
            drop(leaves);
            assert!(kept.upgrade().is_none());
        }
    }
}
