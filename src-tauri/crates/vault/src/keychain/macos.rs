//! macOS: generic passwords in the login keychain.

use std::{error::Error as StdError, sync::Arc};

use keyring_core::{Entry, api::CredentialStoreApi};
use valetkey_core::{ports::VaultError, service::ServiceName};

use super::entry;

pub(super) struct Store(Arc<apple_native_keyring_store::keychain::Store>);

impl Store {
    pub(super) fn open() -> Result<Self, VaultError> {
        apple_native_keyring_store::keychain::Store::new().map(Self).map_err(entry::judge)
    }

    /// The entry. macOS unlocks or asks by itself while it is read.
    pub(super) fn entry_to_read(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        self.0.build(owner, service.as_str(), None).map_err(entry::judge)
    }

    pub(super) fn entry_to_change(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        self.entry_to_read(owner, service)
    }
}

pub(super) fn judge_no_access(cause: &(dyn StdError + 'static)) -> VaultError {
    cause
        .downcast_ref::<security_framework::base::Error>()
        .map_or(VaultError::Unavailable, |error| judge(error.code()))
}

pub(super) fn judge_failure(cause: &(dyn StdError + 'static)) -> VaultError {
    judge_no_access(cause)
}

/// Codes of Security.framework, `SecBase.h`.
fn judge(code: i32) -> VaultError {
    match code {
        // errSecInteractionNotAllowed: it is locked, and nobody can be asked.
        -25308 => VaultError::Locked,
        // userCanceledErr, errSecAuthFailed, wrPermErr, errSecInvalidOwnerEdit, errSecReadOnly,
        // errSecMissingEntitlement.
        -128 | -25293 | -61 | -25244 | -25292 | -34018 => VaultError::Denied,
        // errSecDataTooLarge.
        -25302 => VaultError::TooLong,
        // errSecInvalidKeychain, errSecDecode.
        -25295 | -26275 => VaultError::Damaged,
        // Among them errSecNotAvailable, errSecNoSuchKeychain, errSecNoDefaultKeychain.
        _ => VaultError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_keeps_its_meaning() {
        for (code, meaning) in [
            (-25308, VaultError::Locked),
            (-128, VaultError::Denied),
            (-25302, VaultError::TooLong),
            (-25295, VaultError::Damaged),
            (-25291, VaultError::Unavailable),
        ] {
            let error = security_framework::base::Error::from_code(code);
            assert_eq!(judge_no_access(&error), meaning, "{code}");
        }
    }
}
