use valetkey_host::{Client, Host, Options, Profile, Serve};
use valetkey_wire::{Error as HostError, Reply, Request, VaultKind};

use crate::{
    error::Error,
    secrets::{self, Asking},
};

/// Where requests go: to the program that owns the profile, or to a host of our own.
pub(crate) enum Session {
    Running(Client),
    Own(Host),
}

/// Whether a command will read or write master credentials, so that a vault file has to be opened for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vault {
    Needed,
    LeftClosed,
}

impl Session {
    /// Reaches the running program, or opens the profile for this one command.
    pub(crate) async fn open(profile: &Profile, vault: Vault) -> Result<Self, Error> {
        if let Some(client) = Client::connect(profile).await {
            return Ok(Self::Running(client));
        }
        let passphrase = match vault {
            Vault::Needed if profile.vault_kind()? == VaultKind::File => {
                Some(secrets::passphrase(Asking::Once)?)
            }
            Vault::Needed | Vault::LeftClosed => None,
        };
        let options = Options { serve: Serve::Nothing, passphrase, ..Options::default() };
        Ok(Self::Own(Host::open(profile, options).await?))
    }

    /// Asks one thing.
    pub(crate) async fn call(&mut self, request: Request) -> Result<Reply, HostError> {
        match self {
            Self::Running(client) => client.call(request).await,
            Self::Own(host) => host.call(request).await,
        }
    }

    /// Ends a host of our own properly.
    pub(crate) async fn close(self) {
        match self {
            Self::Running(_) => {}
            Self::Own(host) => host.shut_down().await,
        }
    }
}

/// Asks one thing and takes the answer of the expected kind.
macro_rules! ask {
    ($session:expr, $request:expr, $reply:ident) => {
        match $session.call($request).await? {
            valetkey_wire::Reply::$reply(answer) => Ok(answer),
            _ => Err($crate::error::Error::Unexpected),
        }
    };
}
pub(crate) use ask;
