//! What is in force, in memory. Everything that is shown is read from here; nothing here waits.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use valetkey_core::{
    grant::Context,
    policy::{Running, ServicePolicy, Snapshot},
    ports::StoreFailure,
    service::{BaseUrl, ServiceName},
    time::Timestamp,
    token::{Status, Token, TokenId},
    tokens::{Connected, Services, Tokens},
};
use valetkey_wire as wire;

use crate::{accepted::ByOperation, authorities::Standings};

/// The port of the gateway unless the owner chose another.
pub(crate) const DEFAULT_PORT: u16 = 7743;
/// Days that activity is kept unless the owner chose otherwise.
pub(crate) const DEFAULT_ACTIVITY_DAYS: u32 = 90;

/// What is known of a service beside its record: what is shown, and not what is decided by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Face {
    /// The kind's title, or that of the owner's own definition.
    pub(crate) title: Box<str>,
    /// What the last check failed with.
    pub(crate) check_problem: Option<String>,
    /// By kind of context, the values known to exist.
    pub(crate) values: BTreeMap<Box<str>, Vec<String>>,
    /// What grants name and the last check did not find.
    pub(crate) missing: BTreeMap<Context, Missing>,
    /// What the service says that operations accept.
    pub(crate) accepted: ByOperation,
}

/// How something that a grant names is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Nothing has that name, or the owner can't see it any more.
    Gone,
    /// It has another name now.
    Moved,
}

/// That the owner paused the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    /// Which of the pauses; a timer ends only its own.
    pub(crate) number: u64,
    /// When it ends by itself.
    pub(crate) until: Option<Timestamp>,
}

/// Whether the owner locked the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Credentials may be read. What was asked of the vault in an earlier period is thrown away when it arrives.
    Open {
        /// Counts the times it was opened or locked.
        period: u64,
    },
    /// They may not.
    Locked {
        /// The same count.
        period: u64,
    },
}

impl Lock {
    pub(crate) const fn period(self) -> u64 {
        match self {
            Self::Open { period } | Self::Locked { period } => period,
        }
    }
}

/// What the gateway does, as far as it is not told by the rest.
#[derive(Clone, Debug, Default)]
pub(crate) enum Listening {
    /// It was not asked to run.
    #[default]
    No,
    /// It runs.
    At(Vec<SocketAddr>),
    /// Its port is taken.
    PortTaken {
        /// Which port, and by whom where that is known.
        problem: String,
    },
    /// It could not start for another reason.
    Failed {
        /// Which.
        problem: String,
    },
}

/// Everything in force.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) services: Services,
    pub(crate) faces: BTreeMap<ServiceName, Face>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) lock: Lock,
    pub(crate) pause: Option<Pause>,
    pub(crate) pauses: u64,
    pub(crate) settings: wire::Settings,
    pub(crate) listening: Listening,
    pub(crate) local_tls: Standings,
    /// Tokens whose revocation or disabling is in force and not yet durable.
    pub(crate) unsaved: BTreeSet<TokenId>,
    /// Why they could not be saved; `None` while the first attempt runs.
    pub(crate) save_problem: Option<StoreFailure>,
}

impl State {
    /// Puts records in force. What happened to a token while its new record was being made durable stays so: a token that was
    /// revoked meanwhile is not brought back.
    pub(crate) fn put_tokens(&mut self, changed: impl IntoIterator<Item = Changed>) -> Vec<Token> {
        let changed: Vec<Token> = changed.into_iter().map(|change| change.settle(&self.tokens)).collect();
        for token in &changed {
            self.tokens.put(token.clone());
        }
        self.snapshot = Arc::new(self.snapshot.with_tokens(changed.iter().cloned()));
        changed
    }

    /// Takes out every trace of a token.
    pub(crate) fn forget_token(&mut self, id: TokenId) {
        self.tokens.forget(id);
        self.snapshot = Arc::new(self.snapshot.without_token(id));
    }

    /// Puts a service in force.
    pub(crate) fn put_service(&mut self, connected: Connected, policy: ServicePolicy, face: Face) {
        let name = connected.service.name.clone();
        self.services.insert(name.clone(), connected);
        self.faces.insert(name, face);
        self.snapshot = Arc::new(self.snapshot.with_service(policy));
    }

    /// Another base URL for a service that moves with every start.
    pub(crate) fn move_service(&mut self, name: &ServiceName, base_url: BaseUrl) {
        let Some(connected) = self.services.get_mut(name) else { return };
        connected.service.base_url = base_url;
        if let Some(policy) = self.snapshot.service(name.as_str()) {
            let credential = policy.credential().clone();
            let policy = ServicePolicy::new(&connected.service, Arc::clone(&connected.rules), credential);
            self.snapshot = Arc::new(self.snapshot.with_service(policy));
        }
    }

    /// Takes a service out.
    pub(crate) fn remove_service(&mut self, name: &ServiceName) {
        self.services.remove(name);
        self.faces.remove(name);
        self.snapshot = Arc::new(self.snapshot.without_service(name));
    }

    /// Pauses or resumes.
    pub(crate) fn set_pause(&mut self, pause: Option<Pause>) {
        self.pause = pause;
        let running = if pause.is_some() { Running::Paused } else { Running::On };
        self.snapshot = Arc::new(self.snapshot.with_running(running));
    }

    /// Where the gateway is, or would be.
    pub(crate) fn gateway_url(&self) -> String {
        match &self.listening {
            Listening::At(addresses) if !addresses.is_empty() => format!("http://{}", addresses[0]),
            Listening::At(_) | Listening::No | Listening::PortTaken { .. } | Listening::Failed { .. } => {
                format!("http://127.0.0.1:{}", self.settings.port)
            }
        }
    }
}

/// A token's new record, and the status of the record that it was made from (`None` for a new token).
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) token: Token,
    pub(crate) from: Option<Status>,
}

impl Changed {
    fn settle(self, tokens: &Tokens) -> Token {
        match (tokens.by_id(self.token.id), self.from) {
            (Some(current), Some(from)) if current.status != from && !self.token.is_revoked() => {
                Token { status: current.status, ..self.token }
            }
            _ => self.token,
        }
    }
}

#[cfg(test)]
mod tests {
    use valetkey_core::{
        grant::Access,
        token::{Note, TokenName, TokenSecret},
    };

    use super::*;

    #[test]
    fn a_token_revoked_while_an_update_was_being_saved_stays_revoked() {
        let (id, secret) = TokenSecret::generate().unwrap();
        let token = Token {
            id,
            name: TokenName::parse("ci").unwrap(),
            note: Note::default(),
            access: Access::Full,
            digest: secret.digest(),
            status: Status::Active,
            created: Timestamp::from_millis(0),
            expires: None,
            proxy: false,
        };
        let mut tokens = Tokens::default();
        let update = Changed {
            token: Token { name: TokenName::parse("other").unwrap(), ..token.clone() },
            from: Some(Status::Active),
        };
        tokens.put(
            tokens
                .revoke(id, Timestamp::from_millis(5))
                .unwrap_or(Token { status: Status::Revoked { at: Timestamp::from_millis(5) }, ..token }),
        );
        let settled = update.settle(&tokens);
        assert!(settled.is_revoked());
        assert_eq!(settled.name.as_str(), "other");
    }
}
