//! Encryption under a passphrase, in the `age` format.

use std::{io::Read, iter};

use age::{DecryptError, Decryptor, scrypt};
use secrecy::SecretString;
use valetkey_core::ports::VaultError;
use zeroize::Zeroizing;

/// The most work that opening a file may take, as the logarithm of scrypt's N: a minute and 1 GiB. Vaults made
/// with the `age` tool (18 on today's machines) open; a forged file can't keep the machine busy for hours.
const MOST_WORK: u8 = 20;

/// How much work one guess at the passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkFactor {
    /// scrypt with N = 2^17, r = 8, p = 1: what OWASP's password storage guidance asks for at least. 128 MiB and
    /// about half a second, spent at every start and every change. Fixed, where `age` measures the machine, so
    /// that a vault made on a fast machine opens on a slow one.
    Strong,
    /// N = 2^4: no protection at all, for tests.
    Weak,
}

impl WorkFactor {
    const fn log_n(self) -> u8 {
        match self {
            Self::Strong => 17,
            Self::Weak => 4,
        }
    }
}

pub(super) fn seal(
    plain: &[u8],
    passphrase: &SecretString,
    work_factor: WorkFactor,
) -> Result<Vec<u8>, VaultError> {
    let mut recipient = scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(work_factor.log_n());
    age::encrypt(&recipient, plain).map_err(|_| VaultError::Io)
}

pub(super) fn open(sealed: &[u8], passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| VaultError::Damaged)?;
    let mut identity = scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(MOST_WORK);
    let mut reader = decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(|error| {
        if matches!(error, DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) {
            VaultError::WrongPassphrase
        } else {
            VaultError::Damaged
        }
    })?;
    // Plain text is shorter than sealed. Enough from the start: a buffer that grows leaves copies.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut plain).map_err(|_| VaultError::Damaged)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_factor_asked_for_is_in_the_file() {
        let passphrase = SecretString::from("correct horse");
        let sealed = seal(b"plain", &passphrase, WorkFactor::Weak).unwrap();
        let header = String::from_utf8_lossy(&sealed);
        let stanza = header.lines().nth(1).unwrap();
        let expected = format!(" {}", WorkFactor::Weak.log_n());
        assert!(stanza.starts_with("-> scrypt ") && stanza.ends_with(&expected), "{stanza}");
    }

    #[test]
    fn a_file_that_asks_for_hours_of_work_is_refused_at_once() {
        let passphrase = SecretString::from("correct horse");
        let sealed = seal(b"plain", &passphrase, WorkFactor::Weak).unwrap();
        let at = sealed.windows(3).position(|bytes| bytes == b" 4\n").unwrap();
        let forged = [&sealed[..at], b" 30\n", &sealed[at + 3..]].concat();
        assert_eq!(open(&forged, &passphrase).unwrap_err(), VaultError::Damaged);
    }
}
