use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use valetkey_core::{
    activity::{ActivityUnavailable, Closing, Opening, Outcome, RequestId},
    ports::{ActivityLog, ActivityWriter},
    token::TokenId,
};

/// One request on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which request.
    pub request: RequestId,
    /// Whose token.
    pub token: Option<TokenId>,
    /// To which service.
    pub service: Option<String>,
    /// The operation.
    pub operation: String,
    /// The context.
    pub context: String,
    /// Permit or refusal.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// How it ended, once it has.
    pub closing: Option<Closing>,
}

/// An activity log in memory, which can be told to fail.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    entries: Arc<Mutex<Vec<Entry>>>,
    closed: Arc<Condvar>,
    fails: Arc<AtomicBool>,
}

impl MemoryLog {
    /// All records, in the order of their opening.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// How the request on record at `place` ended; waits for it, since an application has its reply before that is recorded.
    ///
    /// # Panics
    /// After ten seconds.
    pub fn closing(&self, place: usize) -> Closing {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut entries = self.lock();
        loop {
            if let Some(closing) = entries.get(place).and_then(|entry| entry.closing) {
                return closing;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "request {place} was not closed in time");
            entries = self.closed.wait_timeout(entries, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// From now on nothing can be recorded, or everything again.
    pub fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActivityLog for MemoryLog {
    fn writer(&self) -> Result<Box<dyn ActivityWriter>, ActivityUnavailable> {
        Ok(Box::new(self.clone()))
    }
}

impl ActivityWriter for MemoryLog {
    fn open(&mut self, opening: &Opening<'_>, closing: Option<&Closing>) -> Result<(), ActivityUnavailable> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(ActivityUnavailable);
        }
        self.lock().push(Entry {
            request: opening.request,
            token: opening.token,
            service: opening.service.map(Into::into),
            operation: opening.operation.into(),
            context: opening.context.into(),
            outcome: opening.outcome,
            reason: opening.reason.into(),
            closing: closing.copied(),
        });
        Ok(())
    }

    fn close(&mut self, closing: &Closing) -> Result<(), ActivityUnavailable> {
        let mut entries = self.lock();
        let entry = entries.iter_mut().rev().find(|entry| entry.request == closing.request);
        entry.ok_or(ActivityUnavailable)?.closing = Some(*closing);
        self.closed.notify_all();
        Ok(())
    }
}
