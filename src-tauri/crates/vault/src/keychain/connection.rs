//! One connection to the keychain, kept while it works and opened anew when it does not.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
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
    /// Lets the next call open a new one. What is kept is dropped there and not here, because this may run on
    /// a tokio worker, where the Secret Service client must not do anything.
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
