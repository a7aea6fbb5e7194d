//! What a connection has under way, so that it can be judged once more when the policy changes.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use tokio::sync::Notify;
use valetkey_core::{
    decision::{self, Refusal, Request, TokenProblem},
    http::Method,
    path::{Path, Query},
    policy::Snapshot,
    service::ServiceName,
    time::Timestamp,
    token::Presented,
};

use crate::connection::Tunnel;

/// The request of one connection that has a permit. Lives as long as the connection; its text buffers are reused.
#[derive(Debug, Default)]
pub(crate) struct Open {
    judged: RefCell<Judged>,
    cut: RefCell<Option<Refusal>>,
    wake: Notify,
    /// The CONNECT that everything on the connection came through.
    tunnel: OnceCell<Rc<Tunnel>>,
}

#[derive(Debug, Default)]
struct Judged {
    who: Option<(Presented, ServiceName, Method)>,
    path: String,
    query: Option<String>,
}

impl Open {
    /// Puts a request in that has just got its permit.
    pub(crate) fn begin(&self, presented: Presented, service: &ServiceName, request: Request<'_>) {
        let mut judged = self.judged.borrow_mut();
        judged.who = Some((presented, service.clone(), request.method));
        judged.path.clear();
        judged.path.push_str(request.path.as_str());
        judged.query = request.query.map(|query| query.as_str().to_owned());
        self.cut.replace(None);
    }

    /// What comes from now on comes through `tunnel`.
    pub(crate) fn enter(&self, tunnel: &Rc<Tunnel>) {
        // A connection becomes a tunnel once.
        let _ = self.tunnel.set(Rc::clone(tunnel));
    }

    /// The request has ended.
    pub(crate) fn end(&self) {
        self.judged.borrow_mut().who = None;
    }

    /// Judges the request by `snapshot`; where its permit is gone, it is cut.
    pub(crate) fn judge_again(&self, snapshot: &Arc<Snapshot>, now: Timestamp) {
        let judged = self.judged.borrow();
        let tunnel_is_cut = self.tunnel.get().is_some_and(|tunnel| tunnel.judge_again(snapshot, now));
        let Some((presented, service, method)) = &judged.who else { return };
        let Ok(path) = Path::parse(&judged.path) else { return };
        let query = judged.query.as_deref().and_then(|query| Query::parse(query).ok());
        let request = Request { method: *method, path, query };
        let outcome = decision::decide(snapshot, presented, service.as_str(), request, now).map(drop);
        // The token may go on elsewhere; here it is switched off.
        let no_way = Refusal::Token { problem: TokenProblem::Disabled, token: Some(presented.id) };
        let outcome = outcome.and(if tunnel_is_cut { Err(no_way) } else { Ok(()) });
        if let Err(refusal) = outcome {
            self.cut.replace(Some(refusal));
            self.wake.notify_one();
        }
    }

    /// Ends when the permit goes away, with what it is refused for now. Polled before anything else of a request, so that
    /// after a change nothing more is written for it.
    pub(crate) async fn until_cut(&self) -> Refusal {
        loop {
            if let Some(refusal) = self.cut.borrow().clone() {
                return refusal;
            }
            self.wake.notified().await;
        }
    }
}
