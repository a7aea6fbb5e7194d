//! Calls that may get stuck: each on a thread of its own, waited for up to a limit, few at a time.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use valetkey_core::ports::VaultError;

/// How many calls may be under way, stuck ones included. A keychain serves one after the other anyway; this
/// bounds the threads that a prompt which nobody answers can cost.
const MOST: usize = 4;

/// The calls under way.
#[derive(Default)]
pub(super) struct Calls(Arc<Slots>);

#[derive(Default)]
struct Slots {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// Whether the caller still waits for the outcome.
pub(super) struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// To be asked right before a change: a caller that was told `Slow` must not see it happen afterwards.
    pub(super) fn check(&self) -> Result<(), VaultError> {
        if self.0.load(Ordering::Acquire) { Ok(()) } else { Err(VaultError::Slow) }
    }
}

impl Calls {
    /// Runs `task` on a thread of its own. `Slow` if it has not ended after `limit`, or could not even begin
    /// because too many before it have not; `Unavailable` if it panicked.
    pub(super) fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        task: impl FnOnce(&Wanted) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let deadline = Instant::now() + limit;
        let slot = Slot::take(&self.0, limit).ok_or(VaultError::Slow)?;
        let wanted = Arc::new(AtomicBool::new(true));
        let (sender, outcome) = mpsc::sync_channel(1);
        let for_task = Wanted(Arc::clone(&wanted));
        thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let _slot = slot;
                // Nobody may be waiting any more; then the outcome, a credential perhaps, is dropped and wiped.
                let _ = sender.send(task(&for_task));
            })
            .map_err(|_| VaultError::Unavailable)?;
        match outcome.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(outcome) => outcome,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                wanted.store(false, Ordering::Release);
                Err(VaultError::Slow)
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(VaultError::Unavailable),
        }
    }
}

/// The right to one call, given back when dropped.
struct Slot(Arc<Slots>);

impl Slot {
    fn take(slots: &Arc<Slots>, limit: Duration) -> Option<Self> {
        let taken = slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, waited) = slots
            .freed
            .wait_timeout_while(taken, limit, |taken| *taken >= MOST)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        *taken += 1;
        Some(Self(Arc::clone(slots)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn a_stuck_call_is_slow_and_is_told_that_nobody_waits() {
        let calls = Calls::default();
        let (release, stuck) = mpsc::channel::<()>();
        let (report, later) = mpsc::channel();
        let outcome = calls.run(SHORT, move |wanted| {
            let before = wanted.check();
            let _ = stuck.recv();
            report.send((before, wanted.check())).unwrap();
            Ok(())
        });
        assert_eq!(outcome, Err(VaultError::Slow));
        drop(release);
        assert_eq!(later.recv().unwrap(), (Ok(()), Err(VaultError::Slow)));
    }

    #[test]
    fn stuck_calls_are_few_and_their_places_come_back() {
        let calls = Calls::default();
        let (release, stuck) = mpsc::channel::<()>();
        let stuck = Arc::new(Mutex::new(stuck));
        let (started, starts) = mpsc::channel();
        for _ in 0..MOST + 3 {
            let (stuck, started) = (Arc::clone(&stuck), started.clone());
            let outcome = calls.run(SHORT, move |_| {
                started.send(()).unwrap();
                let _ = stuck.lock().unwrap().recv();
                Ok(())
            });
            assert_eq!(outcome, Err(VaultError::Slow));
        }
        drop(started);
        drop(release);
        assert_eq!(starts.iter().count(), MOST);
        assert_eq!(calls.run(LONG, |_| Ok(7)), Ok(7));
    }

    #[test]
    fn many_quick_calls_at_once_all_get_their_turn() {
        let calls = Calls::default();
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| assert_eq!(calls.run(LONG, |_| Ok(())), Ok(())));
            }
        });
    }

    #[test]
    fn a_panicking_call_is_an_error() {
        let calls = Calls::default();
        for _ in 0..=MOST {
            let outcome: Result<(), _> = calls.run(LONG, |_| panic!("on purpose"));
            assert_eq!(outcome, Err(VaultError::Unavailable));
        }
    }
}
