mod batch;
mod compressed;
mod switched;

use std::{io::Write, mem, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use valetkey_core::{decision::Permit, redact::MIN_CREDENTIAL_LEN};

use super::{BODY_READ, REPLY_TIME, STALL_TIME, Tally};
use crate::{
    buffer::{Buffer, give_spare, take_spare},
    dialect::Dialect,
    forwarded::forwards_upgrade,
    guard::Facts,
    open::{Late, Open},
    reply::{
        BodyEnd, Coding, Echo, GzipSearch, HeadFailure, Location, OutFraming, Passage, ReplyBody, ReplyError,
        ReplyHead, ReplyStep, Upgrade, accepted, coding_of, echo_of, read_final_head, rewrite_reply,
    },
};

/// How long a few bytes that may begin an echoed credential wait for what follows.
const HOLD_TIME: Duration = Duration::from_millis(20);

/// Passes one reply back.
pub(super) struct Download<'x> {
    permit: &'x Permit<'x>,
    facts: &'x Facts,
    open: &'x Open,
    location: Location<'x>,
    old_client: bool,
    dialect: Dialect,
    input: Buffer,
    out: Vec<u8>,
    /// End of what was read, held back because it may be the beginning of an echoed credential.
    held: Vec<u8>,
    /// Searches the body where it is compressed.
    gzip: Option<Box<GzipSearch<'x>>>,
    out_framing: OutFraming,
    /// Counts as told to the client with the first bytes that go to it.
    status: u16,
}

/// A reply that was passed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    Whole {
        /// The connection to the service can be used again.
        reusable: bool,
        /// The request's body had gone out whole by then.
        upload_done: bool,
    },
    /// Both sides have left HTTP.
    Switched,
}

/// Why a reply was not passed back whole.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    ClientGone,
    Broke(&'static str),
    Slow,
    Refused(ReplyError),
}

impl<'x> Download<'x> {
    pub(super) fn new(
        permit: &'x Permit<'x>,
        facts: &'x Facts,
        open: &'x Open,
        location: Location<'x>,
        old_client: bool,
    ) -> Self {
        Self {
            permit,
            facts,
            open,
            location,
            old_client,
            dialect: Dialect::Usual,
            input: Buffer::default(),
            out: take_spare(),
            held: Vec::new(),
            gzip: None,
            out_framing: OutFraming::None,
            status: 0,
        }
    }

    /// For a request of this protocol.
    pub(super) const fn of(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Whether the client can tell the reply's end only by the connection's.
    pub(super) fn closes_client(&self) -> bool {
        self.out_framing == OutFraming::UntilClose || self.old_client
    }

    pub(super) async fn run(
        &mut self,
        upstream: &mut (impl AsyncRead + Unpin),
        client: &mut (impl AsyncWrite + Unpin),
        head: &mut ReplyHead,
        tally: &Tally,
    ) -> Result<Delivered, Failure> {
        self.final_head(upstream, head).await?;
        let bytes = self.input.unread();
        if head.status == 101 {
            return Box::pin(self.switch(head, client, tally)).await;
        }
        let framing = head.framing(bytes, self.facts.method).map_err(Failure::Refused)?;
        let mut body = ReplyBody::new(framing);
        if self.dialect == Dialect::LargeFiles && head.status < 300 {
            return Box::pin(self.pass_batch(body, head, upstream, client, tally)).await;
        }
        let echo = echo_of(head, bytes);
        let has_body = !matches!(body, ReplyBody::Ended);
        if has_body && echo == Echo::Search {
            match coding_of(head, bytes) {
                Coding::Identity => {}
                Coding::Gzip => {
                    self.gzip = Some(Box::new(GzipSearch::new(self.permit.injection().redactor())));
                }
                Coding::Unreadable => return Err(Failure::Refused(ReplyError::Encoded)),
            }
        }
        let keeps_alive = head.keeps_alive(bytes);
        if matches!(head.status, 401 | 403 | 404) {
            tally.accepts.replace(self.accepts(head, bytes));
        }
        self.out_framing = OutFraming::of(framing, head, bytes, self.facts.method, self.old_client);
        let close = self.facts.close || self.closes_client();
        let framing = self.out_framing;
        let passage = Passage { framing, close, ..passage(self.permit, self.location) };
        rewrite_reply(head, bytes, passage, &mut self.out);
        self.input.consume(head.len);
        self.status = head.status;
        self.pass_body(&mut body, echo, upstream, client, tally).await?;
        let reusable =
            keeps_alive && self.input.unread().is_empty() && !matches!(body, ReplyBody::UntilClose);
        Ok(Delivered::Whole { reusable, upload_done: true })
    }

    /// What the service says that the operation accepts.
    #[cold]
    fn accepts(&self, head: &ReplyHead, bytes: &[u8]) -> Option<Box<str>> {
        let said = accepted(head, bytes, &self.permit.service().rules.switches.accepted_headers)?;
        let redactor = self.permit.injection().redactor();
        (!redactor.finds(said.as_bytes())).then_some(said)
    }

    async fn final_head(
        &mut self,
        upstream: &mut (impl AsyncRead + Unpin),
        head: &mut ReplyHead,
    ) -> Result<(), Failure> {
        let asked = forwards_upgrade(self.permit, self.facts);
        let upgrade = if asked { Upgrade::Asked } else { Upgrade::NotAsked };
        let reading = read_final_head(upstream, &mut self.input, upgrade, head);
        match self.open.within(REPLY_TIME, reading).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(HeadFailure::Closed)) => Err(Failure::Broke("head")),
            Ok(Err(HeadFailure::Refused(error))) => Err(Failure::Refused(error)),
            Err(Late) => Err(Failure::Slow),
        }
    }

    async fn pass_body(
        &mut self,
        body: &mut ReplyBody,
        echo: Echo,
        upstream: &mut (impl AsyncRead + Unpin),
        client: &mut (impl AsyncWrite + Unpin),
        tally: &Tally,
    ) -> Result<(), Failure> {
        loop {
            match body.step(self.input.unread()).map_err(Failure::Refused)? {
                ReplyStep::Framing(length) => self.input.consume(length),
                ReplyStep::Data(length) if self.gzip.is_some() => {
                    Box::pin(self.pass_compressed(length, tally)).await?;
                }
                ReplyStep::Data(length) => self.pass_data(length, echo, body.is_over(), tally),
                ReplyStep::End(length) => {
                    self.input.consume(length);
                    return self.finish(client, tally).await;
                }
                ReplyStep::More => {
                    // What has come goes on before more is awaited: an event is not kept waiting for the next.
                    self.send(client, tally).await?;
                    match self.read_more(upstream, client, tally).await? {
                        Ok(1..) => {}
                        Ok(0) if body.at_close() == BodyEnd::Whole => {
                            return self.finish(client, tally).await;
                        }
                        Ok(0) | Err(_) => return Err(Failure::Broke("body")),
                    }
                }
            }
        }
    }

    /// Reads once. What is held back lightly goes on where nothing follows it soon.
    async fn read_more(
        &mut self,
        upstream: &mut (impl AsyncRead + Unpin),
        client: &mut (impl AsyncWrite + Unpin),
        tally: &Tally,
    ) -> Result<std::io::Result<usize>, Failure> {
        if self.is_held_lightly() {
            if let Ok(read) = timeout(HOLD_TIME, self.input.fill(upstream, BODY_READ)).await {
                return Ok(read);
            }
            frame(self.out_framing, &self.held, &mut self.out, tally);
            self.held.clear();
            self.send(client, tally).await?;
        }
        let reading = self.input.fill(upstream, BODY_READ);
        self.open.within(STALL_TIME, reading).await.map_err(|Late| Failure::Slow)
    }

    /// Whether so little is held back that it is hardly the beginning of a credential; a stream must not wait for it.
    fn is_held_lightly(&self) -> bool {
        let text = match &self.gzip {
            Some(gzip) if !self.held.is_empty() => gzip.pending(),
            Some(_) | None => self.held.len(),
        };
        (1..MIN_CREDENTIAL_LEN).contains(&text)
    }

    /// Moves the next `length` bytes of data to `out`, searched and framed.
    fn pass_data(&mut self, length: usize, echo: Echo, last: bool, tally: &Tally) {
        if self.out.capacity() == 0 {
            self.out = take_spare();
        }
        let redactor = self.permit.injection().redactor();
        if echo == Echo::Pass {
            frame(self.out_framing, &self.input.unread()[..length], &mut self.out, tally);
        } else if self.held.is_empty() {
            let data = &mut self.input.unread_mut()[..length];
            redactor.blot(data);
            // Nothing follows the last of it that could make more of its end.
            let pending = if last { 0 } else { redactor.pending(data) };
            let (now, later) = data.split_at(data.len() - pending);
            frame(self.out_framing, now, &mut self.out, tally);
            self.held.extend(later.iter());
        } else {
            self.held.extend(&self.input.unread()[..length]);
            redactor.blot(&mut self.held);
            let now = self.held.len() - redactor.pending(&self.held);
            frame(self.out_framing, &self.held[..now], &mut self.out, tally);
            self.held.drain(..now);
        }
        self.input.consume(length);
    }

    async fn finish(&mut self, client: &mut (impl AsyncWrite + Unpin), tally: &Tally) -> Result<(), Failure> {
        if let Some(gzip) = &mut self.gzip {
            gzip.finish().map_err(Failure::Refused)?;
        }
        frame(self.out_framing, &self.held, &mut self.out, tally);
        self.held.clear();
        if self.out_framing == OutFraming::Chunked {
            self.out.extend(b"0\r\n\r\n");
        }
        self.send(client, tally).await
    }

    async fn send(&mut self, client: &mut (impl AsyncWrite + Unpin), tally: &Tally) -> Result<(), Failure> {
        if self.out.is_empty() {
            return Ok(());
        }
        tally.status.set(self.status);
        let sending = async {
            client.write_all(&self.out).await?;
            client.flush().await
        };
        match self.open.within(STALL_TIME, sending).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Failure::ClientGone),
            Err(Late) => return Err(Failure::Slow),
        }
        // A stream that waits for its next event holds no buffer.
        give_spare(mem::take(&mut self.out));
        Ok(())
    }
}

/// A passage without a body, on a connection that goes on.
fn passage<'r>(permit: &'r Permit<'_>, location: Location<'r>) -> Passage<'r> {
    let (service, endpoint, injection) = (&permit.service().name, permit.endpoint(), permit.injection());
    Passage { service, endpoint, injection, location, framing: OutFraming::None, close: false }
}

/// Puts data into `out` in the framing that the client gets.
fn frame(framing: OutFraming, data: &[u8], out: &mut Vec<u8>, tally: &Tally) {
    if data.is_empty() {
        return;
    }
    tally.received.set(tally.received.get() + data.len() as u64);
    if framing == OutFraming::Chunked {
        // Writing to a Vec can't fail.
        let _ = write!(out, "{:x}\r\n", data.len());
        out.extend(data);
        out.extend(b"\r\n");
    } else {
        out.extend(data);
    }
}
