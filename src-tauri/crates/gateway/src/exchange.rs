//! Forwards one permitted request and passes its reply back.
//!
//! All of it runs under [`Open::until_cut`], polled first: once a thread has acknowledged a change of policy, nothing more is
//! written for a request that lost its permit, in either direction.

mod download;
mod upload;

use std::{cell::Cell, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::{sleep, timeout},
};
use valetkey_core::{
    activity::{Ending, RequestId},
    decision::Permit,
};

use crate::{
    buffer::Buffer,
    connection::Next,
    denial::Denial,
    forwarded::forwards_upgrade,
    guard::{Facts, Framing},
    open::Open,
    reply::Location,
    route::Route,
    upstream::{UpstreamIo, dial},
    worker::Worker,
};
use download::{Delivered, Download, Failure};
use upload::{UploadFailure, upload};

/// Tells a client that waits for it to send its body (RFC 9110 §15.2.1).
pub(crate) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// How long a service may think before its reply begins. Long enough for a model's whole answer.
const REPLY_TIME: Duration = Duration::from_mins(10);
/// How long a stream may be silent, and how long a peer may refuse to read.
pub(crate) const STALL_TIME: Duration = Duration::from_mins(10);
/// How much of a body is read at once.
pub(crate) const BODY_READ: usize = 64 * 1024;

/// One permitted request.
pub(crate) struct Exchange<'x, S> {
    pub(crate) worker: &'x Worker,
    pub(crate) client: &'x mut S,
    pub(crate) input: &'x mut Buffer,
    pub(crate) open: &'x Open,
    pub(crate) permit: &'x Permit,
    pub(crate) facts: &'x Facts,
    /// The head that goes to the service; wiped once it is sent.
    pub(crate) head: &'x mut Vec<u8>,
    pub(crate) origin: &'x Origin,
    pub(crate) old_client: bool,
    pub(crate) request: RequestId,
}

/// How the client addressed the service, kept for redirects.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Prefix(&'static str, String),
    Root(&'static str, String),
    Own,
}

impl Origin {
    pub(crate) fn of(route: &Route<'_>, scheme: &'static str) -> Self {
        match route {
            Route::Prefix { host, .. } => Self::Prefix(scheme, (*host).to_owned()),
            Route::Subdomain { host, .. } => Self::Root(scheme, (*host).to_owned()),
            Route::ByHost { .. } | Route::Own(_) => Self::Own,
        }
    }

    fn location(&self) -> Location<'_> {
        match self {
            Self::Prefix(scheme, host) => Location::Prefix(scheme, host),
            Self::Root(scheme, host) => Location::Root(scheme, host),
            Self::Own => Location::Own,
        }
    }
}

/// How an exchange ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: u16,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) ending: Ending,
    pub(crate) next: Next,
}

/// What has been done so far; also seen when the rest is dropped.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Status that the client has been told, 0 before.
    pub(crate) status: Cell<u16>,
    pub(crate) sent: Cell<u64>,
    pub(crate) received: Cell<u64>,
}

enum Problem {
    /// Nothing has gone to the client yet; it is told.
    Denied(Denial),
    /// The reply broke off in the middle; only closing says so.
    Torn(Ending),
}

/// Carries it out.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut exchange: Exchange<'_, S>) -> Ended {
    let tally = Tally::default();
    let open = exchange.open;
    let lifetime = {
        let now = exchange.worker.clock.now().as_millis();
        let expires = exchange.permit.expires();
        expires.map(|end| Duration::from_millis(u64::try_from(end.as_millis() - now).unwrap_or(0)))
    };
    let outcome = tokio::select! {
        biased;
        refusal = open.until_cut() => Err(cut(&tally, refusal.into())),
        () = expiry(lifetime) => Err(cut(&tally, Denial::expired(exchange.permit.token()))),
        outcome = forward(&mut exchange, &tally) => outcome,
    };
    zeroize::Zeroize::zeroize(exchange.head);
    let (ending, next) = match outcome {
        Ok(next) => (Ending::Complete, next),
        Err(Problem::Torn(ending)) => (ending, Next::Drop),
        Err(Problem::Denied(denial)) => deny(&mut exchange, &tally, &denial).await,
    };
    Ended { status: tally.status.get(), sent: tally.sent.get(), received: tally.received.get(), ending, next }
}

async fn expiry(lifetime: Option<Duration>) {
    match lifetime {
        Some(lifetime) => sleep(lifetime).await,
        None => std::future::pending().await,
    }
}

fn cut(tally: &Tally, denial: Denial) -> Problem {
    if tally.status.get() == 0 { Problem::Denied(denial) } else { Problem::Torn(Ending::Cut) }
}

async fn deny<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    tally: &Tally,
    denial: &Denial,
) -> (Ending, Next) {
    let ending = match denial.status_and_code().0 {
        502 => Ending::UpstreamFailed,
        504 | 408 => Ending::Limit,
        _ => Ending::Cut,
    };
    let close = exchange.facts.close || exchange.facts.framing != Framing::None || denial.ends_connection();
    let mut out = Vec::new();
    let bodyless = exchange.facts.method == valetkey_core::http::Method::Head;
    let service = exchange.permit.service().name.as_str();
    denial.write(exchange.request, Some(service), bodyless, close, &mut out);
    tally.status.set(denial.status_and_code().0);
    match timeout(STALL_TIME, exchange.client.write_all(&out)).await {
        Ok(Ok(())) if close => (ending, Next::Linger),
        Ok(Ok(())) => (ending, Next::Request),
        Ok(Err(_)) | Err(_) => (ending, Next::Drop),
    }
}

async fn forward<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    tally: &Tally,
) -> Result<Next, Problem> {
    let service = exchange.permit.service();
    let pool = &exchange.worker.pool;
    // A kept connection may have died unseen; only what may be sent twice is sent again (RFC 9110 §9.2.2).
    if let Some(kept) = pool.take(&service.name, &service.base_url) {
        let repeatable = exchange.facts.framing == Framing::None
            && !forwards_upgrade(exchange.permit, exchange.facts)
            && !matches!(
                exchange.facts.method,
                valetkey_core::http::Method::Post | valetkey_core::http::Method::Patch
            );
        match over(exchange, kept, tally).await {
            Err(Problem::Denied(Denial::UpstreamBroke(_))) if repeatable && tally.status.get() == 0 => {}
            outcome => return outcome,
        }
    }
    let fresh =
        dial(&service.base_url, &exchange.worker.tls).await.map_err(|e| Problem::Denied(Denial::Dial(e)))?;
    over(exchange, fresh, tally).await
}

/// Sends the request over `upstream` and passes the reply back.
async fn over<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    mut upstream: UpstreamIo,
    tally: &Tally,
) -> Result<Next, Problem> {
    let broke = |_| Problem::Denied(Denial::UpstreamBroke("send"));
    timeout(STALL_TIME, upstream.write_all(exchange.head))
        .await
        .map_err(|_| Problem::Denied(Denial::UpstreamSlow))?
        .map_err(broke)?;
    upstream.flush().await.map_err(broke)?;

    let mut download =
        Download::new(exchange.permit, exchange.facts, exchange.origin.location(), exchange.old_client);
    let delivered = if exchange.facts.framing == Framing::None {
        download.run(&mut upstream, exchange.client, tally).await
    } else {
        duplex(exchange, &mut upstream, &mut download, tally).await?
    };
    match delivered {
        Ok(Delivered::Whole { reusable, upload_done }) => {
            let service = exchange.permit.service();
            if reusable && upload_done {
                exchange.worker.pool.put(&service.name, &service.base_url, upstream);
            }
            let close = exchange.facts.close || !upload_done || download.closes_client();
            Ok(if close { Next::Linger } else { Next::Request })
        }
        Ok(Delivered::Switched) => {
            download.tunnel(&mut upstream, exchange.client, exchange.input, tally).await;
            Ok(Next::Drop)
        }
        Err(failure) => Err(problem(tally, failure)),
    }
}

fn problem(tally: &Tally, failure: Failure) -> Problem {
    if tally.status.get() != 0 {
        return Problem::Torn(match failure {
            Failure::ClientGone => Ending::ClientGone,
            Failure::Broke(_) | Failure::Refused(_) => Ending::UpstreamFailed,
            Failure::Slow => Ending::Limit,
        });
    }
    match failure {
        Failure::ClientGone => Problem::Torn(Ending::ClientGone),
        Failure::Broke(step) => Problem::Denied(Denial::UpstreamBroke(step)),
        Failure::Refused(error) => Problem::Denied(Denial::Reply(error)),
        Failure::Slow => Problem::Denied(Denial::UpstreamSlow),
    }
}

/// Sends the body while the reply may already come; a reply that ends first ends the upload.
async fn duplex<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    upstream: &mut UpstreamIo,
    download: &mut Download<'_>,
    tally: &Tally,
) -> Result<Result<Delivered, Failure>, Problem> {
    if exchange.facts.expects_continue && exchange.facts.framing != Framing::Chunked {
        exchange.client.write_all(CONTINUE).await.map_err(|_| Problem::Torn(Ending::ClientGone))?;
    }
    let (mut from_client, mut to_client) = tokio::io::split(&mut *exchange.client);
    let (mut from_upstream, mut to_upstream) = tokio::io::split(&mut *upstream);
    let sending = upload(&mut from_client, exchange.input, exchange.facts.framing, &mut to_upstream, tally);
    let receiving = download.run(&mut from_upstream, &mut to_client, tally);
    tokio::pin!(sending, receiving);
    let mut uploading = true;
    let mut whole = false;
    loop {
        tokio::select! {
            biased;
            outcome = &mut sending, if uploading => {
                uploading = false;
                match outcome {
                    Ok(()) => whole = true,
                    // The service has closed its ear; its reply says why.
                    Err(UploadFailure::Upstream) => {}
                    Err(UploadFailure::ClientGone) => return Err(Problem::Torn(Ending::ClientGone)),
                    Err(UploadFailure::Slow) => return Err(cut_or_deny(tally, Denial::ClientSlow)),
                    Err(UploadFailure::Guard(error)) => return Err(cut_or_deny(tally, Denial::Guard(error))),
                }
            }
            outcome = &mut receiving => {
                return Ok(outcome.map(|delivered| match delivered {
                    Delivered::Whole { reusable, .. } => Delivered::Whole { reusable, upload_done: whole },
                    Delivered::Switched => Delivered::Switched,
                }));
            }
        }
    }
}

fn cut_or_deny(tally: &Tally, denial: Denial) -> Problem {
    if tally.status.get() == 0 { Problem::Denied(denial) } else { Problem::Torn(Ending::ClientGone) }
}
