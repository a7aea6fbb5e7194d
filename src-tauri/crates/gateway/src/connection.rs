//! One client connection: request after request, each judged before anything is sent anywhere.

use std::{net::SocketAddr, rc::Rc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout},
};
use valetkey_core::{
    activity::{Closing, Ending, Opening, Outcome, RequestId, Transport},
    decision::{self, Permit, Request},
    http::Method,
    path::{Path, Query},
    policy::{ServicePolicy, Snapshot},
    token::Presented,
};

use crate::{
    buffer::Buffer,
    credential,
    denial::Denial,
    exchange::{self, Ended},
    forwarded,
    guard::{ChunkedBody, Facts, Framing, GuardError, Head, HeadState, Step, read_head},
    open::Open,
    own,
    route::{Route, route},
    worker::{CallerProcess, Worker},
};

/// How long a connection may be silent between requests.
const IDLE_TIME: Duration = Duration::from_secs(75);
/// How long a head may take once it has begun; the first chunk of a body too.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long what a refused client still sends is read and thrown away, so that it gets to read the refusal.
const LINGER_TIME: Duration = Duration::from_secs(1);
/// How much is read at once while a head is awaited.
const HEAD_READ: usize = 4 * 1024;

/// How the client came.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) transport: Transport,
    pub(crate) listening: Option<SocketAddr>,
    pub(crate) caller: Option<CallerProcess>,
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

/// Serves a connection to its end.
pub(crate) async fn serve<S>(worker: &Rc<Worker>, mut client: S, way: Way, open: &Rc<Open>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut input = Buffer::default();
    let mut head = Head::default();
    let mut out = Vec::new();
    loop {
        out.clear();
        let next = match await_head(&mut client, &mut input, &mut head).await {
            Arrival::Head => {
                let mut turn = Turn {
                    worker,
                    client: &mut client,
                    input: &mut input,
                    head: &head,
                    out: &mut out,
                    way: &way,
                    open,
                };
                turn.request().await
            }
            Arrival::Refused(denial) => {
                let request = worker.next_request();
                record_refusal(worker, &way, request, &Known::default(), &denial, Instant::now());
                denial.write(request, None, false, true, &mut out);
                if client.write_all(&out).await.is_ok() { Next::Linger } else { Next::Drop }
            }
            Arrival::Gone => Next::Drop,
        };
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

async fn await_head<S: AsyncRead + Unpin>(client: &mut S, input: &mut Buffer, head: &mut Head) -> Arrival {
    let mut deadline = Instant::now() + if input.unread().is_empty() { IDLE_TIME } else { HEAD_TIME };
    loop {
        let begun = !input.unread().is_empty();
        if begun {
            match read_head(input.unread(), head) {
                Ok(HeadState::Complete) => return Arrival::Head,
                Ok(HeadState::Partial) => {}
                Err(error) => return Arrival::Refused(Denial::Guard(error)),
            }
        }
        match tokio::time::timeout_at(deadline, input.fill(client, HEAD_READ)).await {
            Ok(Ok(0) | Err(_)) => return Arrival::Gone,
            Ok(Ok(_)) if !begun => deadline = Instant::now() + HEAD_TIME,
            Ok(Ok(_)) => {}
            Err(_) if begun => return Arrival::Refused(Denial::ClientSlow),
            Err(_) => return Arrival::Gone,
        }
    }
}

/// Reads and throws away for a while, so that closing does not reset the connection before the refusal is read.
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut client: S) {
    if client.shutdown().await.is_err() {
        return;
    }
    let mut scratch = [0; 4096];
    let drain = async { while matches!(client.read(&mut scratch).await, Ok(1..)) {} };
    // Running out of time is the expected end with a client that never stops.
    let _ = timeout(LINGER_TIME, drain).await;
}

/// What is known of a request when it is refused.
#[derive(Debug, Default)]
struct Known {
    method: Option<Method>,
    presented: Option<Presented>,
    service: Option<String>,
    operation: String,
    context: String,
}

fn record_refusal(
    worker: &Worker,
    way: &Way,
    request: RequestId,
    known: &Known,
    denial: &Denial,
    begun: Instant,
) -> bool {
    let reason = denial.reason();
    let opening = Opening {
        request,
        time: worker.clock.now(),
        token: denial.token().or(known.presented.map(|presented| presented.id)),
        service: known.service.as_deref(),
        method: known.method,
        operation: &known.operation,
        context: &known.context,
        outcome: Outcome::Refusal,
        reason: &reason,
        transport: way.transport,
        caller: way.caller.as_ref().map(CallerProcess::as_caller),
    };
    let closing = Closing {
        request,
        status: denial.status_and_code().0,
        sent: 0,
        received: 0,
        micros: micros_since(begun),
        ending: Ending::Complete,
    };
    worker.activity.borrow_mut().open(&opening, Some(&closing)).is_ok()
}

pub(crate) fn micros_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// One request of a connection.
struct Turn<'c, S> {
    worker: &'c Rc<Worker>,
    client: &'c mut S,
    input: &'c mut Buffer,
    head: &'c Head,
    out: &'c mut Vec<u8>,
    way: &'c Way,
    open: &'c Open,
}

/// What a head asks for, judged.
enum Judged {
    Forward(Box<Permitted>),
    Own(own::Ask),
}

struct Permitted {
    permit: Permit,
    location: exchange::Origin,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Turn<'_, S> {
    async fn request(&mut self) -> Next {
        let begun = Instant::now();
        let request = self.worker.next_request();
        let mut known = Known { method: self.head.method(), ..Known::default() };
        let facts = match Facts::of(self.head, self.input.unread()) {
            Ok(facts) => facts,
            Err(error) => return self.refuse(request, &known, None, &Denial::Guard(error), begun).await,
        };
        match self.judge(&facts, &mut known) {
            Err(denial) => self.refuse(request, &known, Some(&facts), &denial, begun).await,
            Ok(Judged::Own(ask)) => self.own(request, &known, &facts, ask, begun).await,
            Ok(Judged::Forward(permitted)) => self.forward(request, &known, &facts, *permitted, begun).await,
        }
    }

    /// Everything that is decided from the head alone, in the order in which an attacker learns least.
    fn judge(&mut self, facts: &Facts, known: &mut Known) -> Result<Judged, Denial> {
        let bytes = self.input.unread();
        let snapshot = self.worker.snapshot();
        let target = std::str::from_utf8(self.head.target(bytes))
            .map_err(|_| Denial::Target(valetkey_core::path::PathError::ForbiddenByte))?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path = Path::parse(path).map_err(Denial::Target)?;
        let query = query.map(Query::parse).transpose().map_err(Denial::Target)?;
        let route = route(self.head, bytes, path, self.way.transport, self.way.listening, &snapshot)?;
        if facts.cross_origin {
            return Err(Denial::CrossOrigin);
        }
        let now = self.worker.clock.now();
        if let Route::Own(path) = route {
            known.operation = format!("{} /.valetkey/token", facts.method);
            let presented = credential::find(self.head, bytes, &[])?;
            known.presented = Some(presented);
            let policy = decision::authenticate(&snapshot, &presented, now)?;
            return own::Ask::of(facts.method, path, policy).map(Judged::Own).ok_or(Denial::OwnUnknown);
        }

        let candidates = candidates(&snapshot, &route);
        known.service = candidates.first().map(|(service, _)| service.name.as_str().to_owned());
        let client_headers = candidates.first().map_or(&[][..], |(service, _)| &service.key_headers);
        let presented = credential::find(self.head, bytes, client_headers)?;
        known.presented = Some(presented);
        decision::authenticate(&snapshot, &presented, now)?;
        let (service, path) = match &candidates[..] {
            [] => {
                known.service = None;
                return Err(Denial::ServiceUnknown);
            }
            [one] => one,
            // Two accounts on one API: the one that this token may use, if that is just one.
            several => only_permitted(&snapshot, several, facts.method, query, &presented, now)?,
        };
        known.service = Some(service.name.as_str().to_owned());
        known.describe(service, facts.method, *path, query);
        let request = Request { method: facts.method, path: *path, query };
        let permit = decision::decide(&snapshot, &presented, service.name.as_str(), request, now)?;
        let body_is_usual = facts.framing == Framing::None
            || !facts.method.body_is_unusual()
            || service.rules.switches.bodies.contains(&facts.method);
        if !body_is_usual {
            return Err(Denial::Guard(GuardError::BodyUnusual));
        }
        self.out.clear();
        forwarded::write_head(&permit, self.head, bytes, facts, *path, query, self.out)
            .map_err(Denial::Guard)?;
        self.open.begin(presented, &service.name, request);
        let location = exchange::Origin::of(&route);
        Ok(Judged::Forward(Box::new(Permitted { permit, location })))
    }

    async fn forward(
        &mut self,
        request: RequestId,
        known: &Known,
        facts: &Facts,
        permitted: Permitted,
        begun: Instant,
    ) -> Next {
        self.input.consume(self.head.len());
        let Permitted { permit, location } = permitted;
        if facts.framing == Framing::Chunked
            && let Err(denial) = self.await_first_chunk(facts).await
        {
            self.open.end();
            return self.refuse_consumed(request, known, facts, &denial, begun).await;
        }
        let opening = Opening {
            request,
            time: self.worker.clock.now(),
            token: Some(permit.token()),
            service: Some(permit.service().name.as_str()),
            method: Some(facts.method),
            operation: &known.operation,
            context: &known.context,
            outcome: Outcome::Permit,
            reason: "permit",
            transport: self.way.transport,
            caller: self.way.caller.as_ref().map(CallerProcess::as_caller),
        };
        if self.worker.activity.borrow_mut().open(&opening, None).is_err() {
            self.open.end();
            return self.refuse_consumed(request, known, facts, &Denial::ActivityUnavailable, begun).await;
        }
        let ended = exchange::run(exchange::Exchange {
            worker: self.worker,
            client: self.client,
            input: self.input,
            open: self.open,
            permit: &permit,
            facts,
            head: self.out,
            origin: &location,
            old_client: self.head.is_old_version(),
            request,
        })
        .await;
        self.open.end();
        let Ended { status, sent, received, ending, next } = ended;
        let closing = Closing { request, status, sent, received, micros: micros_since(begun), ending };
        // The request is on record already; only how it ended would be missing.
        let _ = self.worker.activity.borrow_mut().close(&closing);
        next
    }

    /// A body whose first chunk is malformed is refused before a byte of the request goes anywhere.
    async fn await_first_chunk(&mut self, facts: &Facts) -> Result<(), Denial> {
        if facts.expects_continue {
            self.client.write_all(exchange::CONTINUE).await.map_err(|_| Denial::ClientSlow)?;
        }
        let deadline = Instant::now() + HEAD_TIME;
        let cut = self.open.until_cut();
        tokio::pin!(cut);
        loop {
            match ChunkedBody::default().step(self.input.unread()) {
                Err(error) => return Err(Denial::Guard(error)),
                Ok(Step::More) => {}
                Ok(Step::Framing(_) | Step::Data(_) | Step::End(_)) => return Ok(()),
            }
            tokio::select! {
                biased;
                refusal = &mut cut => return Err(refusal.into()),
                read = tokio::time::timeout_at(deadline, self.input.fill(self.client, HEAD_READ)) => match read {
                    Ok(Ok(1..)) => {}
                    Ok(Ok(0) | Err(_)) | Err(_) => return Err(Denial::ClientSlow),
                },
            }
        }
    }

    async fn own(
        &mut self,
        request: RequestId,
        known: &Known,
        facts: &Facts,
        ask: own::Ask,
        begun: Instant,
    ) -> Next {
        let opening = Opening {
            request,
            time: self.worker.clock.now(),
            token: Some(ask.token()),
            service: None,
            method: Some(facts.method),
            operation: &known.operation,
            context: "",
            outcome: Outcome::Permit,
            reason: "permit",
            transport: self.way.transport,
            caller: self.way.caller.as_ref().map(CallerProcess::as_caller),
        };
        if self.worker.activity.borrow_mut().open(&opening, None).is_err() {
            return self.refuse(request, known, Some(facts), &Denial::ActivityUnavailable, begun).await;
        }
        let (reply, status) = match ask.answer(self.worker).await {
            Ok(body) => (Ok(body), 200),
            Err(denial) => {
                let status = denial.status_and_code().0;
                (Err(denial), status)
            }
        };
        let close = facts.close || facts.framing != Framing::None;
        self.input.consume(self.head.len());
        self.out.clear();
        let bodyless = facts.method == Method::Head;
        match reply {
            Ok(body) => crate::denial::write_own(status, &[], &body, bodyless, close, self.out),
            Err(denial) => denial.write(request, None, bodyless, close, self.out),
        }
        let closing = Closing {
            request,
            status,
            sent: 0,
            received: 0,
            micros: micros_since(begun),
            ending: Ending::Complete,
        };
        let _ = self.worker.activity.borrow_mut().close(&closing);
        self.send_own(close).await
    }

    async fn refuse(
        &mut self,
        request: RequestId,
        known: &Known,
        facts: Option<&Facts>,
        denial: &Denial,
        begun: Instant,
    ) -> Next {
        let close = denial.ends_connection()
            || facts.is_none_or(|facts| facts.close || facts.framing != Framing::None || facts.upgrade);
        self.input.consume(self.head.len());
        self.answer_refusal(request, known, denial, close, begun).await
    }

    /// The same once the head has been consumed; a body is on its way, so the connection ends.
    async fn refuse_consumed(
        &mut self,
        request: RequestId,
        known: &Known,
        facts: &Facts,
        denial: &Denial,
        begun: Instant,
    ) -> Next {
        let close = facts.close || facts.framing != Framing::None || denial.ends_connection();
        self.answer_refusal(request, known, denial, close, begun).await
    }

    async fn answer_refusal(
        &mut self,
        request: RequestId,
        known: &Known,
        denial: &Denial,
        close: bool,
        begun: Instant,
    ) -> Next {
        record_refusal(self.worker, self.way, request, known, denial, begun);
        self.out.clear();
        let bodyless = known.method == Some(Method::Head);
        denial.write(request, known.service.as_deref(), bodyless, close, self.out);
        self.send_own(close).await
    }

    async fn send_own(&mut self, close: bool) -> Next {
        match timeout(HEAD_TIME, self.client.write_all(self.out)).await {
            Ok(Ok(())) if close => Next::Linger,
            Ok(Ok(())) => Next::Request,
            Ok(Err(_)) | Err(_) => Next::Drop,
        }
    }
}

impl Known {
    /// Names the operation for the record: by its template where the definition knows it, else by no more than its method.
    fn describe(
        &mut self,
        service: &ServicePolicy,
        method: Method,
        path: Path<'_>,
        query: Option<Query<'_>>,
    ) {
        let rules = &service.rules;
        match rules.router.find(method, path, query) {
            Some(found) => {
                let operation = &rules.operations[found.operation];
                self.operation = operation.label.to_string();
                let bound =
                    operation.contexts.first().and_then(|binding| rules.bind(binding, &found.parameters));
                self.context = bound.map(|bound| rules.context_of(&bound).to_string()).unwrap_or_default();
            }
            None => self.operation = format!("{method} (unknown)"),
        }
    }
}

/// The services that a route can mean, each with the path below its base.
fn candidates<'r, 's>(
    snapshot: &'s Snapshot,
    route: &Route<'r>,
) -> Vec<(&'s std::sync::Arc<ServicePolicy>, Path<'r>)> {
    match *route {
        Route::Own(_) => Vec::new(),
        Route::Prefix { service, path, .. } | Route::Subdomain { service, path, .. } => {
            snapshot.service(service).map(|service| (service, path)).into_iter().collect()
        }
        Route::ByHost { host, path } => {
            let below = |base: &str| {
                let rest = path.as_str().strip_prefix(base)?;
                if rest.is_empty() { Path::parse("/").ok() } else { Path::parse(rest).ok() }
            };
            let mut found: Vec<_> = snapshot
                .services()
                .values()
                .filter(|service| service.authority.eq_ignore_ascii_case(host))
                .filter_map(|service| Some((service, below(service.base_url.path())?)))
                .collect();
            // The service whose base reaches deepest into the path is the one that is meant.
            let deepest = found.iter().map(|(service, _)| service.base_url.path().len()).max();
            found.retain(|(service, _)| Some(service.base_url.path().len()) == deepest);
            found
        }
    }
}

fn only_permitted<'c, 's, 'r>(
    snapshot: &Snapshot,
    candidates: &'c [(&'s std::sync::Arc<ServicePolicy>, Path<'r>)],
    method: Method,
    query: Option<Query<'_>>,
    presented: &Presented,
    now: valetkey_core::time::Timestamp,
) -> Result<&'c (&'s std::sync::Arc<ServicePolicy>, Path<'r>), Denial> {
    let mut permitted = candidates.iter().filter(|(service, path)| {
        let request = Request { method, path: *path, query };
        decision::decide(snapshot, presented, service.name.as_str(), request, now).is_ok()
    });
    match (permitted.next(), permitted.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Denial::ServiceAmbiguous),
    }
}
