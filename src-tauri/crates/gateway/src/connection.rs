//! One client connection: request after request, each judged before anything is sent anywhere.

mod answering;
mod candidates;
mod connect;
mod known;
mod reading;
mod tunnel;
mod turn;

use std::{net::SocketAddr, rc::Rc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout},
};
use valetkey_core::activity::Transport;

use crate::{
    buffer::{Buffer, give_spare, take_spare},
    denial::Denial,
    dialect::Dialect,
    guard::{Head, HeadState, read_head},
    open::{Late, Open},
    reply::ReplyHead,
    worker::{CallerProcess, Worker},
};
pub(crate) use connect::{ConnectProblem, connect};
use known::{Known, record_refusal};
pub(crate) use tunnel::Tunnel;
use turn::Turn;

/// How long a connection may be silent between requests.
pub(crate) const IDLE_TIME: Duration = Duration::from_secs(75);
/// How long a head may take once it has begun; the first chunk of a body too.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long what a refused client still sends is read and thrown away, so that it gets to read the refusal: many send a whole body before
/// they read.
const LINGER_TIME: Duration = Duration::from_secs(10);
/// How long it is waited for more of that.
const LINGER_QUIET: Duration = Duration::from_secs(1);
/// How much is read at once while a head is awaited.
pub(crate) const HEAD_READ: usize = 16 * 1024;

/// Whether the client came over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    Plain,
    Tls,
}

impl Security {
    /// What URLs of the gateway begin with for this client.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls => "https",
        }
    }
}

/// How the client came.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) transport: Transport,
    pub(crate) security: Security,
    pub(crate) listening: Option<SocketAddr>,
    pub(crate) caller: Option<CallerProcess>,
    /// Through which CONNECT.
    pub(crate) tunnel: Option<Rc<Tunnel>>,
}

/// What becomes of the connection after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another request may follow.
    Request,
    /// It ends; what the client still sends is never parsed.
    Linger,
    /// It ends at once.
    Drop,
}

/// Serves a connection to its end; `input` is what has been read of it already.
pub(crate) async fn serve<S>(worker: &Rc<Worker>, mut client: S, mut input: Buffer, way: Way, open: &Rc<Open>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut head = Head::default();
    let mut reply = ReplyHead::default();
    let mut host = String::new();
    loop {
        let arriving = await_head(&mut client, &mut input, &mut head, open);
        let arrival = match &way.tunnel {
            None => arriving.await,
            Some(tunnel) => tokio::select! {
                biased;
                () = tunnel.until_cut() => Arrival::Gone,
                arrival = arriving => arrival,
            },
        };
        let mut out = take_spare();
        let next = match arrival {
            Arrival::Head => {
                let mut turn = Turn {
                    worker,
                    client: &mut client,
                    input: &mut input,
                    head: &head,
                    reply: &mut reply,
                    out: &mut out,
                    host: &mut host,
                    way: &way,
                    open,
                };
                turn.request().await
            }
            Arrival::Refused(denial) => {
                let request = worker.next_request();
                record_refusal(worker, &way, request, &Known::default(), &denial, Instant::now());
                denial.write(request, None, Dialect::Usual, false, true, &mut out);
                if client.write_all(&out).await.is_ok() { Next::Linger } else { Next::Drop }
            }
            Arrival::Gone => Next::Drop,
        };
        give_spare(out);
        match next {
            Next::Request => {}
            Next::Linger => return linger(client).await,
            Next::Drop => return,
        }
    }
}

enum Arrival {
    Head,
    Refused(Denial),
    Gone,
}

async fn await_head<S: AsyncRead + Unpin>(
    client: &mut S,
    input: &mut Buffer,
    head: &mut Head,
    open: &Open,
) -> Arrival {
    if input.unread().is_empty() {
        match open.within(IDLE_TIME, input.fill(client, HEAD_READ)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) | Err(Late) => return Arrival::Gone,
        }
    }
    // From its first byte on, all of a head has one limit.
    let rest = async {
        loop {
            match read_head(input.unread(), head) {
                Ok(HeadState::Complete) => return Arrival::Head,
                Ok(HeadState::Partial) => {}
                Err(error) => return Arrival::Refused(Denial::Guard(error)),
            }
            if !matches!(input.fill(client, HEAD_READ).await, Ok(1..)) {
                return Arrival::Gone;
            }
        }
    };
    open.within(HEAD_TIME, rest).await.unwrap_or(Arrival::Refused(Denial::ClientSlow))
}

/// Reads and throws away for a while, so that closing does not reset the connection before the refusal is read.
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut client: S) {
    if client.shutdown().await.is_err() {
        return;
    }
    let mut scratch = take_spare();
    let drain = async {
        while let Ok(Ok(1..)) = timeout(LINGER_QUIET, client.read_buf(&mut scratch)).await {
            scratch.clear();
        }
    };
    // Running out of time is the expected end with a client that never stops.
    let _ = timeout(LINGER_TIME, drain).await;
    give_spare(scratch);
}

/// Whole microseconds since `begun`.
pub(crate) fn micros_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}
