//! The keychain of the OS.
//!
//! Every call is made on a thread of its own, because the libraries below block, may wait for the owner and
//! (on Linux) must not run on a tokio worker; the caller waits for it up to a limit. What is behind one module
//! per platform: how a connection is opened, how an entry is named, and what an error means.

mod calls;
mod connection;
mod entry;

#[cfg(target_os = "linux")]
#[path = "keychain/linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "keychain/macos.rs"]
mod platform;
#[cfg(target_os = "windows")]
#[path = "keychain/windows.rs"]
mod platform;

use std::{fmt, sync::Arc, time::Duration};

use valetkey_core::{
    ports::{Vault, VaultError},
    secret::MasterCredential,
    service::ServiceName,
};

use self::{
    calls::{Calls, Wanted},
    connection::Connection,
    platform::Store,
};
use crate::ProfileId;

/// How long a call may take: long enough for a keychain on a busy machine (a call takes milliseconds, opening
/// one 50 ms), short enough that nobody thinks the program hangs.
const LIMIT: Duration = Duration::from_secs(3);

/// The OS keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
///
/// A call blocks its thread up to the limit, so asynchronous code makes it where blocking is allowed. A read
/// of a locked Secret Service fails as `Locked` at once; a write or an erasure, behind which the owner sits,
/// lets the OS ask for the password and fails as `Slow` if nobody answers in time. Nothing is written after a
/// call has failed as `Slow`, unless the keychain got stuck in the very act of writing.
pub struct Keychain {
    /// `valetkey:<profile id>`, which the platforms file as the entry's service.
    owner: Box<str>,
    limit: Duration,
    calls: Calls,
    connection: Arc<Connection>,
}

impl Keychain {
    /// The entries of one profile. Nothing is asked of the OS before the first call.
    pub fn open(profile: &ProfileId) -> Self {
        Self::with_limit(profile, LIMIT)
    }

    /// Like [`open`](Self::open), with another time limit for each call.
    pub fn with_limit(profile: &ProfileId, limit: Duration) -> Self {
        Self {
            owner: format!("valetkey:{profile}").into(),
            limit,
            calls: Calls::default(),
            connection: Arc::default(),
        }
    }

    fn call<T: Send + 'static>(
        &self,
        service: &ServiceName,
        task: impl Fn(&Store, &str, &ServiceName, &Wanted) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (connection, owner, service) =
            (Arc::clone(&self.connection), self.owner.clone(), service.clone());
        let outcome = self
            .calls
            .run(self.limit, move |wanted| connection.with(|store| task(store, &owner, &service, wanted)));
        if matches!(outcome, Err(VaultError::Slow)) {
            // The thread left behind may hold the store's lock; later calls must not wait for it too.
            self.connection.suspect();
        }
        outcome
    }
}

impl Vault for Keychain {
    fn read(&self, service: &ServiceName) -> Result<MasterCredential, VaultError> {
        self.call(service, |store, owner, service, _| entry::read(&store.entry_to_read(owner, service)?))
    }

    fn write(&self, service: &ServiceName, credential: &MasterCredential) -> Result<(), VaultError> {
        let credential = credential.clone();
        self.call(service, move |store, owner, service, wanted| {
            let entry = store.entry_to_change(owner, service)?;
            wanted.check()?;
            entry::write(&entry, &credential)
        })
    }

    fn erase(&self, service: &ServiceName) -> Result<(), VaultError> {
        self.call(service, |store, owner, service, wanted| {
            let entry = store.entry_to_change(owner, service)?;
            wanted.check()?;
            entry::erase(&entry)
        })
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("owner", &self.owner)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
