use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use valetkey_core::service::{BaseUrl, Scheme, is_never_dialled};

use super::{UpstreamIo, http2::Http2, socket::Socket};

/// For one address.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// For name resolution, and for the TLS handshake.
const STEP_TIME: Duration = Duration::from_secs(10);

/// Which step of reaching a service failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// The name has no address.
    #[error("dns: the host name could not be resolved")]
    Dns,
    /// Every address it has is one that is never dialled.
    #[error("dns: the host name resolves to an address that no service may live at")]
    Address,
    /// Nobody answers there.
    #[error("connect: {0}")]
    Connect(io::Error),
    /// No answer in time.
    #[error("connect: no answer in time")]
    ConnectTime,
    /// The certificate or the protocol is not right.
    #[error("tls: {0}")]
    Tls(io::Error),
    /// The handshake took too long.
    #[error("tls: no answer in time")]
    TlsTime,
}

impl DialError {
    /// Whether time ran out, rather than something failing.
    pub(crate) const fn is_timeout(&self) -> bool {
        matches!(self, Self::ConnectTime | Self::TlsTime)
    }
}

/// Opens a way to where `base` says for one request.
pub(crate) async fn open(base: &BaseUrl, tls: &Arc<ClientConfig>) -> Result<UpstreamIo, DialError> {
    let socket = dial(base, tls).await?;
    if !socket.is_http2() {
        return Ok(UpstreamIo::Alone(socket));
    }
    match timeout(STEP_TIME, Http2::begin(socket)).await {
        Ok(Ok(connection)) => Ok(UpstreamIo::Stream(Box::new(connection.stream()))),
        Ok(Err(error)) => Err(DialError::Connect(io::Error::other(error))),
        Err(_) => Err(DialError::ConnectTime),
    }
}

/// Opens a connection to where `base` says. The address that was judged is the address that is dialled.
pub(crate) async fn dial(base: &BaseUrl, tls: &Arc<ClientConfig>) -> Result<Socket, DialError> {
    let addresses = addresses(base).await?;
    let mut failure = DialError::Dns;
    for address in addresses {
        match timeout(CONNECT_TIME, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Heads and small bodies go out at once; a failure here costs only delay.
                let _ = stream.set_nodelay(true);
                return secure(base, stream, tls).await;
            }
            Ok(Err(error)) => failure = DialError::Connect(error),
            Err(_) => failure = DialError::ConnectTime,
        }
    }
    Err(failure)
}

async fn secure(base: &BaseUrl, stream: TcpStream, tls: &Arc<ClientConfig>) -> Result<Socket, DialError> {
    if base.scheme() == Scheme::Http {
        return Ok(Socket::Plain(stream));
    }
    let name = ServerName::try_from(host_of(base).to_owned()).map_err(|_| DialError::Dns)?;
    let connector = TlsConnector::from(Arc::clone(tls));
    match timeout(STEP_TIME, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Socket::Tls(Box::new(stream))),
        Ok(Err(error)) => Err(DialError::Tls(error)),
        Err(_) => Err(DialError::TlsTime),
    }
}

/// Without the brackets of an IPv6 literal.
fn host_of(base: &BaseUrl) -> &str {
    base.host().trim_start_matches('[').trim_end_matches(']')
}

async fn addresses(base: &BaseUrl) -> Result<Vec<SocketAddr>, DialError> {
    let port = base.port();
    let host = host_of(base);
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if base.is_loopback() {
        // RFC 6761 §6.3: names below `localhost` are this machine; no resolver is asked.
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        return Ok(loopback.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    let found = timeout(STEP_TIME, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| DialError::Dns)?
        .map_err(|_| DialError::Dns)?;
    // A public name that leads to this machine is a name that somebody turned around.
    let allowed: Vec<_> =
        found.filter(|address| !is_never_dialled(address.ip()) && !address.ip().is_loopback()).collect();
    if allowed.is_empty() { Err(DialError::Address) } else { Ok(allowed) }
}
