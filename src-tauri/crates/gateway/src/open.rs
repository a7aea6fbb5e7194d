//! What a connection has under way, and what ends it from outside: a change of policy, or the time that has run out.

use std::{
    cell::{Cell, OnceCell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use valetkey_core::{
    body::Contents,
    decision::{self, Names, Refusal, Request, TokenProblem, Verdict},
    http::Method,
    path::{Path, Query},
    policy::{ServicePolicy, Snapshot},
    rules::EndpointSet,
    time::Timestamp,
    token::Presented,
};

use crate::{connection::Tunnel, worker::Ticks};

/// One connection, as its thread sees it. The request that has a permit is judged once more when the policy changes.
///
/// A limit of time is a mark that the thread looks at every second, not a timer of its own: there are five of them to a request, and
/// hardly any is ever reached.
#[derive(Debug)]
pub(crate) struct Open {
    ticks: Rc<Ticks>,
    judged: RefCell<Judged>,
    cut: RefCell<Option<Refusal>>,
    /// Tick after which it is late.
    due: Cell<Option<u64>>,
    late: Cell<bool>,
    /// Of the connection's task.
    waker: RefCell<Option<Waker>>,
    /// The CONNECT that everything on the connection came through.
    tunnel: OnceCell<Rc<Tunnel>>,
}

/// The request with a permit; its texts are kept for the next one, so that nothing is allocated.
#[derive(Debug, Default)]
struct Judged {
    who: Option<(Presented, EndpointSet, Method)>,
    service: String,
    path: String,
    query: Option<String>,
    /// What the service told of what the path names, where its permit hangs on that.
    names: Names,
    body: BodyState,
}

/// How far a request's body is known to the decision.
#[derive(Clone, Debug, Default)]
pub(crate) enum BodyState {
    /// It was not needed.
    #[default]
    Unread,
    /// It is being read, and nothing has been forwarded.
    Coming,
    /// It says this.
    Read(Rc<Contents>),
}

/// The time given for something has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Late;

impl Open {
    pub(crate) fn new(ticks: Rc<Ticks>) -> Self {
        Self {
            ticks,
            judged: RefCell::default(),
            cut: RefCell::default(),
            due: Cell::new(None),
            late: Cell::new(false),
            waker: RefCell::default(),
            tunnel: OnceCell::new(),
        }
    }

    /// Puts a request in that has just got its permit, or may get it once its body has been read.
    pub(crate) fn begin(
        &self,
        presented: Presented,
        service: &ServicePolicy,
        request: Request<'_>,
        names: &Names,
        body: BodyState,
    ) {
        let mut judged = self.judged.borrow_mut();
        judged.who = Some((presented, request.endpoints, request.method));
        judged.body = body;
        rewrite(&mut judged.service, service.name.as_str());
        rewrite(&mut judged.path, request.path.as_str());
        match request.query {
            None => judged.query = None,
            Some(query) => rewrite(judged.query.get_or_insert_default(), query.as_str()),
        }
        judged.names.clone_from(names);
        self.cut.replace(None);
    }

    /// What comes from now on comes through `tunnel`.
    pub(crate) fn enter(&self, tunnel: &Rc<Tunnel>) {
        // A connection becomes a tunnel once.
        let _ = self.tunnel.set(Rc::clone(tunnel));
    }

    /// The request has ended.
    pub(crate) fn end(&self) {
        let mut judged = self.judged.borrow_mut();
        judged.who = None;
        judged.body = BodyState::Unread;
    }

    /// Whether the request has lost its permit and still holds its connections.
    pub(crate) fn is_being_cut(&self) -> bool {
        self.cut.borrow().is_some() && self.judged.borrow().who.is_some()
    }

    /// Judges the request by `snapshot`; where its permit is gone, it is cut.
    pub(crate) fn judge_again(&self, snapshot: &Arc<Snapshot>, now: Timestamp) {
        let judged = self.judged.borrow();
        let tunnel_is_cut = self.tunnel.get().is_some_and(|tunnel| tunnel.judge_again(snapshot, now));
        let Some((presented, endpoints, method)) = &judged.who else { return };
        let Ok(path) = Path::parse(&judged.path) else { return };
        let query = judged.query.as_deref().and_then(|query| Query::parse(query).ok());
        let request = Request { endpoints: *endpoints, method: *method, path, query };
        let names = &judged.names;
        let outcome = decision::decide_named(snapshot, presented, &judged.service, request, names, now);
        let outcome = outcome.and_then(|verdict| match (verdict, &judged.body) {
            (Verdict::Permit(_), _) | (Verdict::Pending(_), BodyState::Coming) => Ok(()),
            (Verdict::Pending(pending), BodyState::Read(contents)) => pending.decide(contents).map(drop),
            (Verdict::Pending(_), BodyState::Unread) => Err(Refusal::OperationUnknown),
        });
        // The token may go on elsewhere; here it is switched off.
        let no_way = Refusal::Token { problem: TokenProblem::Disabled, token: Some(presented.id) };
        let outcome = outcome.and(if tunnel_is_cut { Err(no_way) } else { Ok(()) });
        if let Err(refusal) = outcome {
            self.cut.replace(Some(refusal));
            self.wake();
        }
    }

    /// Looks at the time.
    pub(crate) fn tick(&self) {
        if self.due.get().is_some_and(|due| due <= self.ticks.now()) {
            self.late.set(true);
            self.wake();
        }
    }

    /// Does `work` for as long as the request has its permit; else says what it is refused for now. That is looked at before each
    /// step, so that after a change nothing more is written for it.
    pub(crate) async fn while_permitted<W: Future>(&self, work: W) -> Result<W::Output, Refusal> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Some(refusal) = &*self.cut.borrow() {
                return Poll::Ready(Err(refusal.clone()));
            }
            self.wake_with(cx);
            work.as_mut().poll(cx).map(Ok)
        })
        .await
    }

    /// Does `work` for `limit` and at most two seconds longer. A connection has one limit at a time.
    pub(crate) async fn within<W: Future>(&self, limit: Duration, work: W) -> Result<W::Output, Late> {
        let mut work = pin!(work);
        let mark = Mark(self);
        let outcome = poll_fn(|cx| {
            if let Poll::Ready(output) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            if self.late.get() {
                return Poll::Ready(Err(Late));
            }
            if self.due.get().is_none() {
                self.due.set(Some(self.ticks.now() + limit.as_secs() + 1));
            }
            self.wake_with(cx);
            Poll::Pending
        })
        .await;
        drop(mark);
        outcome
    }

    /// What a limit is set for can't come yet: from now on it has all of its time again.
    pub(crate) fn postpone(&self) {
        self.due.set(None);
    }

    fn wake_with(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

/// Takes the limit away when what it was for has ended, or is dropped.
struct Mark<'o>(&'o Open);

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.0.due.set(None);
        self.0.late.set(false);
    }
}

fn rewrite(text: &mut String, new: &str) {
    text.clear();
    text.push_str(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_put_off_begins_anew_and_one_that_is_not_runs_out() {
        let ticks = Rc::new(Ticks::default());
        let open = Open::new(Rc::clone(&ticks));
        let mut waiting = pin!(open.within(Duration::from_secs(10), std::future::pending::<()>()));
        let mut cx = Context::from_waker(Waker::noop());
        let mut look = |now| {
            ticks.set(now);
            open.tick();
            waiting.as_mut().poll(&mut cx).is_ready()
        };
        assert!(!look(0) && !look(9));
        open.postpone();
        assert!(!look(10) && !look(20), "it began anew at 10");
        assert!(look(21));
    }
}
