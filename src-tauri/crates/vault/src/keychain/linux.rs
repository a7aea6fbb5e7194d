//! Linux: the Secret Service over the session bus (gnome-keyring, `KWallet`, `KeePassXC`).

use std::{collections::HashMap, error::Error as StdError, sync::Arc};

use keyring_core::{Entry, api::CredentialStoreApi};
use secret_service::{EncryptionType, Error as ServiceError, blocking::SecretService};
use valetkey_core::{ports::VaultError, service::ServiceName};

use super::entry;

/// Two connections: one carries secrets, encrypted, and holds a lock of its own during a prompt; the other
/// only asks what is locked and unlocks, so that a prompt never blocks the first.
pub(super) struct Store {
    entries: Arc<zbus_secret_service_keyring_store::Store>,
    locks: SecretService<'static>,
}

impl Store {
    pub(super) fn open() -> Result<Self, VaultError> {
        let entries = zbus_secret_service_keyring_store::Store::new().map_err(entry::judge)?;
        let locks = SecretService::connect(EncryptionType::Plain).map_err(|error| judge(&error))?;
        Ok(Self { entries, locks })
    }

    /// The entry, unless reading it would make the keychain ask for its password.
    pub(super) fn entry_to_read(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        let found = self.locks.search_items(attributes(owner, service)).map_err(|error| judge(&error))?;
        // A locked KeePassXC shows no entries at all: missing is what is not there in an open collection.
        if !found.locked.is_empty() || (found.unlocked.is_empty() && self.is_locked()?) {
            return Err(VaultError::Locked);
        }
        self.entry(owner, service)
    }

    /// The entry, after what it lies in has been unlocked; for that the keychain may ask for its password.
    pub(super) fn entry_to_change(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        let unlock = || -> Result<(), ServiceError> {
            let collection = self.locks.get_default_collection()?;
            if collection.is_locked()? {
                collection.unlock()?;
            }
            let elsewhere = self.locks.search_items(attributes(owner, service))?.locked;
            if !elsewhere.is_empty() {
                self.locks.unlock_all(&elsewhere.iter().collect::<Vec<_>>())?;
            }
            Ok(())
        };
        unlock().map_err(|error| judge(&error))?;
        self.entry(owner, service)
    }

    fn entry(&self, owner: &str, service: &ServiceName) -> Result<Entry, VaultError> {
        let label = format!("Valet Key: {service}");
        let modifiers = HashMap::from([("label", label.as_str())]);
        self.entries.build(owner, service.as_str(), Some(&modifiers)).map_err(entry::judge)
    }

    fn is_locked(&self) -> Result<bool, VaultError> {
        let locked = || self.locks.get_default_collection()?.is_locked();
        locked().map_err(|error| judge(&error))
    }
}

/// What the store files an entry under, `secret-tool lookup` finds it by the same.
fn attributes<'a>(owner: &'a str, service: &'a ServiceName) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", owner), ("username", service.as_str())])
}

pub(super) fn judge_no_access(cause: &(dyn StdError + 'static)) -> VaultError {
    cause.downcast_ref().map_or(VaultError::Unavailable, judge)
}

pub(super) fn judge_failure(cause: &(dyn StdError + 'static)) -> VaultError {
    judge_no_access(cause)
}

/// What is not known better counts as no keychain, which makes the next call open a new connection: a restarted
/// daemon no longer knows our session and says so in several ways.
fn judge(error: &ServiceError) -> VaultError {
    if matches!(error, ServiceError::Locked | ServiceError::Prompt) {
        // A prompt that was dismissed, or that no display can show, leaves the keychain locked.
        VaultError::Locked
    } else if let ServiceError::Zbus(zbus::Error::MethodError(name, _, _)) = error {
        judge_reply(name.as_str())
    } else if let ServiceError::Zbus(zbus::Error::FDO(error)) = error {
        judge_reply(zbus::DBusError::name(&**error).as_str())
    } else if let ServiceError::ZbusFdo(error) = error {
        judge_reply(zbus::DBusError::name(error).as_str())
    } else {
        VaultError::Unavailable
    }
}

/// Error names as the Secret Service specification 0.2 (§ Errors) and the D-Bus daemon give them.
fn judge_reply(name: &str) -> VaultError {
    match name {
        "org.freedesktop.Secret.Error.IsLocked" => VaultError::Locked,
        "org.freedesktop.Secret.Error.NoSuchObject" => VaultError::Missing,
        "org.freedesktop.DBus.Error.AccessDenied" | "org.freedesktop.DBus.Error.AuthFailed" => {
            VaultError::Denied
        }
        "org.freedesktop.DBus.Error.Timeout" | "org.freedesktop.DBus.Error.TimedOut" => VaultError::Slow,
        _ => VaultError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::Error;

    use super::*;

    #[test]
    fn each_kind_of_failure_keeps_its_meaning() {
        let denied = zbus::fdo::Error::AccessDenied("policy".into());
        for (error, meaning) in [
            (ServiceError::Locked, VaultError::Locked),
            (ServiceError::Prompt, VaultError::Locked),
            (ServiceError::NoResult, VaultError::Unavailable),
            (ServiceError::Unavailable, VaultError::Unavailable),
            (ServiceError::Crypto("session"), VaultError::Unavailable),
            (ServiceError::ZbusFdo(denied.clone()), VaultError::Denied),
            (ServiceError::Zbus(zbus::Error::FDO(Box::new(denied))), VaultError::Denied),
            (ServiceError::Zbus(zbus::Error::Address("none".into())), VaultError::Unavailable),
        ] {
            let shown = format!("{error:?}");
            assert_eq!(entry::judge(Error::NoStorageAccess(Box::new(error))), meaning, "{shown}");
        }
        assert_eq!(judge_reply("org.freedesktop.Secret.Error.IsLocked"), VaultError::Locked);
        assert_eq!(judge_reply("org.freedesktop.Secret.Error.NoSession"), VaultError::Unavailable);
    }
}
