//! CONNECT: the HTTPS proxy, for clients that can't be told another base URL.
//!
//! It is no way to anywhere: only to hosts of connected services, only for tokens that may, and TLS ends here, so that every request
//! inside meets the same guard and decision as any other.

use std::rc::Rc;

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout_at},
};
use valetkey_core::{
    decision::TokenProblem,
    ports::VaultError,
    token::{Presented, TokenId},
};

use super::{
    HEAD_READ, HEAD_TIME, Security, Way,
    known::{Known, record_refusal},
    linger, serve,
    tunnel::{Target, Tunnel, leave},
};
use crate::{
    buffer::Buffer,
    credential,
    denial::Denial,
    dialect::Dialect,
    guard::{Facts, Framing, Head, HeadState, read_head},
    open::Open,
    tls::{Proxy, handshake, tunnel_config},
    worker::Worker,
};

/// Longer than any host name with its port, and what stands around it (RFC 1035 §2.3.4).
const MAX_LINE: usize = 300;
const GRANTED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
/// The fields obey the same guard as those of any request; it is given them behind a line that it knows.
const STAND_IN: &[u8] = b"GET / HTTP/1.1";

/// Why there is no tunnel, or why a request inside is not for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectProblem {
    #[error("CONNECT takes one host:port, and Host the same")]
    Malformed,
    #[error("something was sent before CONNECT was answered")]
    Early,
    #[error("send a personal token of Valet Key that may use the HTTPS proxy as the proxy's password")]
    Token(TokenProblem, Option<TokenId>),
    #[error("this token may not use the HTTPS proxy")]
    NotAllowed(TokenId),
    #[error("no connected service lives at that host and port")]
    HostUnknown,
    #[error("this Host is not the one that the tunnel leads to")]
    OtherHost,
}

impl ConnectProblem {
    /// Status and code of design contract 4.3; a proxy says 407 where a server says 401 (RFC 9110 §15.5.8).
    pub(crate) const fn status_and_code(self) -> (u16, &'static str) {
        match self {
            Self::Malformed | Self::Early => (400, "invalid_request"),
            Self::Token(..) => (407, "invalid_token"),
            Self::NotAllowed(_) => (403, "insufficient_scope"),
            Self::HostUnknown => (403, "service_unknown"),
            Self::OtherHost => (421, "host_refused"),
        }
    }

    /// Which token it was, where that came out.
    pub(crate) const fn token(self) -> Option<TokenId> {
        match self {
            Self::Token(_, token) => token,
            Self::NotAllowed(token) => Some(token),
            Self::Malformed | Self::Early | Self::HostUnknown | Self::OtherHost => None,
        }
    }
}

impl From<ConnectProblem> for Denial {
    fn from(problem: ConnectProblem) -> Self {
        Self::Connect(problem)
    }
}

/// Serves a connection that begins with CONNECT. A granted one is no request of its own: nothing goes anywhere by it, and the requests
/// inside are on record, each by itself.
pub(crate) async fn connect<S>(
    worker: &Rc<Worker>,
    mut client: S,
    mut input: Buffer,
    mut way: Way,
    proxy: &Proxy,
    open: &Rc<Open>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let begun = Instant::now();
    let mut known = Known { operation: "CONNECT".into(), ..Known::default() };
    let config = match await_connect(&mut client, &mut input).await {
        Err(None) => return,
        Err(Some(denial)) => Err(denial),
        Ok(asked) => judge(worker, &asked, &input, &mut known).and_then(|tunnel| match proxy {
            Proxy::Unavailable(problem) => Err(Denial::Vault(*problem)),
            // What can't be issued is a vault that gave something else than a key.
            Proxy::On(leaves) => tunnel_config(leaves, &asked.target.host)
                .map(|config| (config, tunnel))
                .map_err(|_| Denial::Vault(VaultError::Damaged)),
        }),
    };
    let (config, tunnel) = match config {
        Ok(granted) => granted,
        Err(denial) => {
            let request = worker.next_request();
            record_refusal(worker, &way, request, &known, &denial, begun);
            let mut out = Vec::new();
            denial.write(request, None, Dialect::Usual, false, true, &mut out);
            if client.write_all(&out).await.is_ok() {
                linger(client).await;
            }
            return;
        }
    };
    let tunnel = Rc::new(tunnel);
    open.enter(&tunnel);
    let secured = async {
        client.write_all(GRANTED).await?;
        handshake(config, client).await
    };
    let client = tokio::select! {
        biased;
        () = tunnel.until_cut() => return,
        client = secured => client,
    };
    // A handshake that fails is not a request.
    let Ok(client) = client else { return };
    way.security = Security::Tls;
    way.tunnel = Some(tunnel);
    serve(worker, client, Buffer::default(), way, open).await;
}

/// A whole CONNECT head.
struct Asked {
    target: Target,
    /// The head with [`STAND_IN`] for its first line.
    bytes: Vec<u8>,
    head: Head,
    /// Of the head as it came.
    len: usize,
}

/// `Err(None)` where the client has gone.
async fn await_connect(
    client: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
) -> Result<Asked, Option<Denial>> {
    let deadline = Instant::now() + HEAD_TIME;
    loop {
        if let Some(asked) = read(input.unread()).map_err(Some)? {
            return Ok(asked);
        }
        match timeout_at(deadline, input.fill(client, HEAD_READ)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return Err(None),
            Err(_) => return Err(Some(Denial::ClientSlow)),
        }
    }
}

/// `None` where more is needed.
fn read(bytes: &[u8]) -> Result<Option<Asked>, Denial> {
    let Some(end) = memchr::memchr2(b'\r', b'\n', bytes) else {
        return if bytes.len() > MAX_LINE { Err(ConnectProblem::Malformed.into()) } else { Ok(None) };
    };
    // Clients that speak no more than HTTP/1.0 to a proxy are among those that this is for.
    let target = bytes[..end]
        .strip_prefix(b"CONNECT ")
        .and_then(|rest| rest.strip_suffix(b" HTTP/1.1").or_else(|| rest.strip_suffix(b" HTTP/1.0")))
        .filter(|_| end <= MAX_LINE)
        .and_then(Target::parse)
        .ok_or(ConnectProblem::Malformed)?;
    let stand_in = [STAND_IN, &bytes[end..]].concat();
    let mut head = Head::default();
    match read_head(&stand_in, &mut head).map_err(Denial::Guard)? {
        HeadState::Partial => Ok(None),
        HeadState::Complete => {
            let len = head.len() - STAND_IN.len() + end;
            Ok(Some(Asked { target, bytes: stand_in, head, len }))
        }
    }
}

fn judge(worker: &Worker, asked: &Asked, input: &Buffer, known: &mut Known<'_>) -> Result<Tunnel, Denial> {
    let Asked { target, bytes, head, len } = asked;
    known.operation = format!("CONNECT {}", target.as_str()).into();
    let facts = Facts::of(head, bytes).map_err(Denial::Guard)?;
    if input.unread().len() > *len || facts.framing != Framing::None {
        return Err(ConnectProblem::Early.into());
    }
    let mut hosts = head.values(bytes, "host");
    let host_agrees = match (hosts.next(), hosts.next()) {
        (None, _) => true,
        (Some(host), None) => target.is_named(host),
        (Some(_), Some(_)) => false,
    };
    if !host_agrees {
        return Err(ConnectProblem::Malformed.into());
    }
    if facts.cross_origin {
        return Err(Denial::CrossOrigin);
    }
    let presented = token(head, bytes)?;
    known.presented = Some(presented);
    let snapshot = worker.snapshot();
    let endpoint = leave(&snapshot, &presented, target, worker.clock.now())?;
    Ok(Tunnel::new(presented, target.clone(), endpoint))
}

/// From `Proxy-Authorization` alone.
fn token(head: &Head, bytes: &[u8]) -> Result<Presented, Denial> {
    let mut values = head.values(bytes, "proxy-authorization");
    match (values.next(), values.next()) {
        (None, _) => Err(ConnectProblem::Token(TokenProblem::Absent, None).into()),
        (Some(_), Some(_)) => Err(Denial::TwoCredentials),
        (Some(value), None) => credential::from_authorization(value)
            .ok_or_else(|| ConnectProblem::Token(TokenProblem::Malformed, None).into()),
    }
}
