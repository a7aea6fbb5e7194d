//! The vault as the host uses it: opened, asked off the async threads, closed again.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use secrecy::SecretString;
use valetkey_core::{
    ports::{Vault, VaultError},
    secret::MasterCredential,
    service::ServiceName,
};
use valetkey_vault::{File, Keychain, Memory, ProfileId};
use valetkey_wire::{SecretText, VaultKind};

use crate::{Error, Profile, inner::held, profile::Card};

/// Where credentials come from, and the vault while it is open. Nothing is kept of what was read.
pub(crate) struct Credentials {
    source: Source,
    open: Mutex<Option<Arc<dyn Vault>>>,
}

enum Source {
    Keychain(ProfileId),
    File(PathBuf),
    Memory(Memory),
}

/// Makes the vault file of a new profile.
pub(crate) fn create_file_vault(path: &std::path::Path, passphrase: &SecretText) -> Result<(), Error> {
    if passphrase.expose().is_empty() {
        return Err(Error::PassphraseEmpty);
    }
    File::create(path, SecretString::from(passphrase.expose())).map(drop).map_err(Error::Vault)
}

impl Credentials {
    /// Closed.
    pub(crate) fn of(profile: &Profile, card: &Card, memory: Memory) -> Result<Self, Error> {
        let source = match card.vault {
            VaultKind::Keychain => {
                Source::Keychain(ProfileId::parse(&card.id).map_err(|_| profile.damaged())?)
            }
            VaultKind::File => Source::File(profile.vault_file()),
            VaultKind::Memory => Source::Memory(memory),
        };
        Ok(Self { source, open: Mutex::default() })
    }

    /// Opens the vault. A file needs its passphrase, else it stays [`VaultError::Locked`]; a keychain asks the owner itself
    /// when it is read.
    pub(crate) async fn open(&self, passphrase: Option<SecretText>) -> Result<(), VaultError> {
        let vault: Arc<dyn Vault> = match &self.source {
            Source::Keychain(profile) => Arc::new(Keychain::open(profile)),
            Source::Memory(memory) => Arc::new(memory.clone()),
            Source::File(path) => {
                let passphrase = passphrase.ok_or(VaultError::Locked)?;
                let path = path.clone();
                let open = move || File::open(&path, SecretString::from(passphrase.expose()));
                Arc::new(blocking(open).await?)
            }
        };
        *held(&self.open) = Some(vault);
        Ok(())
    }

    /// Lets go of the vault, and with it of what a vault file has in memory.
    pub(crate) fn close(&self) {
        *held(&self.open) = None;
    }

    /// Whether it can be asked.
    pub(crate) fn is_open(&self) -> bool {
        held(&self.open).is_some()
    }

    pub(crate) async fn read(&self, service: &ServiceName) -> Result<MasterCredential, VaultError> {
        let (vault, service) = (self.vault()?, service.clone());
        blocking(move || vault.read(&service)).await
    }

    pub(crate) async fn write(
        &self,
        service: &ServiceName,
        credential: &MasterCredential,
    ) -> Result<(), VaultError> {
        let (vault, service, credential) = (self.vault()?, service.clone(), credential.clone());
        blocking(move || vault.write(&service, &credential)).await
    }

    pub(crate) async fn erase(&self, service: &ServiceName) -> Result<(), VaultError> {
        let (vault, service) = (self.vault()?, service.clone());
        blocking(move || vault.erase(&service)).await
    }

    fn vault(&self) -> Result<Arc<dyn Vault>, VaultError> {
        held(&self.open).clone().ok_or(VaultError::Locked)
    }
}

async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    // It ends early only by a panic in the vault's code.
    tokio::task::spawn_blocking(call).await.unwrap_or(Err(VaultError::Unavailable))
}
