//! What the gateway answers a request itself: a refusal, or what was asked of its own.

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::Instant,
};
use valetkey_core::{
    activity::{Closing, Ending, Opening, Outcome, RequestId},
    http::Method,
};

use super::{
    HEAD_TIME, Next,
    known::{Known, record_refusal},
    micros_since,
    turn::Turn,
};
use crate::{
    denial::{self, Denial},
    dialect::Dialect,
    guard::{Facts, Framing},
    own,
    worker::CallerProcess,
};

impl<S: AsyncRead + AsyncWrite + Unpin> Turn<'_, S> {
    pub(super) async fn own(
        &mut self,
        request: RequestId,
        known: &Known<'_>,
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
            return self.refuse(request, known, Some(facts), Denial::ActivityUnavailable, begun).await;
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
            Ok(body) => denial::write_own(status, &[], &body, bodyless, close, self.out),
            Err(denial) => denial.write(request, None, Dialect::Usual, bodyless, close, self.out),
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

    pub(super) async fn refuse(
        &mut self,
        request: RequestId,
        known: &Known<'_>,
        facts: Option<&Facts>,
        denial: Denial,
        begun: Instant,
    ) -> Next {
        let close = denial.ends_connection()
            || facts.is_none_or(|facts| facts.close || facts.framing != Framing::None || facts.upgrade);
        self.input.consume(self.head.len());
        self.answer_refusal(request, known, &denial, close, begun).await
    }

    /// The same once the head has been consumed; a body is on its way, so the connection ends.
    pub(super) async fn refuse_consumed(
        &mut self,
        request: RequestId,
        known: &Known<'_>,
        facts: &Facts,
        denial: Denial,
        begun: Instant,
    ) -> Next {
        let close = facts.close || facts.framing != Framing::None || denial.ends_connection();
        self.answer_refusal(request, known, &denial, close, begun).await
    }

    async fn answer_refusal(
        &mut self,
        request: RequestId,
        known: &Known<'_>,
        denial: &Denial,
        close: bool,
        begun: Instant,
    ) -> Next {
        record_refusal(self.worker, self.way, request, known, denial, begun);
        self.out.clear();
        let bodyless = known.method == Some(Method::Head);
        denial.write(request, known.service, known.dialect, bodyless, close, self.out);
        self.send_own(close).await
    }

    async fn send_own(&mut self, close: bool) -> Next {
        match self.open.within(HEAD_TIME, self.client.write_all(self.out)).await {
            Ok(Ok(())) if close => Next::Linger,
            Ok(Ok(())) => Next::Request,
            Ok(Err(_)) | Err(_) => Next::Drop,
        }
    }
}
