use std::rc::Rc;

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout_at},
};
use valetkey_core::{
    activity::{Closing, Opening, Outcome, RequestId},
    decision::{self, Names, Permit, Verdict, Wanted},
    path::{Path, PathError, Query},
    policy::{ServicePolicy, Snapshot},
    time::Timestamp,
};

use super::{
    HEAD_READ, HEAD_TIME, Next, Way,
    candidates::{Candidates, only_permitted},
    known::Known,
    micros_since,
    reading::{self, BodyRead, Plan, Settled},
};
use crate::{
    body::{self, BodyError, Scan},
    buffer::Buffer,
    credential,
    denial::Denial,
    dialect::Dialect,
    exchange::{self, Ended, Origin},
    forwarded,
    guard::{ChunkedBody, Facts, Framing, Head, Step},
    open::{BodyState, Open},
    own,
    reply::ReplyHead,
    route::{Route, route},
    things::names_of,
    worker::{CallerProcess, Worker},
};

/// One request of a connection.
pub(super) struct Turn<'c, S> {
    pub(super) worker: &'c Rc<Worker>,
    pub(super) client: &'c mut S,
    pub(super) input: &'c mut Buffer,
    pub(super) head: &'c Head,
    pub(super) reply: &'c mut ReplyHead,
    pub(super) out: &'c mut Vec<u8>,
    /// The authority that the client addressed.
    pub(super) host: &'c mut String,
    pub(super) way: &'c Way,
    pub(super) open: &'c Open,
}

/// What a head asks for, judged.
enum Judged<'s> {
    Forward(Permit<'s>, Origin, Timestamp),
    /// It depends on the body, of which this has to be read first.
    Read(Plan<'s>),
    Own(own::Ask),
    /// What is called so at this service must be known first.
    Names(&'s ServicePolicy, Vec<Wanted>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Turn<'_, S> {
    pub(super) async fn request(&mut self) -> Next {
        let begun = Instant::now();
        let request = self.worker.next_request();
        let method = self.head.method();
        let mut facts = match Facts::of(self.head, self.input.unread()) {
            Ok(facts) => facts,
            Err(error) => {
                let known = Known { method, ..Known::default() };
                return self.refuse(request, &known, None, Denial::Guard(error), begun).await;
            }
        };
        let mut names = None;
        let mut body = None;
        loop {
            // Asking and reading take time, in which the policy may change: all is judged anew by what it is then.
            let snapshot = self.worker.snapshot();
            let mut known = Known { method, ..Known::default() };
            let denial = match self.judge(&snapshot, &facts, names.as_ref(), body.as_ref(), &mut known) {
                Ok(Judged::Forward(permit, origin, time)) => {
                    let scan = body.as_ref().and_then(|body| body.scan_of_rest(permit.service()));
                    let judged = (&permit, scan, origin);
                    return self.forward(request, &known, &facts, judged, (begun, time)).await;
                }
                // What is rare is kept out of the memory that every connection holds.
                Ok(Judged::Own(ask)) => {
                    return Box::pin(self.own(request, &known, &facts, ask, begun)).await;
                }
                Ok(Judged::Names(service, wanted)) => {
                    match Box::pin(names_of(self.worker, service, wanted)).await {
                        Ok(told) => {
                            names = Some(told);
                            continue;
                        }
                        Err(problem) => Denial::Unresolved(problem),
                    }
                }
                Ok(Judged::Read(plan)) => {
                    let read = Box::pin(self.read_body(plan, &mut facts)).await;
                    self.open.end();
                    match read {
                        Ok(read) => {
                            body = Some(read);
                            continue;
                        }
                        Err(denial) => denial,
                    }
                }
                Err(denial) => denial,
            };
            return self.refuse(request, &known, Some(&facts), denial, begun).await;
        }
    }

    /// Everything that is decided from the head, and from the body where it has been read for that, in the order in which an attacker
    /// learns least.
    fn judge<'s>(
        &mut self,
        snapshot: &'s Snapshot,
        facts: &Facts,
        names: Option<&Names>,
        body: Option<&BodyRead>,
        known: &mut Known<'s>,
    ) -> Result<Judged<'s>, Denial> {
        let bytes = self.input.unread();
        let target = std::str::from_utf8(self.head.target(bytes))
            .map_err(|_| Denial::Target(PathError::ForbiddenByte))?;
        let (path, query) = match memchr::memchr(b'?', target.as_bytes()) {
            Some(end) => (&target[..end], Some(&target[end + 1..])),
            None => (target, None),
        };
        let path = Path::parse(path).map_err(Denial::Target)?;
        let query = query.map(Query::parse).transpose().map_err(Denial::Target)?;
        let route = match &self.way.tunnel {
            Some(tunnel) => tunnel.route(self.head, bytes, path)?,
            None => route(self.head, bytes, path, self.way.transport, self.way.listening, snapshot)?,
        };
        if facts.cross_origin {
            return Err(Denial::CrossOrigin);
        }
        let now = self.worker.clock.now();
        if let Route::Own(path) = route {
            known.operation = format!("{} /.valetkey/token", facts.method).into();
            let presented = credential::find(self.head, bytes, &[])?;
            known.presented = Some(presented);
            let policy = decision::authenticate(snapshot, &presented, now)?;
            return own::Ask::of(facts.method, path, policy).map(Judged::Own).ok_or(Denial::OwnUnknown);
        }

        known.dialect = Dialect::of(route.path());
        let candidates = Candidates::of(snapshot, &route);
        let candidates = candidates.as_slice();
        known.service = candidates.first().map(|first| first.service.name.as_str());
        let client_headers = candidates.first().map_or(&[][..], |first| &first.service.key_headers);
        let presented = match &self.way.tunnel {
            Some(tunnel) => credential::inside(self.head, bytes, client_headers, tunnel.presented)?,
            None => credential::find(self.head, bytes, client_headers)?,
        };
        known.presented = Some(presented);
        let token = decision::authenticate(snapshot, &presented, now)?;
        let candidate = match candidates {
            [] => {
                known.service = None;
                return Err(Denial::ServiceUnknown);
            }
            [one] => one,
            // Two accounts on one API: the one that this token may use, if that is just one.
            several => only_permitted(snapshot.running(), token, several, facts.method, query)?,
        };
        let service = candidate.service;
        known.service = Some(service.name.as_str());
        let request = candidate.request(facts.method, query);
        let nothing = Names::default();
        let told = names.unwrap_or(&nothing);
        let read = body.filter(|body| body.is_by(&service.rules));
        let verdict = match decision::authorize_named(snapshot.running(), token, service, request, told) {
            Ok(verdict) => verdict,
            Err(refusal) => {
                known.describe(service, request);
                known.name(service, told);
                let wanted = || decision::wanted(token, service, request);
                return match reading::names_for(&refusal, names, wanted) {
                    Some(wanted) => Ok(Judged::Names(service, wanted)),
                    None => Err(refusal.into()),
                };
            }
        };
        match &verdict {
            Verdict::Pending(pending) => known.of_pending(pending),
            // Its body may still be what it is refused for.
            Verdict::Permit(permit) if facts.framing != Framing::None => {
                known.of_permit(permit, facts.method);
            }
            Verdict::Permit(_) => {}
        }
        if facts.framing != Framing::None && !body::is_usual(facts.method, service) {
            return Err(Denial::Body(BodyError::Unusual));
        }
        let permit = match reading::settle(verdict, service, facts, read, names) {
            Ok(Settled::Permit(permit)) => permit,
            Ok(Settled::Read(plan)) => {
                self.open.begin(presented, service, request, told, BodyState::Coming);
                return Ok(Judged::Read(plan));
            }
            Ok(Settled::Names(wanted)) => return Ok(Judged::Names(service, wanted)),
            Err(denial) => {
                known.of_denial(&denial);
                known.name(service, told);
                return Err(denial);
            }
        };
        known.of_permit(&permit, facts.method);
        known.name(service, told);
        forwarded::write_head(&permit, self.head, bytes, facts, request.path, query, self.out)
            .map_err(Denial::Guard)?;
        self.open.begin(presented, service, request, told, BodyRead::state(read));
        Ok(Judged::Forward(permit, Origin::of(&route, self.host), now))
    }

    async fn forward(
        &mut self,
        request: RequestId,
        known: &Known<'_>,
        facts: &Facts,
        (permit, scan, origin): (&Permit<'_>, Option<Scan<'_>>, Origin),
        (begun, time): (Instant, Timestamp),
    ) -> Next {
        self.input.consume(self.head.len());
        if facts.framing == Framing::Chunked
            && let Err(denial) = Box::pin(self.await_first_chunk(facts)).await
        {
            self.open.end();
            return self.refuse_consumed(request, known, facts, denial, begun).await;
        }
        let opening = Opening {
            request,
            time,
            token: Some(permit.token()),
            service: known.service,
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
            return self.refuse_consumed(request, known, facts, Denial::ActivityUnavailable, begun).await;
        }
        let ended = exchange::run(exchange::Exchange {
            worker: self.worker,
            client: self.client,
            input: self.input,
            open: self.open,
            permit,
            facts,
            head: self.out,
            reply: self.reply,
            location: origin.location(self.way.security.scheme(), self.host),
            old_client: self.head.is_old_version(),
            scan,
            request,
            dialect: known.dialect,
        })
        .await;
        self.open.end();
        let Ended { status, sent, received, ending, next } = ended;
        // The thing may be another one by now, or have another name.
        if matches!(status, 301 | 302 | 307 | 308 | 404 | 410) && !known.names.is_empty() {
            self.worker.things.forget(permit.service(), &known.names);
        }
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
        loop {
            match ChunkedBody::default().step(self.input.unread()) {
                Err(error) => return Err(Denial::Guard(error)),
                Ok(Step::More) => {}
                Ok(Step::Framing(_) | Step::Data(_) | Step::End(_)) => return Ok(()),
            }
            let reading = timeout_at(deadline, self.input.fill(self.client, HEAD_READ));
            match self.open.while_permitted(reading).await? {
                Ok(Ok(1..)) => {}
                Ok(Ok(0) | Err(_)) | Err(_) => return Err(Denial::ClientSlow),
            }
        }
    }
}
