//! What a connection has under way, so that it can be judged once more when the policy changes.

use std::{cell::RefCell, sync::Arc};

use tokio::sync::Notify;
use valetkey_core::{
    decision::{self, Refusal, Request},
    http::Method,
    path::{Path, Query},
    policy::Snapshot,
    service::ServiceName,
    time::Timestamp,
    token::Presented,
};

/// The request of one connection that has a permit. Lives as long as the connection; its text buffers are reused.
#[derive(Debug, Default)]
pub(crate) struct Open {
    judged: RefCell<Judged>,
    cut: RefCell<Option<Refusal>>,
    wake: Notify,
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

    /// The request has ended.
    pub(crate) fn end(&self) {
        self.judged.borrow_mut().who = None;
    }

    /// Judges the request by `snapshot`; where its permit is gone, it is cut.
    pub(crate) fn judge_again(&self, snapshot: &Arc<Snapshot>, now: Timestamp) {
        let judged = self.judged.borrow();
        let Some((presented, service, method)) = &judged.who else { return };
        let Ok(path) = Path::parse(&judged.path) else { return };
        let query = judged.query.as_deref().and_then(|query| Query::parse(query).ok());
        let request = Request { method: *method, path, query };
        if let Err(refusal) = decision::decide(snapshot, presented, service.as_str(), request, now) {
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
