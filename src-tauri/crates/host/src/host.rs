mod face;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use valetkey_core::{
    policy::{CredentialState, ServicePolicy, Snapshot},
    ports::VaultError,
    time::{Clock, SystemClock},
    tokens::{Connected, Services, Tokens},
};
use valetkey_store::{Contents, Store};
use valetkey_vault::Memory;
use valetkey_wire as wire;

use crate::{
    Error, Profile, activity,
    activity::Records,
    authorities, check, control,
    credentials::Credentials,
    gateway,
    gateway::Plan,
    inner::{Inner, Keeper, Parts, held},
    platform, services, settings,
    state::{Face, Listening, Lock, State},
    tokens, vault,
};

/// What a host is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serve {
    /// Run the gateway and the control socket.
    Gateway,
    /// Answer its caller and nobody else.
    #[default]
    Nothing,
}

/// How a profile is opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// One loopback address instead of those of the settings; port 0 takes a free one.
    pub listen: Option<SocketAddr>,
    /// Where the gateway's Unix socket is, instead of in the profile.
    pub socket: Option<PathBuf>,
    /// What it is to do.
    pub serve: Serve,
    /// Opens a vault file; without it the vault stays locked.
    pub passphrase: Option<wire::SecretText>,
}

/// A profile that is open. Clones are one host.
#[derive(Clone)]
pub struct Host {
    pub(crate) inner: Arc<Inner>,
}

/// What tests put in the place of the real thing.
pub(crate) struct Substitutes {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) memory: Memory,
    pub(crate) keeper: Box<dyn FnOnce(Store) -> Box<dyn Keeper> + Send>,
}

impl Default for Substitutes {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            memory: Memory::default(),
            keeper: Box::new(|store| Box::new(store)),
        }
    }
}

impl Host {
    /// Takes the profile's lock and opens everything. A taken port is no error here: the host runs, and its status says so.
    pub async fn open(profile: &Profile, options: Options) -> Result<Self, wire::Error> {
        Ok(Self::open_with(profile, options, Substitutes::default()).await?)
    }

    pub(crate) async fn open_with(
        profile: &Profile,
        options: Options,
        substitutes: Substitutes,
    ) -> Result<Self, Error> {
        let profile = profile.clone();
        let serves = options.serve == Serve::Gateway;
        if serves {
            platform::harden();
        }
        let parts = tokio::task::spawn_blocking(move || parts(profile, substitutes));
        let inner = Arc::new(Inner::new(parts.await.map_err(|_| Error::TaskEnded)??));
        let host = Self { inner };
        vault::open_at_start(&host.inner, options.passphrase).await?;
        host.spawn(tokens::keep_trying(Arc::clone(&host.inner)));
        if serves && let Err(error) = host.serve(options.listen, options.socket).await {
            host.shut_down().await;
            return Err(error);
        }
        Ok(host)
    }

    async fn serve(&self, listen: Option<SocketAddr>, socket: Option<PathBuf>) -> Result<(), Error> {
        let inner = &self.inner;
        let listener = platform::Listener::bind(&inner.profile.control_socket())?;
        let socket = platform::gateway_socket(socket.unwrap_or_else(|| inner.profile.gateway_socket()))?;
        let (plan, revocations, refusals) = Plan::new(listen, socket);
        // It can be set only here, and a host is opened once.
        let _ = inner.plan.set(plan);
        vault::read_all(inner).await;
        match gateway::start(inner).await {
            Err(error) if !matches!(error, Error::PortTaken { .. }) => return Err(error),
            Ok(()) | Err(_) => {}
        }
        authorities::renew_soon(inner).await;
        self.spawn(gateway::take_revocations(Arc::clone(inner), revocations));
        self.spawn(check::keep_up(Arc::clone(inner), refusals));
        self.spawn(activity::keep_up(Arc::clone(inner)));
        self.spawn(activity::keep_house(Arc::clone(inner)));
        self.spawn(control::serve(self.clone(), listener));
        Ok(())
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        held(&self.inner.tasks).push(tokio::spawn(task));
    }

    /// Ends everything and lets go of the profile. Requests are refused from here on, and changes fail.
    pub async fn shut_down(&self) {
        let inner = &self.inner;
        inner.stop.send_replace(true);
        gateway::stop(inner).await;
        tokens::save_what_is_left(inner).await;
        let tasks = std::mem::take(&mut *held(&inner.tasks));
        for task in tasks {
            task.abort();
            // Cancelled is what it is meant to be.
            let _ = task.await;
        }
        vault::lock(inner).await;
        // What is still in the journal is taken over at the next start.
        let _ = inner.records.ingest().await;
        inner.let_go();
    }
}

fn parts(profile: Profile, substitutes: Substitutes) -> Result<Parts, Error> {
    let ownership = profile.own()?;
    let card = profile.card()?;
    let store = Store::open(profile.path())?;
    let state = state_of(store.load()?)?;
    let records = Records::open(&profile)?;
    let credentials = Credentials::of(&profile, &card, substitutes.memory)?;
    let store = (substitutes.keeper)(store);
    Ok(Parts { profile, card, ownership, clock: substitutes.clock, credentials, records, store, state })
}

/// What the database says, in force; without any credential yet.
fn state_of(mut contents: Contents) -> Result<State, Error> {
    let settings = settings::read(&contents)?;
    let mut state = State {
        tokens: Tokens::default(),
        services: Services::new(),
        faces: std::collections::BTreeMap::new(),
        snapshot: Arc::new(Snapshot::empty()),
        lock: Lock::Locked { period: 0 },
        pause: None,
        pauses: 0,
        settings,
        listening: Listening::No,
        local_tls: authorities::Standings::default(),
        unsaved: std::collections::BTreeSet::new(),
        save_problem: None,
    };
    for service in contents.services {
        let (rules, face) = services::known_definition(&service)?;
        let face = Face { accepted: contents.accepted.remove(&service.name).unwrap_or_default(), ..face };
        let locked = CredentialState::Unavailable(VaultError::Locked);
        let policy = ServicePolicy::new(&service, Arc::clone(&rules), locked);
        state.put_service(Connected { service, rules }, policy, face);
    }
    for token in &contents.tokens {
        state.tokens.put(token.clone());
    }
    state.snapshot = Arc::new(state.snapshot.with_tokens(contents.tokens));
    Ok(state)
}

#[cfg(test)]
mod tests;
