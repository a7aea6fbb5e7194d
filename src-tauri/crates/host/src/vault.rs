//! Locking, unlocking, and putting in force what the vault gives.

use std::{sync::Arc, time::Duration};

use valetkey_core::{
    policy::{CredentialState, ServicePolicy},
    ports::VaultError,
    secret::MasterCredential,
    service::ServiceName,
};
use valetkey_wire::{Event, SecretText, VaultKind};

use crate::{
    Error, authorities, check,
    inner::Inner,
    sandbox::{self, Begun},
    state::{Lock, State},
};

/// How long a start waits for the vault before it goes on; what comes later is put in force then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// Opens the vault at start. Only a passphrase that was given and is wrong is an error: the gateway runs with a locked
/// vault too, and refuses.
pub(crate) async fn open_at_start(inner: &Arc<Inner>, passphrase: Option<SecretText>) -> Result<(), Error> {
    match inner.credentials.open(passphrase).await {
        Ok(()) => {
            inner.put(|state| state.set_lock(Lock::is_open_after(state.lock))).await;
            Ok(())
        }
        Err(VaultError::Locked) => Ok(()),
        Err(problem) => Err(Error::Vault(problem)),
    }
}

/// Reads the credentials again.
pub(crate) async fn unlock(inner: &Arc<Inner>, passphrase: Option<SecretText>) -> Result<(), Error> {
    let asks_for_passphrase = inner.card.vault == VaultKind::File;
    if !(asks_for_passphrase && inner.credentials.is_open() && passphrase.is_none()) {
        inner.credentials.open(passphrase).await.map_err(Error::Vault)?;
    }
    inner.put(|state| state.set_lock(Lock::is_open_after(state.lock))).await;
    read_all(inner).await;
    authorities::renew_soon(inner).await;
    announce(inner);
    Ok(())
}

/// Drops every credential from memory.
pub(crate) async fn lock(inner: &Arc<Inner>) {
    inner.put(|state| state.set_lock(Lock::is_locked_after(state.lock))).await;
    inner.credentials.close();
    authorities::drop_keys(inner);
    sandbox::stop_all(inner);
    announce(inner);
}

/// Asks the vault for every credential that is not at hand, all at once, and waits only so long.
pub(crate) async fn read_all(inner: &Arc<Inner>) {
    let names: Vec<ServiceName> = {
        let state = inner.state();
        let lacks = |name: &&ServiceName| match state.snapshot.service(name.as_str()) {
            None => false,
            Some(policy) => matches!(policy.credential(), CredentialState::Unavailable(_)),
        };
        state.services.keys().filter(lacks).cloned().collect()
    };
    let readings: Vec<_> = names
        .into_iter()
        .map(|name| {
            let inner = Arc::clone(inner);
            tokio::spawn(async move {
                if read(&inner, &name).await == Begun::Anew {
                    // What goes wrong is in the service's row.
                    let _ = check::check(&inner, &name).await;
                }
            })
        })
        .collect();
    let all = async {
        for reading in readings {
            // A panic in one of them has been reported, and its service stays without a credential.
            let _ = reading.await;
        }
    };
    // Those that are late go on by themselves.
    let _ = tokio::time::timeout(PATIENCE, all).await;
}

/// Asks the vault for one service's credential and puts what it says in force.
pub(crate) async fn read(inner: &Inner, name: &ServiceName) -> Begun {
    let period = inner.state().lock.period();
    let outcome = inner.credentials.read(name).await;
    let begun = match &outcome {
        Ok(credential) => sandbox::ready(inner, name, credential).await,
        Err(_) => Begun::No,
    };
    inner
        .put(|state| {
            // Locked meanwhile, or locked and unlocked: then another reading is under way, or none is wanted.
            if state.lock.period() == period {
                state.set_credential(name, outcome.as_ref());
            }
        })
        .await;
    announce(inner);
    begun
}

fn announce(inner: &Inner) {
    inner.announce(Event::Status);
    inner.announce(Event::Services);
}

impl State {
    fn set_lock(&mut self, lock: Lock) {
        self.lock = lock;
        let problem = match lock {
            Lock::Open { .. } => VaultError::Slow,
            Lock::Locked { .. } => VaultError::Locked,
        };
        let without: Vec<ServicePolicy> = self
            .snapshot
            .services()
            .values()
            .filter(|policy| match (lock, policy.credential()) {
                // Those at hand stay when what is open is opened again.
                (Lock::Open { .. }, CredentialState::Ready(_)) => false,
                (Lock::Open { .. } | Lock::Locked { .. }, _) => true,
            })
            .map(|policy| policy.with_credential(CredentialState::Unavailable(problem)))
            .collect();
        for policy in without {
            self.snapshot = Arc::new(self.snapshot.with_service(policy));
        }
    }

    /// Puts in force what the vault gave for a service.
    pub(crate) fn set_credential(
        &mut self,
        name: &ServiceName,
        outcome: Result<&MasterCredential, &VaultError>,
    ) {
        let Some(connected) = self.services.get(name) else { return };
        let credential = match outcome {
            Ok(credential) => CredentialState::ready(&connected.service, &connected.rules, credential),
            Err(problem) => CredentialState::Unavailable(*problem),
        };
        let policy = ServicePolicy::new(&connected.service, Arc::clone(&connected.rules), credential);
        self.snapshot = Arc::new(self.snapshot.with_service(policy));
    }

    /// What the vault last failed with, where that is more than a missing entry.
    pub(crate) fn vault_problem(&self) -> Option<VaultError> {
        let problem_of = |policy: &Arc<ServicePolicy>| match policy.credential() {
            CredentialState::Ready(_)
            | CredentialState::Unavailable(VaultError::Missing | VaultError::Locked) => None,
            CredentialState::Unavailable(problem) => Some(*problem),
        };
        self.snapshot.services().values().find_map(problem_of)
    }
}

impl Lock {
    const fn is_open_after(before: Self) -> Self {
        Self::Open { period: before.period() + 1 }
    }

    const fn is_locked_after(before: Self) -> Self {
        Self::Locked { period: before.period() + 1 }
    }
}
