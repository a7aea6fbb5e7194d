use std::{io, sync::Arc};

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
struct Loopback(Leaves);

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
        self.0.of(name, &OWN_NAMES).ok()
    }
}

/// HTTPS on loopback.
pub(super) fn loopback_config(leaves: Leaves) -> Result<Arc<ServerConfig>, AuthorityError> {
    // What can't be issued is found out now, and not by the first client.
    leaves.of("localhost", &OWN_NAMES)?;
    config(Arc::new(Loopback(leaves)))
}

/// Answers with the certificate for one host, whatever address the client has come to.
#[derive(Debug)]
struct OneHost {
    host: Box<str>,
    leaves: Arc<Leaves>,
}

impl ResolvesServerCert for OneHost {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // A client that goes by an address gives no name (RFC 6066 §3).
        let agrees = hello.server_name().is_none_or(|name| name.eq_ignore_ascii_case(&self.host));
        if agrees { self.leaves.of(&self.host, &[]).ok() } else { None }
    }
}

/// HTTPS inside a tunnel to `host`.
pub(crate) fn tunnel_config(leaves: &Arc<Leaves>, host: &str) -> Result<Arc<ServerConfig>, AuthorityError> {
    leaves.of(host, &[])?;
    config(Arc::new(OneHost { host: host.into(), leaves: Arc::clone(leaves) }))
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
