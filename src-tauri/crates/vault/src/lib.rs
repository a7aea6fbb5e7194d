//! Where master credentials live.
//!
//! Three implementations of [`valetkey_core::ports::Vault`]: [`Keychain`], the keychain of the OS and the
//! choice wherever one answers; [`File`], a passphrase-encrypted file for a machine without one, chosen by the
//! owner and never by this program; [`Memory`], the twin for tests, which fails as it is told.
//!
//! It is *not* a cache and not a policy: what is read is handed on, and whoever holds it decides how long.
//! It never falls back from one kind to another.
//!
//! The invariant it upholds: a call ends, in one of the ways that
//! [`VaultError`](valetkey_core::ports::VaultError) names; and a credential is written nowhere in the clear.
//!
//! ```
//! use valetkey_core::{ports::{Vault, VaultError}, secret::MasterCredential, service::ServiceName};
//! use valetkey_vault::Memory;
//!
//! let vault = Memory::default();
//! let github = ServiceName::parse("github")?;
//! vault.write(&github, &MasterCredential::parse("ghp_example")?)?;
//! assert_eq!(vault.read(&github)?.expose(), "ghp_example");
//!
//! vault.fail(VaultError::Locked);
//! assert_eq!(vault.read(&github).unwrap_err(), VaultError::Locked);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod file;
mod keychain;
mod memory;
mod profile;

pub use file::{File, WorkFactor};
pub use keychain::Keychain;
pub use memory::{Memory, Stall};
pub use profile::{ProfileId, ProfileIdInvalid};
