use serde::Serialize;
use valetkey_host::{Profile, VaultChoice};

use crate::{
    arguments::VaultArgument,
    error::Error,
    output::Output,
    secrets::{self, Asking},
};

#[derive(Serialize)]
struct Made {
    profile: String,
    vault: &'static str,
}

pub(crate) fn run(profile: &Profile, vault: VaultArgument, output: Output) -> Result<(), Error> {
    let (choice, name) = match vault {
        VaultArgument::Keychain => (VaultChoice::Keychain, "keychain"),
        VaultArgument::File => {
            (VaultChoice::File { passphrase: secrets::passphrase(Asking::Twice)? }, "file")
        }
    };
    profile.create(choice)?;
    let made = Made { profile: profile.path().display().to_string(), vault: name };
    output.answer(&made, |made| {
        format!("Profile created in {}. Next: vk service add NAME --kind KIND", made.profile)
    })
}
