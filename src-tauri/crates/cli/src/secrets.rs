//! Secrets come from standard input or a hidden prompt, never from an argument.

use std::io::{IsTerminal, Read};

use valetkey_wire::SecretText;
use zeroize::Zeroizing;

use crate::error::Error;

/// Far above the longest credential that any vault holds; what is longer is not a secret.
const LIMIT: u64 = 64 << 10;

/// Asks with `prompt` where a person sits there, else reads all of standard input. White space around it is dropped.
pub(crate) fn ask(prompt: &str) -> Result<SecretText, Error> {
    if std::io::stdin().is_terminal() {
        let typed = Zeroizing::new(rpassword::prompt_password(prompt).map_err(Error::Input)?);
        return Ok(SecretText::new(typed.trim()));
    }
    let mut piped = Zeroizing::new(String::new());
    std::io::stdin().lock().take(LIMIT).read_to_string(&mut piped).map_err(Error::Input)?;
    Ok(SecretText::new(piped.trim()))
}

/// The passphrase of a vault file: from the file named by `VALETKEY_PASSPHRASE_FILE`, or typed.
pub(crate) fn passphrase(asking: Asking) -> Result<SecretText, Error> {
    if let Some(path) = std::env::var_os("VALETKEY_PASSPHRASE_FILE") {
        let text = std::fs::read_to_string(&path)
            .map(Zeroizing::new)
            .map_err(|source| Error::File { path: path.to_string_lossy().into_owned(), source })?;
        return Ok(SecretText::new(text.trim_end_matches(['\r', '\n'])));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::Usage(
            "this profile's vault is a file: name a file with its passphrase in VALETKEY_PASSPHRASE_FILE"
                .into(),
        ));
    }
    let typed =
        Zeroizing::new(rpassword::prompt_password("Passphrase of the vault: ").map_err(Error::Input)?);
    if asking == Asking::Twice {
        let again = Zeroizing::new(rpassword::prompt_password("Once more: ").map_err(Error::Input)?);
        if *typed != *again {
            return Err(Error::Usage("the passphrases differ".into()));
        }
    }
    Ok(SecretText::new(&**typed))
}

/// How often a passphrase is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// It exists.
    Once,
    /// It is being chosen.
    Twice,
}
