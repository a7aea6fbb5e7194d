//! Forwards one permitted request and passes its reply back.
//!
//! All of it runs under [`Open::while_permitted`]: once a thread has acknowledged a change of policy, nothing more is
//! written for a request that lost its permit, in either direction.

mod download;
mod upload;

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use valetkey_core::{
    activity::{Ending, RequestId},
    decision::Permit,
    http::Method,
};

use crate::{
    Accepted, ServiceRefused,
    body::Scan,
    buffer::Buffer,
    connection::Next,
    denial::Denial,
    dialect::Dialect,
    forwarded::forwards_upgrade,
    guard::{Facts, Framing},
    open::{Late, Open},
    reply::{Location, ReplyHead},
    route::Route,
    upstream::{UpstreamIo, Use, open as open_upstream},
    worker::Worker,
};
use download::{Delivered, Download, Failure};
use upload::{Passing, UploadFailure, upload};

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
    pub(crate) permit: &'x Permit<'x>,
    pub(crate) facts: &'x Facts,
    /// The head that goes to the service; wiped at the end.
    pub(crate) head: &'x mut Vec<u8>,
    /// Room for the reply's head.
    pub(crate) reply: &'x mut ReplyHead,
    /// Where redirects lead.
    pub(crate) location: Location<'x>,
    pub(crate) old_client: bool,
    /// What is left to be looked through of the body.
    pub(crate) scan: Option<Scan<'x>>,
    pub(crate) request: RequestId,
    /// What the reply needs besides what every reply does.
    pub(crate) dialect: Dialect,
}

/// How the client addressed the service, kept for redirects.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    Prefix,
    Root,
    Own,
}

impl Origin {
    /// Puts the authority into `host`.
    pub(crate) fn of(route: &Route<'_>, host: &mut String) -> Self {
        host.clear();
        match route {
            Route::Prefix { host: addressed, .. } => {
                host.push_str(addressed);
                Self::Prefix
            }
            Route::Subdomain { host: addressed, .. } => {
                host.push_str(addressed);
                Self::Root
            }
            Route::ByHost { .. } | Route::Own(_) => Self::Own,
        }
    }

    pub(crate) const fn location<'h>(self, scheme: &'static str, host: &'h str) -> Location<'h> {
        match self {
            Self::Prefix => Location::Prefix(scheme, host),
            Self::Root => Location::Root(scheme, host),
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
    /// What the service says that the operation accepts, where it refuses.
    pub(crate) accepts: RefCell<Option<Box<str>>>,
}

enum Problem {
    /// Nothing has gone to the client yet; it is told.
    Denied(Denial),
    /// The service has not begun with it, and nothing of its body has been used up.
    Unprocessed,
    /// The reply broke off in the middle; only closing says so.
    Torn(Ending),
}

/// Forwards and passes the reply back. Nothing is left open when it returns, but what the pool keeps.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut exchange: Exchange<'_, S>) -> Ended {
    let tally = Tally::default();
    let open = exchange.open;
    let expires = exchange.permit.expires();
    let lifetime = expires.map(|end| {
        let left = end.as_millis() - exchange.worker.clock.now().as_millis();
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    });
    let forwarding = open.while_permitted(forward(&mut exchange, &tally));
    let outcome = match lifetime {
        None => Ok(forwarding.await),
        Some(lifetime) => Box::pin(timeout(lifetime, forwarding)).await,
    };
    let outcome = match outcome {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(refusal)) => Err(cut(&tally, refusal.into())),
        Err(_) => Err(cut(&tally, Denial::expired(exchange.permit.token()))),
    };
    // The credential is the last line but the empty one.
    let secret = exchange.head.len().saturating_sub(exchange.permit.credential_line().len() + 2);
    zeroize::Zeroize::zeroize(&mut exchange.head[secret..]);
    let (ending, next) = match outcome {
        Ok(next) => {
            report_refusal(&exchange, &tally);
            (Ending::Complete, next)
        }
        Err(Problem::Torn(ending)) => (ending, Next::Drop),
        Err(Problem::Denied(denial)) => Box::pin(deny(&mut exchange, &tally, &denial)).await,
        // It came over a new connection; once is enough.
        Err(Problem::Unprocessed) => {
            Box::pin(deny(&mut exchange, &tally, &Denial::UpstreamBroke("head"))).await
        }
    };
    Ended { status: tally.status.get(), sent: tally.sent.get(), received: tally.received.get(), ending, next }
}

/// Tells the owner where the service refused, and what it accepts where it says so. Some services hide by 404 what a credential lacks a
/// permission for.
fn report_refusal<S>(exchange: &Exchange<'_, S>, tally: &Tally) {
    let (status, accepts) = (tally.status.get(), tally.accepts.take());
    if matches!(status, 401 | 403) || accepts.is_some() {
        let operation = exchange.permit.operation().map(|operation| operation.label.clone());
        let accepted = operation.zip(accepts).map(|(operation, text)| Accepted { operation, text });
        let service = exchange.permit.service().name.clone();
        exchange.worker.report_refusal(ServiceRefused { service, status, accepted });
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
    let bodyless = exchange.facts.method == Method::Head;
    let service = exchange.permit.service().name.as_str();
    denial.write(exchange.request, Some(service), exchange.dialect, bodyless, close, &mut out);
    tally.status.set(denial.status_and_code().0);
    match exchange.open.within(STALL_TIME, exchange.client.write_all(&out)).await {
        Ok(Ok(())) if close => (ending, Next::Linger),
        Ok(Ok(())) => (ending, Next::Request),
        Ok(Err(_)) | Err(_) => (ending, Next::Drop),
    }
}

async fn forward<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    tally: &Tally,
) -> Result<Next, Problem> {
    let (service, base_url) = (&exchange.permit.service().name, &exchange.permit.endpoint().base_url);
    let pool = &exchange.worker.pool;
    let upgrade = forwards_upgrade(exchange.permit, exchange.facts);
    let wanted = wanted(exchange.facts, upgrade);
    let now = exchange.worker.ticks.now();
    if let Some(kept) = pool.take(service, base_url, wanted, now) {
        // A kept connection may have died unseen, or its end may have been near.
        match over(exchange, kept, tally).await {
            Err(Problem::Unprocessed) => {}
            Err(Problem::Denied(Denial::UpstreamBroke(_)))
                if wanted == Use::Repeatable && tally.status.get() == 0 => {}
            outcome => return outcome,
        }
    }
    let tls = &exchange.worker.tls;
    let dialling = Box::pin(open_upstream(base_url, if upgrade { &tls.one } else { &tls.two }));
    let fresh = dialling.await.map_err(|error| Problem::Denied(Denial::Dial(error)))?;
    pool.share(service, base_url, &fresh, exchange.worker.ticks.now());
    over(exchange, fresh, tally).await
}

fn wanted(facts: &Facts, upgrade: bool) -> Use {
    if upgrade {
        Use::Upgrade
    } else if facts.framing != Framing::None || matches!(facts.method, Method::Post | Method::Patch) {
        Use::Once
    } else {
        Use::Repeatable
    }
}

/// Sends the request over `upstream` and passes the reply back.
async fn over<S: AsyncRead + AsyncWrite + Unpin>(
    exchange: &mut Exchange<'_, S>,
    mut upstream: UpstreamIo,
    tally: &Tally,
) -> Result<Next, Problem> {
    let sending = async {
        upstream.write_all(exchange.head).await?;
        upstream.flush().await
    };
    let sent = exchange.open.within(STALL_TIME, sending).await;
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(_)) if upstream.is_unprocessed() => return Err(Problem::Unprocessed),
        Ok(Err(_)) => return Err(Problem::Denied(Denial::UpstreamBroke("send"))),
        Err(Late) => return Err(Problem::Denied(Denial::UpstreamSlow)),
    }

    let mut download =
        Download::new(exchange.permit, exchange.facts, exchange.open, exchange.location, exchange.old_client)
            .of(exchange.dialect);
    let delivered = if exchange.facts.framing == Framing::None {
        download.run(&mut upstream, exchange.client, exchange.reply, tally).await
    } else {
        Box::pin(duplex(exchange, &mut upstream, &mut download, tally)).await?
    };
    match delivered {
        Ok(Delivered::Whole { reusable, upload_done }) => {
            if reusable && upload_done {
                let (service, base_url) = (exchange.permit.service(), &exchange.permit.endpoint().base_url);
                let now = exchange.worker.ticks.now();
                exchange.worker.pool.put(&service.name, base_url, upstream, now);
            }
            let close = exchange.facts.close || !upload_done || download.closes_client();
            Ok(if close { Next::Linger } else { Next::Request })
        }
        Ok(Delivered::Switched) => {
            Box::pin(download.tunnel(&mut upstream, exchange.client, exchange.input, tally)).await;
            Ok(Next::Drop)
        }
        Err(_) if upstream.is_unprocessed() && exchange.facts.framing == Framing::None => {
            Err(Problem::Unprocessed)
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
    // What was put together of it goes nowhere.
    tally.received.set(0);
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
    let (open, framing) = (exchange.open, exchange.facts.framing);
    let passing = Passing { input: exchange.input, scan: exchange.scan.as_mut(), open, tally };
    let sending = upload(&mut from_client, framing, &mut to_upstream, passing);
    let receiving = download.run(&mut from_upstream, &mut to_client, exchange.reply, tally);
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
                    Err(UploadFailure::Body(error)) => return Err(cut_or_deny(tally, Denial::Body(error))),
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
