use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::sync::broadcast;
use valetkey_core::{
    policy::{CredentialState, ServicePolicy, Snapshot},
    ports::VaultError,
    time::{Clock, SystemClock},
    token::Status,
    tokens::{Connected, Services, Tokens},
};
use valetkey_store::{Contents, Store};
use valetkey_vault::Memory;
use valetkey_wire::{self as wire, Event, Reply, Request};

use crate::{
    Error, Profile, activity,
    activity::Records,
    control,
    credentials::Credentials,
    explain, gateway,
    gateway::Plan,
    inner::{Inner, Keeper, Parts, held},
    owner::owner,
    platform, services, settings,
    state::{Listening, Lock, State},
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

#[expect(clippy::unused_async, reason = "shell and control socket await every use case alike")]
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
        if serves {
            host.serve(options.listen, options.socket).await?;
        }
        Ok(host)
    }

    async fn serve(&self, listen: Option<SocketAddr>, socket: Option<PathBuf>) -> Result<(), Error> {
        let inner = &self.inner;
        let listener = platform::Listener::bind(&inner.profile.control_socket())?;
        let socket = platform::gateway_socket(socket.unwrap_or_else(|| inner.profile.gateway_socket()))?;
        let (plan, revocations) = Plan::new(listen, socket);
        // It can be set only here, and a host is opened once.
        let _ = inner.plan.set(plan);
        vault::read_all(inner).await;
        match gateway::start(inner).await {
            Ok(()) | Err(Error::PortTaken { .. }) => {}
            Err(error) => {
                self.shut_down().await;
                return Err(error);
            }
        }
        self.spawn(gateway::take_revocations(Arc::clone(inner), revocations));
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

    /// Every change is announced here; whoever shows something reads it again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events()
    }

    /// Carries out a request of the control socket.
    pub async fn call(&self, request: Request) -> Result<Reply, wire::Error> {
        Ok(match request {
            Request::Status => self.status_reply().await,
            Request::ServiceKinds => Reply::ServiceKinds(self.service_kinds().await),
            Request::Services => Reply::Services(self.services().await),
            Request::AddService { service } => Reply::Service(Box::new(self.add_service(service).await?)),
            Request::CheckService { name } => Reply::Service(Box::new(self.check_service(&name).await?)),
            Request::ReplaceCredential { name, credential } => {
                Reply::Service(Box::new(self.replace_credential(&name, &credential).await?))
            }
            Request::RemoveService { name } => {
                self.remove_service(&name).await?;
                Reply::Done
            }
            Request::Permissions { service, context } => {
                Reply::Permissions(self.permissions(&service, context.as_deref()).await?)
            }
            Request::Tokens => Reply::Tokens(self.tokens().await?),
            Request::CreateToken { token } => Reply::Secret(self.create_token(token).await?),
            Request::UpdateToken { token, change } => {
                Reply::Token(Box::new(self.update_token(&token, change).await?))
            }
            Request::ReplaceToken { token } => Reply::Secret(self.replace_token(&token).await?),
            Request::DisableToken { token } => Reply::Token(Box::new(self.disable_token(&token).await?)),
            Request::EnableToken { token } => Reply::Token(Box::new(self.enable_token(&token).await?)),
            Request::RevokeTokens { tokens } => Reply::Tokens(self.revoke_tokens(&tokens).await?),
            Request::RevokeAllTokens => Reply::Tokens(self.revoke_all_tokens().await?),
            Request::Explain { question } => Reply::Explanation(self.explain(&question).await?),
            Request::Activity { filter } => Reply::Activity(self.activity(filter).await?),
            Request::Pause { millis } => {
                self.pause(millis).await?;
                self.status_reply().await
            }
            Request::Resume => {
                self.resume().await;
                self.status_reply().await
            }
            Request::Lock => {
                self.lock().await;
                self.status_reply().await
            }
            Request::Unlock { passphrase } => {
                self.unlock(passphrase).await?;
                self.status_reply().await
            }
            Request::Settings => Reply::Settings(self.settings().await),
            Request::ChangeSettings { change } => Reply::Settings(self.change_settings(change).await?),
        })
    }

    async fn status_reply(&self) -> Reply {
        Reply::Status(Box::new(self.status().await))
    }

    /// Everything at a glance.
    pub async fn status(&self) -> wire::Status {
        let state = self.inner.state();
        let now = self.inner.clock.now();
        let active = |token: &Arc<valetkey_core::token::Token>| {
            token.status == Status::Active && !token.is_expired(now)
        };
        wire::Status {
            version: env!("CARGO_PKG_VERSION").into(),
            profile: self.inner.profile.path().display().to_string(),
            owner: owner(state.settings.owner_name.as_deref()),
            gateway: gateway::row(&self.inner, &state),
            vault: wire::Vault {
                kind: self.inner.card.vault,
                locked: matches!(state.lock, Lock::Locked { .. }),
                problem: state.vault_problem().map(|problem| problem.to_string()),
            },
            tokens_active: state.tokens.iter().filter(|token| active(token)).count(),
            services: state.services.len(),
            unsaved: if state.save_problem.is_some() { state.unsaved.len() } else { 0 },
        }
    }

    /// Kinds of service that can be connected.
    pub async fn service_kinds(&self) -> Vec<wire::ServiceKind> {
        services::kinds()
    }

    /// All services.
    pub async fn services(&self) -> Vec<wire::ServiceRow> {
        services::list(&self.inner)
    }

    /// Connects one.
    pub async fn add_service(&self, service: wire::NewService) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::add(&self.inner, service).await?)
    }

    /// Asks it whether the credential works, who the owner is, what they may do.
    pub async fn check_service(&self, name: &str) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::check_service(&self.inner, name).await?)
    }

    /// Replaces its master credential; every token keeps working.
    pub async fn replace_credential(
        &self,
        name: &str,
        credential: &wire::SecretText,
    ) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::replace_credential(&self.inner, name, credential).await?)
    }

    /// Disconnects it.
    pub async fn remove_service(&self, name: &str) -> Result<(), wire::Error> {
        Ok(services::remove(&self.inner, name).await?)
    }

    /// What can be granted in a context of a service; `global` if none is given.
    pub async fn permissions(
        &self,
        service: &str,
        context: Option<&str>,
    ) -> Result<wire::PermissionList, wire::Error> {
        Ok(services::permissions(&self.inner, service, context)?)
    }

    /// All tokens, revoked ones whose record is still shown behind the live ones.
    pub async fn tokens(&self) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::list(&self.inner).await?)
    }

    /// Creates one.
    pub async fn create_token(&self, token: wire::NewToken) -> Result<wire::NewSecret, wire::Error> {
        Ok(tokens::create(&self.inner, token).await?)
    }

    /// Changes one; in force on the next request when this returns.
    pub async fn update_token(
        &self,
        token: &str,
        change: wire::TokenChange,
    ) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::update(&self.inner, token, &change).await?)
    }

    /// Whether `change` would let the token do what it can't do now.
    pub fn widens(&self, token: &str, change: &wire::TokenChange) -> Result<bool, wire::Error> {
        Ok(tokens::widens(&self.inner, token, change)?)
    }

    /// Gives one a new secret; the old one is refused when this returns.
    pub async fn replace_token(&self, token: &str) -> Result<wire::NewSecret, wire::Error> {
        Ok(tokens::replace(&self.inner, token).await?)
    }

    /// Switches one off. On [`wire::Code::InForceNotSaved`] it is off, and not durably so.
    pub async fn disable_token(&self, token: &str) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::disable(&self.inner, token).await?)
    }

    /// Switches one on.
    pub async fn enable_token(&self, token: &str) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::enable(&self.inner, token).await?)
    }

    /// Ends these for good, all or none. On [`wire::Code::InForceNotSaved`] they are refused, and not durably so.
    pub async fn revoke_tokens(&self, tokens: &[String]) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::revoke(&self.inner, tokens).await?)
    }

    /// Ends all.
    pub async fn revoke_all_tokens(&self) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::revoke_all(&self.inner).await?)
    }

    /// What would be decided.
    pub async fn explain(&self, question: &wire::Question) -> Result<wire::Explanation, wire::Error> {
        Ok(explain::explain(&self.inner, question)?)
    }

    /// Records of requests, newest first.
    pub async fn activity(
        &self,
        filter: wire::ActivityFilter,
    ) -> Result<Vec<wire::ActivityRow>, wire::Error> {
        Ok(activity::list(&self.inner, filter).await?)
    }

    /// Answers 503 until resumed, or for so many milliseconds.
    pub async fn pause(&self, millis: Option<u64>) -> Result<(), wire::Error> {
        Ok(gateway::pause(&self.inner, millis).await?)
    }

    /// Forwards again.
    pub async fn resume(&self) {
        gateway::resume(&self.inner).await;
    }

    /// Drops every credential from memory.
    pub async fn lock(&self) {
        vault::lock(&self.inner).await;
    }

    /// Reads them again; a vault file needs its passphrase.
    pub async fn unlock(&self, passphrase: Option<wire::SecretText>) -> Result<(), wire::Error> {
        Ok(vault::unlock(&self.inner, passphrase).await?)
    }

    /// The settings.
    pub async fn settings(&self) -> wire::Settings {
        self.inner.state().settings.clone()
    }

    /// Changes them; another port is taken at once.
    pub async fn change_settings(&self, change: wire::SettingsChange) -> Result<wire::Settings, wire::Error> {
        Ok(settings::change(&self.inner, change).await?)
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
fn state_of(contents: Contents) -> Result<State, Error> {
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
        unsaved: std::collections::BTreeSet::new(),
        save_problem: None,
    };
    for service in contents.services {
        let (rules, face) = services::known_definition(&service)?;
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
