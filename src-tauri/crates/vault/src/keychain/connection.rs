//! One connection to the keychain, kept while it works and opened anew when it does not.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use valetkey_core::ports::VaultError;

use super::platform::Store;

/// The connection in use, if any. A keychain that was absent or has been restarted is found by the next call.
#[derive(Default)]
pub(super) struct Connection {
    kept: Mutex<Option<Arc<Store>>>,
    suspect: AtomicBool,
}

impl Connection {
    /// Lets the next call open a new one. What is kept is dropped there and not here: see [`Drop`](Self::drop).
    pub(super) fn suspect(&self) {
        self.suspect.store(true, Ordering::Release);
    }

    /// Runs `task` with the kept connection, and if that one is dead (or there is none) with a new one. The
    /// lock is not held meanwhile: opening and `task` may both get stuck.
    pub(super) fn with<T>(&self, task: impl Fn(&Store) -> Result<T, VaultError>) -> Result<T, VaultError> {
        if self.suspect.swap(false, Ordering::AcqRel) {
            *self.kept() = None;
        }
        let kept = self.kept().clone();
        if let Some(store) = kept {
            match task(&store) {
                Err(VaultError::Unavailable) => *self.kept() = None,
                outcome => return outcome,
            }
        }
        let store = Arc::new(Store::open()?);
        let outcome = task(&store);
        if !matches!(outcome, Err(VaultError::Unavailable)) {
            *self.kept() = Some(store);
        }
        outcome
    }

    fn kept(&self) -> MutexGuard<'_, Option<Arc<Store>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    /// The Secret Service client says goodbye to the bus when it is dropped, which on a tokio worker ends the
    /// process. So it is dropped where it was used, on a thread without a runtime.
    fn drop(&mut self) {
        let Some(store) = self.kept().take() else { return };
        let (sender, last) = mpsc::channel::<Arc<Store>>();
        match thread::Builder::new().name("keychain".into()).spawn(move || drop(last.recv())) {
            Ok(_) => drop(sender.send(store)),
            // No thread to be had: better a connection too many than the end of the process.
            Err(_) => mem::forget(store),
        }
    }
}
