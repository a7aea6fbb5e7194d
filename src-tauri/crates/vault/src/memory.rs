//! The twin for tests: holds credentials in memory and fails as it is told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use valetkey_core::{
    ports::{Vault, VaultError},
    secret::MasterCredential,
    service::ServiceName,
};

/// A vault in memory. Clones are the same vault, so that a test keeps a hand on the one it gave away.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    resumed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    credentials: BTreeMap<ServiceName, MasterCredential>,
    failure: Option<VaultError>,
    stalls: usize,
    calls: usize,
}

impl Memory {
    /// From now on every call fails so and changes nothing.
    pub fn fail(&self, failure: VaultError) {
        self.state().failure = Some(failure);
    }

    /// From now on calls succeed again.
    pub fn recover(&self) {
        self.state().failure = None;
    }

    /// Lets every call wait until what this returns is dropped: a vault that is slow for as long as the test
    /// wants.
    pub fn stall(&self) -> Stall {
        self.state().stalls += 1;
        Stall(self.clone())
    }

    /// How many calls have come in, the waiting and the failed ones among them.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under this lock can leave the state half changed.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, once no stall is left; or the failure that was asked for.
    fn serve(&self) -> Result<MutexGuard<'_, State>, VaultError> {
        let mut state = self.state();
        state.calls += 1;
        let state = self
            .0
            .resumed
            .wait_while(state, |state| state.stalls > 0)
            .unwrap_or_else(PoisonError::into_inner);
        match state.failure {
            Some(failure) => Err(failure),
            None => Ok(state),
        }
    }
}

impl Vault for Memory {
    fn read(&self, service: &ServiceName) -> Result<MasterCredential, VaultError> {
        self.serve()?.credentials.get(service).cloned().ok_or(VaultError::Missing)
    }

    fn write(&self, service: &ServiceName, credential: &MasterCredential) -> Result<(), VaultError> {
        self.serve()?.credentials.insert(service.clone(), credential.clone());
        Ok(())
    }

    fn erase(&self, service: &ServiceName) -> Result<(), VaultError> {
        self.serve()?.credentials.remove(service);
        Ok(())
    }
}

/// While this lives, calls to its vault wait.
#[derive(Debug)]
#[must_use = "the vault goes on as soon as this is dropped"]
pub struct Stall(Memory);

impl Drop for Stall {
    fn drop(&mut self) {
        self.0.state().stalls -= 1;
        self.0.0.resumed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn github() -> ServiceName {
        ServiceName::parse("github").unwrap()
    }

    #[test]
    fn it_keeps_replaces_and_erases() {
        let vault = Memory::default();
        assert_eq!(vault.read(&github()).unwrap_err(), VaultError::Missing);
        for secret in ["first", "second"] {
            vault.write(&github(), &MasterCredential::parse(secret).unwrap()).unwrap();
            assert_eq!(vault.read(&github()).unwrap().expose(), secret);
        }
        vault.erase(&github()).unwrap();
        vault.erase(&github()).unwrap();
        assert_eq!(vault.read(&github()).unwrap_err(), VaultError::Missing);
    }

    #[test]
    fn it_fails_as_told_and_a_failed_call_changes_nothing() {
        let vault = Memory::default();
        vault.write(&github(), &MasterCredential::parse("kept").unwrap()).unwrap();
        for failure in [VaultError::Locked, VaultError::Denied, VaultError::Unavailable, VaultError::Slow] {
            vault.fail(failure);
            assert_eq!(vault.read(&github()).unwrap_err(), failure);
            assert_eq!(vault.erase(&github()), Err(failure));
            assert_eq!(vault.write(&github(), &MasterCredential::parse("no").unwrap()), Err(failure));
        }
        vault.recover();
        assert_eq!(vault.read(&github()).unwrap().expose(), "kept");
    }

    #[test]
    fn a_stalled_vault_answers_when_the_stall_ends() {
        let vault = Memory::default();
        let stall = vault.stall();
        let (sender, answers) = mpsc::channel();
        let caller = std::thread::spawn({
            let vault = vault.clone();
            move || sender.send(vault.read(&github()).map(|_| ())).unwrap()
        });
        while vault.calls() == 0 {
            std::thread::yield_now();
        }
        assert_eq!(answers.try_recv(), Err(mpsc::TryRecvError::Empty));
        drop(stall);
        assert_eq!(answers.recv().unwrap(), Err(VaultError::Missing));
        caller.join().unwrap();
    }
}
