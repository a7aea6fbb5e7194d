//! What every use case works on, and the two steps of a change: make it durable, put it in force.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use tokio::{
    sync::{Notify, broadcast, watch},
    task::JoinHandle,
};
use valetkey_core::{
    policy::Snapshot,
    ports::{StoreFailure, TokenStore},
    service::ServiceName,
    time::Clock,
};
use valetkey_gateway::{Accepted, Gateway, LocalTls};
use valetkey_sandbox::Sandbox;
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Profile,
    activity::Records,
    authorities::Wanted,
    contexts::Searches,
    credentials::Credentials,
    gateway::Plan,
    profile::{Card, Ownership},
    state::State,
};

/// What is made durable here: tokens and services by the port, the settings, and what services say.
pub(crate) trait Keeper: TokenStore {
    /// Puts the settings in place of those that were there.
    fn save_settings(&mut self, settings: &wire::Settings) -> Result<(), StoreFailure>;
    /// Notes what a service says that an operation accepts.
    fn save_accepted(&mut self, service: &ServiceName, accepted: &Accepted) -> Result<(), StoreFailure>;
}

/// A host's parts. Locks of the standard library are held for moments and never across a wait.
pub(crate) struct Inner {
    pub(crate) profile: Profile,
    pub(crate) card: Card,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: Credentials,
    pub(crate) records: Records,
    pub(crate) sandboxes: Mutex<BTreeMap<ServiceName, Sandbox>>,
    pub(crate) searches: Mutex<Searches>,
    /// Held from judging a change until it is in force, so that changes are judged one after the other. Revoking and
    /// disabling do not wait for it.
    pub(crate) committing: tokio::sync::Mutex<()>,
    /// Held while a service's credential and record change together. The vault may be slow then, and no other change waits for it.
    pub(crate) connecting: tokio::sync::Mutex<()>,
    /// Woken when something that is in force could not be made durable.
    pub(crate) unsaved: Notify,
    /// What [`Self::local_tls`] was made for; held while it is made.
    pub(crate) wanted: tokio::sync::Mutex<Wanted>,
    /// What the gateway answers TLS with.
    pub(crate) local_tls: Mutex<LocalTls>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) gateway: Arc<Mutex<Option<Gateway>>>,
    /// Set once where a gateway is to run.
    pub(crate) plan: OnceLock<Plan>,
    pub(crate) tasks: Mutex<Vec<JoinHandle<()>>>,
    state: RwLock<State>,
    /// Held while a change is put in force, so that the gateway gets snapshots in the order in which they were made.
    ordering: tokio::sync::Mutex<()>,
    /// Gone once the host has been shut down.
    store: Arc<Mutex<Option<Box<dyn Keeper>>>>,
    events: broadcast::Sender<Event>,
    ownership: Mutex<Option<Ownership>>,
}

/// What an [`Inner`] is made of.
pub(crate) struct Parts {
    pub(crate) profile: Profile,
    pub(crate) card: Card,
    pub(crate) ownership: Ownership,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: Credentials,
    pub(crate) records: Records,
    pub(crate) store: Box<dyn Keeper>,
    pub(crate) state: State,
}

impl Inner {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            profile: parts.profile,
            card: parts.card,
            clock: parts.clock,
            credentials: parts.credentials,
            records: parts.records,
            sandboxes: Mutex::default(),
            searches: Mutex::default(),
            committing: tokio::sync::Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
            unsaved: Notify::new(),
            wanted: tokio::sync::Mutex::default(),
            local_tls: Mutex::default(),
            stop: watch::Sender::new(false),
            gateway: Arc::default(),
            plan: OnceLock::new(),
            tasks: Mutex::default(),
            state: RwLock::new(parts.state),
            ordering: tokio::sync::Mutex::default(),
            store: Arc::new(Mutex::new(Some(parts.store))),
            events: broadcast::Sender::new(256),
            ownership: Mutex::new(Some(parts.ownership)),
        }
    }

    /// What is in force. Not to be held across a wait.
    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For what no snapshot depends on; all else goes by [`Self::put`].
    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is in force. Where that made another snapshot, every thread of the gateway judges by it when this returns.
    pub(crate) async fn put<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let _order = self.ordering.lock().await;
        let (made, snapshot) = {
            let mut state = self.state_mut();
            let before = Arc::clone(&state.snapshot);
            let made = change(&mut state);
            (made, (!Arc::ptr_eq(&before, &state.snapshot)).then(|| Arc::clone(&state.snapshot)))
        };
        if let Some(snapshot) = snapshot {
            self.apply(snapshot).await;
        }
        made
    }

    /// Runs `start` with the snapshot of this moment, while no other can be put in force.
    pub(crate) async fn with_snapshot<T>(&self, start: impl AsyncFnOnce(Arc<Snapshot>) -> T) -> T {
        let _order = self.ordering.lock().await;
        let snapshot = Arc::clone(&self.state().snapshot);
        start(snapshot).await
    }

    async fn apply(&self, snapshot: Arc<Snapshot>) {
        let gateway = Arc::clone(&self.gateway);
        let applied = tokio::task::spawn_blocking(move || {
            if let Some(gateway) = &*held(&gateway) {
                gateway.apply(&snapshot);
            }
        });
        // It can fail only by a panic, which the hook has reported.
        let _ = applied.await;
    }

    /// Makes a change durable. A failed one changed nothing.
    pub(crate) async fn save(
        &self,
        change: impl FnOnce(&mut dyn Keeper) -> Result<(), StoreFailure> + Send + 'static,
    ) -> Result<(), StoreFailure> {
        let store = Arc::clone(&self.store);
        let failed = |why: &str| Err(StoreFailure::Failed(why.into()));
        let saving = tokio::task::spawn_blocking(move || match &mut *held(&store) {
            Some(store) => change(&mut **store),
            None => failed("the profile has been closed"),
        });
        saving.await.unwrap_or_else(|_| failed("the database task ended early"))
    }

    /// Lets go of the database and then of the profile, so that another program may have it.
    pub(crate) fn let_go(&self) {
        held(&self.store).take();
        held(&self.ownership).take();
    }

    /// Tells everybody who shows it.
    pub(crate) fn announce(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Becomes true when everything has to end.
    pub(crate) fn stopped(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

/// A lock of the standard library, also after a panic elsewhere: what it guards is replaced whole, never half.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
