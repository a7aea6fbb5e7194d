//! What the core and its siblings need of the outside. Each has a second implementation, for tests or for
//! machines that lack the first.

use crate::{
    activity::{ActivityUnavailable, Closing, Opening},
    secret::MasterCredential,
    service::Service,
    service::ServiceName,
    token::{Token, TokenId},
};

/// Keeps tokens and services. Every method returns after the change is durable, and a failed one changed nothing.
pub trait TokenStore: Send {
    /// Puts a token in, or replaces the one with its id.
    fn save_token(&mut self, token: &Token) -> Result<(), StoreFailure>;
    /// Puts several in at once: all or none.
    fn save_tokens(&mut self, tokens: &[Token]) -> Result<(), StoreFailure>;
    /// Forgets a token's record for good.
    fn forget_token(&mut self, token: TokenId) -> Result<(), StoreFailure>;
    /// Puts a service in, or replaces the one with its name.
    fn save_service(&mut self, service: &Service) -> Result<(), StoreFailure>;
    /// Forgets a service.
    fn forget_service(&mut self, service: &ServiceName) -> Result<(), StoreFailure>;
}

/// The store could not make a change durable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFailure {
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// Anything else, in the database's own words.
    #[error("the database could not be written: {0}")]
    Failed(Box<str>),
}

/// Keeps master credentials. Calls may take seconds (the OS may ask the owner) and never hang.
pub trait Vault: Send + Sync {
    /// The credential of a service.
    fn read(&self, service: &ServiceName) -> Result<MasterCredential, VaultError>;
    /// Puts one in, replacing what was there.
    fn write(&self, service: &ServiceName, credential: &MasterCredential) -> Result<(), VaultError>;
    /// Takes one out; taking out what is not there is no error.
    fn erase(&self, service: &ServiceName) -> Result<(), VaultError>;
}

/// Why the vault could not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum VaultError {
    /// There is no entry for this service.
    #[error("the vault has no credential for this service")]
    Missing,
    /// The vault is locked.
    #[error("the keychain is locked; unlock it and try again")]
    Locked,
    /// The owner or the OS said no.
    #[error("the keychain denied access")]
    Denied,
    /// This machine has no keychain that answers.
    #[error(
        "no OS keychain answers here; start one (on Linux a Secret Service such as gnome-keyring), or make a profile with `vk init --vault file`"
    )]
    Unavailable,
    /// Longer than the keychain holds.
    #[error("the credential is too long for the keychain")]
    TooLong,
    /// No answer in time.
    #[error("the keychain did not answer in time; it may be waiting for you to unlock it")]
    Slow,
    /// The passphrase does not open the vault file.
    #[error("the passphrase does not open the vault file")]
    WrongPassphrase,
    /// What the vault holds can't be read.
    #[error("the vault's contents are damaged")]
    Damaged,
    /// The vault file could not be read or written.
    #[error("the vault file could not be read or written")]
    Io,
}

/// Gives every thread of the gateway its own way to record.
pub trait ActivityLog: Send + Sync {
    /// A new writer.
    fn writer(&self) -> Result<Box<dyn ActivityWriter>, ActivityUnavailable>;
}

/// Records requests. What a method returned `Ok` for survives the death of this process.
pub trait ActivityWriter: Send {
    /// A request has been decided; with `closing` where it has also ended (every refusal).
    fn open(&mut self, opening: &Opening<'_>, closing: Option<&Closing>) -> Result<(), ActivityUnavailable>;
    /// A request has ended.
    fn close(&mut self, closing: &Closing) -> Result<(), ActivityUnavailable>;
}
