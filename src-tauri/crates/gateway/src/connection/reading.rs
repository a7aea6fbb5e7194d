use std::{rc::Rc, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout_at},
};
use valetkey_core::{
    body::Contents,
    decision::{Names, Need, Permit, Refusal, Verdict, Wanted},
    policy::ServicePolicy,
    rules::Rules,
};

use super::{HEAD_TIME, turn::Turn};
use crate::{
    body::{self, BodyError, FIRST_SCANNED, MOST_JUDGED, Media, Scan},
    denial::Denial,
    exchange::{self, BODY_READ},
    guard::{ChunkedBody, Facts, Framing, Step},
    open::BodyState,
};

/// What is to be read of a body before anything is forwarded.
pub(super) struct Plan<'s> {
    pub(super) service: &'s ServicePolicy,
    /// For the decision.
    pub(super) need: Option<Need<'s>>,
}

/// What has been read of a body. It stays where it is, to be forwarded as it was judged.
#[derive(Clone, Debug)]
pub(super) struct BodyRead {
    /// By which it was read.
    rules: Arc<Rules>,
    /// What it says, where the decision asked.
    contents: Option<Rc<Contents>>,
    /// What is left to be looked through while it is passed on.
    rest: Option<Media>,
}

impl BodyRead {
    /// For judging the request once more.
    pub(super) fn state(body: Option<&Self>) -> BodyState {
        match body.and_then(|body| body.contents.as_ref()) {
            Some(contents) => BodyState::Read(Rc::clone(contents)),
            None => BodyState::Unread,
        }
    }

    /// Looks through what is passed on, where not all has been looked through.
    pub(super) fn scan_of_rest<'p>(&self, service: &'p ServicePolicy) -> Option<Scan<'p>> {
        self.rest.as_ref().map(|media| Scan::new(media, &service.rules.switches.refused_parameters))
    }

    /// Whether it is still of use: not after the definition has changed.
    pub(super) fn is_by(&self, rules: &Arc<Rules>) -> bool {
        Arc::ptr_eq(&self.rules, rules)
    }
}

/// A verdict with what it depends on.
pub(super) enum Settled<'s> {
    Permit(Permit<'s>),
    Read(Plan<'s>),
    Names(Vec<Wanted>),
}

/// What the service must be asked before a refusal stands; each request asks once.
pub(super) fn names_for(
    refusal: &Refusal,
    names: Option<&Names>,
    wanted: impl FnOnce() -> Vec<Wanted>,
) -> Option<Vec<Wanted>> {
    if names.is_some() || !matches!(refusal, Refusal::InsufficientScope(_)) {
        return None;
    }
    Some(wanted()).filter(|wanted| !wanted.is_empty())
}

/// What follows from `verdict` once `body` has been read and `names` have been told, or what is to be had for it.
pub(super) fn settle<'s>(
    verdict: Verdict<'s>,
    service: &'s ServicePolicy,
    facts: &Facts,
    body: Option<&BodyRead>,
    names: Option<&Names>,
) -> Result<Settled<'s>, Denial> {
    let looked_at = service.rules.switches.refused_in_bodies && facts.framing != Framing::None;
    match (verdict, body) {
        (Verdict::Permit(permit), None) if !looked_at => Ok(Settled::Permit(permit)),
        (Verdict::Permit(permit), Some(_)) => Ok(Settled::Permit(permit)),
        (Verdict::Permit(_), None) => Ok(Settled::Read(Plan { service, need: None })),
        (Verdict::Pending(_), _) if facts.framing == Framing::None => Err(Denial::OperationUnknown),
        (Verdict::Pending(pending), body) => match body.and_then(|body| body.contents.as_ref()) {
            Some(contents) => match pending.decide(contents) {
                Ok(permit) => Ok(Settled::Permit(permit)),
                Err(refusal) => match names_for(&refusal, names, || pending.wanted(contents)) {
                    Some(wanted) => Ok(Settled::Names(wanted)),
                    None => Err(refusal.into()),
                },
            },
            None => Ok(Settled::Read(Plan { service, need: Some(pending.need()) })),
        },
    }
}

/// The beginning of a body.
#[derive(Default)]
struct Beginning {
    /// Without framing; empty where the body lies in one piece, behind the head.
    data: Vec<u8>,
    length: usize,
    whole: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Turn<'_, S> {
    /// Reads what `plan` says, in time and for as long as the request may still be permitted.
    pub(super) async fn read_body(&mut self, plan: Plan<'_>, facts: &mut Facts) -> Result<BodyRead, Denial> {
        let media = Media::of(facts.method, self.head, self.input.unread()).map_err(Denial::Body)?;
        if plan.need.is_some() && media != Media::Json {
            return Err(Denial::Body(BodyError::NotJson));
        }
        let too_long = |length| plan.need.is_some() && length > MOST_JUDGED as u64;
        if matches!(facts.framing, Framing::Length(length) if too_long(length)) {
            return Err(Denial::Body(BodyError::TooLong));
        }
        let most = if plan.need.is_some() {
            MOST_JUDGED
        } else if media == Media::Opaque {
            0
        } else {
            FIRST_SCANNED
        };
        if most > 0 && facts.expects_continue {
            self.client.write_all(exchange::CONTINUE).await.map_err(|_| Denial::ClientSlow)?;
            facts.expects_continue = false;
        }
        let beginning = match facts.framing {
            Framing::Length(length) => self.read_length(length, most).await?,
            Framing::Chunked => self.read_chunks(most).await?,
            Framing::None => Beginning { whole: true, ..Beginning::default() },
        };
        let head = self.head.len();
        let bytes = match facts.framing {
            Framing::Length(_) => &self.input.unread()[head..head + beginning.length],
            Framing::Chunked | Framing::None => &beginning.data,
        };
        let contents = body::judge(&media, (bytes, beginning.whole), plan.service, plan.need);
        let contents = contents.map_err(Denial::Body)?.map(Rc::new);
        let scans = plan.service.rules.switches.refused_in_bodies;
        let rest = (scans && !beginning.whole && media != Media::Opaque).then_some(media);
        Ok(BodyRead { rules: Arc::clone(&plan.service.rules), contents, rest })
    }

    async fn read_length(&mut self, length: u64, most: usize) -> Result<Beginning, Denial> {
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(most);
        let whole = wanted as u64 == length;
        let deadline = Instant::now() + HEAD_TIME;
        let end = self.head.len() + wanted;
        while self.input.unread().len() < end {
            self.more(end - self.input.unread().len(), deadline).await?;
        }
        Ok(Beginning { data: Vec::new(), length: wanted, whole })
    }

    /// Reads chunks to their end, or until there are more than `most` bytes of them, framing counted where it outweighs what it frames.
    async fn read_chunks(&mut self, most: usize) -> Result<Beginning, Denial> {
        let deadline = Instant::now() + HEAD_TIME;
        let mut body = ChunkedBody::default();
        let mut beginning = Beginning::default();
        if most == 0 {
            return Ok(beginning);
        }
        let mut at = self.head.len();
        let end = at + 2 * most;
        while beginning.data.len() <= most && at <= end {
            let rest = &self.input.unread()[at..];
            match body.step(rest).map_err(Denial::Guard)? {
                Step::Framing(length) => at += length,
                Step::Data(length) => {
                    beginning.data.extend(&rest[..length]);
                    at += length;
                }
                Step::End(_) => {
                    beginning.whole = true;
                    break;
                }
                Step::More => self.more(BODY_READ, deadline).await?,
            }
        }
        beginning.length = beginning.data.len();
        Ok(beginning)
    }

    async fn more(&mut self, most: usize, deadline: Instant) -> Result<(), Denial> {
        let reading = timeout_at(deadline, self.input.fill(self.client, most));
        match self.open.while_permitted(reading).await? {
            Ok(Ok(1..)) => Ok(()),
            Ok(Ok(0) | Err(_)) | Err(_) => Err(Denial::ClientSlow),
        }
    }
}
