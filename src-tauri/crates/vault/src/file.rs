//! Credentials in a passphrase-encrypted file, for a machine without a keychain.

mod contents;
mod disk;
mod sealing;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use secrecy::SecretString;
use valetkey_core::{
    ports::{Vault, VaultError},
    secret::MasterCredential,
    service::ServiceName,
};

use self::contents::Contents;
pub use self::sealing::WorkFactor;

/// One file in the `age` format (<https://age-encryption.org/v1>) under a passphrase: `age --decrypt` opens it
/// too. It is decrypted once, when opened; from then on the credentials are in memory, wiped when this is
/// dropped. Every change encrypts all of them anew and replaces the file as a whole, or fails and changes nothing.
///
/// One process at a time may have it open; the profile's lock sees to that. The passphrase is taken as it is:
/// whoever asks for it refuses an empty one.
pub struct File {
    path: PathBuf,
    passphrase: SecretString,
    work_factor: WorkFactor,
    contents: Mutex<Contents>,
}

impl File {
    /// Makes a new, empty vault file that only the owner can read. `Io` if anything is at `path` already.
    pub fn create(path: &Path, passphrase: SecretString) -> Result<Self, VaultError> {
        Self::create_with(path, passphrase, WorkFactor::Strong)
    }

    /// Like [`create`](Self::create), with another work factor.
    pub fn create_with(
        path: &Path,
        passphrase: SecretString,
        work_factor: WorkFactor,
    ) -> Result<Self, VaultError> {
        if path.symlink_metadata().is_ok() {
            return Err(VaultError::Io);
        }
        let contents = Contents::default();
        let file = Self { path: path.into(), passphrase, work_factor, contents: Mutex::default() };
        file.keep(&contents)?;
        Ok(file)
    }

    /// Opens a vault file. `WrongPassphrase`, `Damaged`, or `Io` if it is not there, a symbolic link, or others
    /// than the owner may read it.
    pub fn open(path: &Path, passphrase: SecretString) -> Result<Self, VaultError> {
        Self::open_with(path, passphrase, WorkFactor::Strong)
    }

    /// Like [`open`](Self::open); later changes are encrypted with another work factor.
    pub fn open_with(
        path: &Path,
        passphrase: SecretString,
        work_factor: WorkFactor,
    ) -> Result<Self, VaultError> {
        let plain = sealing::open(&disk::read(path)?, &passphrase)?;
        let contents = Mutex::new(Contents::decode(&plain)?);
        Ok(Self { path: path.into(), passphrase, work_factor, contents })
    }

    /// Makes a change durable, and then visible.
    fn change(&self, change: impl FnOnce(&mut Contents)) -> Result<(), VaultError> {
        let mut contents = self.contents();
        let mut changed = contents.clone();
        change(&mut changed);
        self.keep(&changed)?;
        *contents = changed;
        Ok(())
    }

    fn keep(&self, contents: &Contents) -> Result<(), VaultError> {
        disk::replace(&self.path, &sealing::seal(&contents.encode()?, &self.passphrase, self.work_factor)?)
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        // The contents change by one assignment, so that no panic leaves them half changed.
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for File {
    fn read(&self, service: &ServiceName) -> Result<MasterCredential, VaultError> {
        self.contents().credentials.get(service).cloned().ok_or(VaultError::Missing)
    }

    fn write(&self, service: &ServiceName, credential: &MasterCredential) -> Result<(), VaultError> {
        self.change(|contents| {
            contents.credentials.insert(service.clone(), credential.clone());
        })
    }

    fn erase(&self, service: &ServiceName) -> Result<(), VaultError> {
        if !self.contents().credentials.contains_key(service) {
            return Ok(());
        }
        self.change(|contents| {
            contents.credentials.remove(service);
        })
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
