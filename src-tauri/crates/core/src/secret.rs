//! Secrets as types: not printable, not comparable, wiped when dropped.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The longest master credential that is taken, in bytes. Windows' Credential Manager holds 2,560 bytes of
/// UTF-16 for one credential (`CRED_MAX_CREDENTIAL_BLOB_SIZE`), so that this many characters fit everywhere.
pub const MAX_CREDENTIAL_LEN: usize = 1280;

/// The owner's own secret for a service, as the service issued it.
#[derive(Clone)]
pub struct MasterCredential(SecretString);

/// Why a string can't be a master credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Nothing but white space was given.
    #[error("the master credential is empty")]
    Empty,
    /// Longer than [`MAX_CREDENTIAL_LEN`].
    #[error("the master credential is longer than 1,280 characters, which no OS keychain is sure to hold")]
    TooLong,
    /// A character that can't stand in an HTTP header, a line break among them.
    #[error("the master credential has a character that cannot be sent in an HTTP header")]
    Unsendable,
}

impl MasterCredential {
    /// Takes a credential as typed or piped: white space around it is dropped (RFC 9110 §5.5 lets no header
    /// value begin or end with it).
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(CredentialError::Empty);
        }
        if trimmed.len() > MAX_CREDENTIAL_LEN {
            return Err(CredentialError::TooLong);
        }
        if !trimmed.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(CredentialError::Unsendable);
        }
        Ok(Self(SecretString::from(trimmed)))
    }

    /// The secret itself. Each call is a place to review.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for MasterCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterCredential(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_never_printed() {
        let credential = MasterCredential::parse("ghp_visible\n").unwrap();
        assert_eq!(credential.expose(), "ghp_visible");
        assert!(!format!("{credential:?}").contains("visible"));
    }

    #[test]
    fn what_no_header_can_carry_is_refused() {
        assert_eq!(MasterCredential::parse(" \n").unwrap_err(), CredentialError::Empty);
        assert_eq!(MasterCredential::parse("a\nb").unwrap_err(), CredentialError::Unsendable);
        assert_eq!(MasterCredential::parse(&"x".repeat(1281)).unwrap_err(), CredentialError::TooLong);
    }
}
