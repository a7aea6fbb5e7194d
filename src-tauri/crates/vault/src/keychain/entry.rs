//! Reading, writing and erasing one entry, whatever the store; and what the store's errors mean.

use keyring_core::{Entry, Error};
use valetkey_core::{ports::VaultError, secret::MasterCredential};
use zeroize::Zeroizing;

use super::platform;

pub(super) fn read(entry: &Entry) -> Result<MasterCredential, VaultError> {
    let found = Zeroizing::new(entry.get_secret().map_err(judge)?);
    let text = std::str::from_utf8(&found).map_err(|_| VaultError::Damaged)?;
    MasterCredential::parse(text).map_err(|_| VaultError::Damaged)
}

/// Writes, reads back and compares: there are keychains that cut off what is too long for them. What came
/// back changed is taken out again, so that it is never sent anywhere.
pub(super) fn write(entry: &Entry, credential: &MasterCredential) -> Result<(), VaultError> {
    let wanted = credential.expose().as_bytes();
    match entry.set_secret(wanted) {
        Err(Error::Ambiguous(doubles)) => {
            erase_all(&doubles)?;
            entry.set_secret(wanted).map_err(judge)?;
        }
        outcome => outcome.map_err(judge)?,
    }
    let found = Zeroizing::new(entry.get_secret().map_err(judge)?);
    compare(wanted, &found).or_else(|difference| erase(entry).and(Err(difference)))
}

pub(super) fn erase(entry: &Entry) -> Result<(), VaultError> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(doubles)) => erase_all(&doubles),
        Err(error) => Err(judge(error)),
    }
}

/// Two entries of one name can only come from outside; neither is more right than the other.
fn erase_all(doubles: &[Entry]) -> Result<(), VaultError> {
    doubles.iter().try_for_each(|double| double.delete_credential().map_err(judge))
}

fn compare(wanted: &[u8], found: &[u8]) -> Result<(), VaultError> {
    if wanted == found {
        Ok(())
    } else if wanted.starts_with(found) {
        Err(VaultError::TooLong)
    } else {
        Err(VaultError::Damaged)
    }
}

pub(super) fn judge(error: Error) -> VaultError {
    match error {
        Error::NoEntry => VaultError::Missing,
        Error::TooLong(..) => VaultError::TooLong,
        Error::NoStorageAccess(cause) => platform::judge_no_access(&*cause),
        Error::PlatformFailure(cause) => platform::judge_failure(&*cause),
        Error::BadEncoding(secret) | Error::BadDataFormat(secret, _) => {
            drop(Zeroizing::new(secret));
            VaultError::Damaged
        }
        Error::BadStoreFormat(_) | Error::Ambiguous(_) => VaultError::Damaged,
        Error::Invalid(..) | Error::NoDefaultStore | Error::NotSupportedByStore(_) | _ => {
            VaultError::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::{api::CredentialStoreApi, mock};

    use super::*;

    fn entry() -> Entry {
        mock::Store::new().unwrap().build("valetkey:test", "github", None).unwrap()
    }

    fn fail_next(entry: &Entry, error: Error) {
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    #[test]
    fn an_entry_is_written_read_and_erased() {
        let entry = entry();
        let credential = MasterCredential::parse("ghp_example").unwrap();
        assert_eq!(read(&entry).unwrap_err(), VaultError::Missing);
        write(&entry, &credential).unwrap();
        assert_eq!(read(&entry).unwrap().expose(), "ghp_example");
        erase(&entry).unwrap();
        erase(&entry).unwrap();
        assert_eq!(read(&entry).unwrap_err(), VaultError::Missing);
    }

    #[test]
    fn what_no_credential_can_be_is_damaged() {
        let entry = entry();
        for odd in [&b"\xff\xfe"[..], b"", b"a\nb"] {
            entry.set_secret(odd).unwrap();
            assert_eq!(read(&entry).unwrap_err(), VaultError::Damaged, "{odd:?}");
        }
    }

    #[test]
    fn a_store_that_changes_what_it_holds_is_caught() {
        assert_eq!(compare(b"whole", b"whole"), Ok(()));
        assert_eq!(compare(b"whole", b"who"), Err(VaultError::TooLong));
        assert_eq!(compare(b"whole", b"other"), Err(VaultError::Damaged));
        assert_eq!(compare(b"whole", b"whole and more"), Err(VaultError::Damaged));
    }

    #[test]
    fn errors_of_the_store_keep_their_meaning() {
        let entry = entry();
        for (error, meaning) in [
            (Error::TooLong("secret".into(), 2560), VaultError::TooLong),
            (Error::BadEncoding(vec![0xff]), VaultError::Damaged),
            (Error::Ambiguous(vec![]), VaultError::Damaged),
            (Error::BadStoreFormat(String::new()), VaultError::Damaged),
            (Error::NotSupportedByStore(String::new()), VaultError::Unavailable),
        ] {
            fail_next(&entry, error);
            assert_eq!(read(&entry).unwrap_err(), meaning);
        }
    }

    #[test]
    fn doubles_make_way_for_what_the_owner_writes() {
        let (entry, double) = (entry(), entry());
        double.set_secret(b"old").unwrap();
        fail_next(&entry, Error::Ambiguous(vec![double]));
        write(&entry, &MasterCredential::parse("new").unwrap()).unwrap();
        assert_eq!(read(&entry).unwrap().expose(), "new");
    }
}
