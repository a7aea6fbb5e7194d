//! A profile: one directory with database, activity, sockets and lock.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use valetkey_wire as wire;
use wire::VaultKind;

use crate::{Error, platform};

/// What `profile.json` says; it is needed before the database can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// Of this file's form.
    version: u32,
    /// Names the profile in the keychain, so that two profiles never share an entry.
    pub(crate) id: String,
    /// Where master credentials live.
    pub(crate) vault: VaultKind,
}

const CARD_VERSION: u32 = 1;

/// Where the master credentials of a new profile will live.
#[derive(Clone, Debug)]
pub enum VaultChoice {
    /// The OS keychain.
    Keychain,
    /// A file in the profile, encrypted with this passphrase.
    File {
        /// Asked for whenever the vault is unlocked.
        passphrase: wire::SecretText,
    },
    /// Memory: gone when the program ends. For tests.
    Memory,
}

/// A profile's directory, which may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    path: PathBuf,
}

/// That this program owns the profile; released when dropped, also by the OS when the program dies.
#[derive(Debug)]
pub(crate) struct Ownership {
    _file: File,
}

impl Profile {
    /// The profile in `directory`, or else the one in the platform's data directory.
    pub fn locate(directory: Option<PathBuf>) -> Result<Self, wire::Error> {
        let path = match directory {
            Some(path) => std::path::absolute(&path).map_err(|error| Error::file(&path, &error))?,
            None => directories::ProjectDirs::from("", "", "valetkey")
                .map(|directories| directories.data_local_dir().to_owned())
                .ok_or(Error::NoHome)?,
        };
        Ok(Self { path })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the running program takes requests of terminals.
    pub fn control_socket(&self) -> PathBuf {
        self.path.join("control.sock")
    }

    /// Where applications may reach the gateway besides TCP.
    pub fn gateway_socket(&self) -> PathBuf {
        self.path.join("gateway.sock")
    }

    /// The certificate of the authority behind HTTPS, once there is one.
    pub fn https_certificate(&self) -> PathBuf {
        self.path.join("https-ca.pem")
    }

    /// The certificate of the authority behind the HTTPS proxy, once there is one.
    pub fn proxy_certificate(&self) -> PathBuf {
        self.path.join("proxy-ca.pem")
    }

    /// Writes certificates for programs that take all that they trust from one file; says where.
    pub fn write_bundle(&self, pem: &str) -> Result<PathBuf, wire::Error> {
        let path = self.path.join("proxy-bundle.pem");
        write_private(&path, pem.as_bytes())?;
        Ok(path)
    }

    /// Writes a file of settings into a folder for programs called `client`; says which folder. It holds no secret.
    pub fn write_for_client(&self, client: &str, file: &str, text: &str) -> Result<PathBuf, wire::Error> {
        let folder = self.path.join("clients").join(client);
        for made in [&self.path.join("clients"), &folder] {
            platform::create_private_directory(made).map_err(|error| Error::file(made, &error))?;
        }
        write_private(&folder.join(file), text.as_bytes())?;
        Ok(folder)
    }

    /// Whether it has been created.
    pub fn exists(&self) -> bool {
        self.card_path().exists()
    }

    /// Where its master credentials live.
    pub fn vault_kind(&self) -> Result<VaultKind, wire::Error> {
        Ok(self.card()?.vault)
    }

    /// Creates it: a directory for the owner alone, and in it what says where master credentials live.
    pub fn create(&self, vault: VaultChoice) -> Result<(), wire::Error> {
        Ok(self.try_create(vault)?)
    }

    fn try_create(&self, vault: VaultChoice) -> Result<(), Error> {
        platform::create_private_directory(&self.path).map_err(|error| Error::file(&self.path, &error))?;
        let _ownership = self.own()?;
        if self.exists() {
            return Err(Error::ProfileExists { path: self.path.clone() });
        }
        let kind = match vault {
            VaultChoice::Keychain => VaultKind::Keychain,
            VaultChoice::File { passphrase } => {
                crate::credentials::create_file_vault(&self.vault_file(), &passphrase)?;
                VaultKind::File
            }
            VaultChoice::Memory => VaultKind::Memory,
        };
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|_| Error::Core(valetkey_core::Error::NoEntropy))?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        self.write_card(&Card { version: CARD_VERSION, id, vault: kind })
    }

    /// Takes the lock. Whoever has it may replace stale sockets and write.
    pub(crate) fn own(&self) -> Result<Ownership, Error> {
        platform::judge_private(&self.path)?;
        let path = self.path.join("profile.lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = platform::private(&mut options).open(&path).map_err(|error| Error::file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Ownership { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::ProfileInUse { path: self.path.clone() }),
            Err(TryLockError::Error(error)) => Err(Error::file(&path, &error)),
        }
    }

    pub(crate) fn card(&self) -> Result<Card, Error> {
        let path = self.card_path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::ProfileMissing { path: self.path.clone() });
            }
            Err(error) => return Err(Error::file(&path, &error)),
        };
        match serde_json::from_str::<Card>(&text) {
            Ok(card) if card.version == CARD_VERSION => Ok(card),
            Ok(_) | Err(_) => Err(self.damaged()),
        }
    }

    pub(crate) fn damaged(&self) -> Error {
        Error::ProfileUnsound {
            path: self.card_path(),
            problem: "it is damaged, or of a newer version of this program".into(),
        }
    }

    pub(crate) fn vault_file(&self) -> PathBuf {
        self.path.join("vault.age")
    }

    fn card_path(&self) -> PathBuf {
        self.path.join("profile.json")
    }

    fn write_card(&self, card: &Card) -> Result<(), Error> {
        let path = self.card_path();
        let text = serde_json::to_vec_pretty(card).map_err(|error| Error::file(&path, &error.into()))?;
        write_private(&path, &text)
    }
}

/// Writes a file for the owner alone; beside it first, so that half of one is never found.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = path.with_added_extension("new");
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = platform::private(&mut options).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error| Error::file(&beside, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::locate(Some(folder.path().join("p"))).unwrap();
        profile.create(VaultChoice::Memory).unwrap();
        let first = profile.own().unwrap();
        assert!(matches!(profile.own(), Err(Error::ProfileInUse { .. })));
        drop(first);
        assert!(profile.own().is_ok());
    }

    #[test]
    fn a_profile_is_created_once_and_keeps_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::locate(Some(folder.path().join("p"))).unwrap();
        assert!(matches!(profile.card(), Err(Error::ProfileMissing { .. })));
        profile.create(VaultChoice::Memory).unwrap();
        let card = profile.card().unwrap();
        assert_eq!(profile.create(VaultChoice::Memory).unwrap_err().code, wire::Code::Invalid);
        assert_eq!(profile.card().unwrap(), card);
        assert_eq!(card.id.len(), 32);
    }

    #[test]
    fn a_card_of_another_version_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::locate(Some(folder.path().join("p"))).unwrap();
        profile.create(VaultChoice::Memory).unwrap();
        std::fs::write(profile.card_path(), r#"{"version":2,"id":"x","vault":"memory"}"#).unwrap();
        assert!(matches!(profile.card(), Err(Error::ProfileUnsound { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_others_can_enter_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::locate(Some(folder.path().join("p"))).unwrap();
        profile.create(VaultChoice::Memory).unwrap();
        std::fs::set_permissions(profile.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(profile.own(), Err(Error::ProfileUnsound { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_not_a_profile() {
        let folder = tempfile::tempdir().unwrap();
        let real = Profile::locate(Some(folder.path().join("real"))).unwrap();
        real.create(VaultChoice::Memory).unwrap();
        std::os::unix::fs::symlink(real.path(), folder.path().join("link")).unwrap();
        let link = Profile::locate(Some(folder.path().join("link"))).unwrap();
        assert!(matches!(link.own(), Err(Error::ProfileUnsound { .. })));
    }
}
