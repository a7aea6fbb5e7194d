//! Windows: generic credentials in the Credential Manager.

use std::{collections::HashMap, error::Error as StdError, sync::Arc};

use keyring_core::{Entry, api::CredentialStoreApi};
use valetkey_core::{ports::VaultError, service::ServiceName};

use super::entry;

pub(super) struct Store(Arc<windows_native_keyring_store::Store>);

impl Store {
    pub(super) fn open() -> Result<Self, VaultError> {
        windows_native_keyring_store::Store::new().map(Self).map_err(entry::judge)
    }

    /// The entry. The Credential Manager is open as long as its user is logged in.
    pub(super) fn entry_to_read(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        // The store's default would carry the credential to every machine of a domain that the owner logs in to.
        let modifiers = HashMap::from([("persistence", "Local")]);
        self.0.build(owner, service.as_str(), Some(&modifiers)).map_err(entry::judge)
    }

    pub(super) fn entry_to_change(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        self.entry_to_read(owner, service)
    }
}

/// The store says so for `ERROR_NO_SUCH_LOGON_SESSION` alone: a session without a credential set, such as one
/// over the network.
pub(super) fn judge_no_access(_cause: &(dyn StdError + 'static)) -> VaultError {
    VaultError::Unavailable
}

/// Every other code, which the store keeps to itself: the Credential Manager is there and refuses.
pub(super) fn judge_failure(_cause: &(dyn StdError + 'static)) -> VaultError {
    VaultError::Denied
}
