//! A profile in a temporary folder, and hands on what can fail.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tempfile::TempDir;
use valetkey_core::{
    ports::{StoreFailure, TokenStore},
    service::{Service, ServiceName},
    token::{Token, TokenId},
};
use valetkey_gateway::Accepted;
use valetkey_store::Store;
use valetkey_testkit::{Answer, RawClient, Recorder};
use valetkey_vault::Memory;
use valetkey_wire::{self as wire, Event, Expiry, NewService, NewToken, Scope, SecretText};

use crate::{Host, Options, Profile, Serve, VaultChoice, host::Substitutes, inner::Keeper};

pub(super) struct Bench {
    _folder: TempDir,
    pub(super) profile: Profile,
    pub(super) memory: Memory,
    disk_full: Arc<AtomicBool>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::locate(Some(folder.path().join("profile"))).unwrap();
        profile.create(VaultChoice::Memory).unwrap();
        Self { _folder: folder, profile, memory: Memory::default(), disk_full: Arc::default() }
    }

    /// A host that serves on a free port.
    pub(super) async fn serve(&self) -> Host {
        let listen = Some("127.0.0.1:0".parse().unwrap());
        self.open(Options { listen, serve: Serve::Gateway, ..Options::default() }).await
    }

    pub(super) async fn open(&self, options: Options) -> Host {
        self.try_open(options).await.unwrap()
    }

    pub(super) async fn try_open(&self, options: Options) -> Result<Host, wire::Error> {
        let disk_full = Arc::clone(&self.disk_full);
        let substitutes = Substitutes {
            memory: self.memory.clone(),
            keeper: Box::new(|store| Box::new(Disk { store, full: disk_full })),
            ..Substitutes::default()
        };
        Ok(Host::open_with(&self.profile, options, substitutes).await?)
    }

    pub(super) fn fill_disk(&self) {
        self.disk_full.store(true, Ordering::SeqCst);
    }

    pub(super) fn clear_disk(&self) {
        self.disk_full.store(false, Ordering::SeqCst);
    }
}

/// A REST service called `api` behind `recorder`.
pub(super) async fn connect(host: &Host, recorder: &Recorder) -> wire::ServiceRow {
    host.add_service(rest("api", recorder)).await.unwrap()
}

pub(super) fn rest(name: &str, recorder: &Recorder) -> NewService {
    NewService {
        name: name.into(),
        kind: "rest".into(),
        base_url: Some(format!("http://{}", recorder.address())),
        credential_form: None,
        definition: None,
        credential: Some(SecretText::new("master-credential-1")),
    }
}

pub(super) fn limited(grants: &[&str]) -> Scope {
    Scope::Limited { grants: grants.iter().map(|grant| (*grant).to_owned()).collect() }
}

/// A new token; its secret.
pub(super) async fn create(host: &Host, name: &str, scope: Scope) -> String {
    let token =
        NewToken { name: name.into(), note: String::new(), scope, expiry: Expiry::Never, proxy: false };
    host.create_token(token).await.unwrap().token.expose().to_owned()
}

/// One request to the gateway with `token`.
pub(super) async fn ask(host: &Host, method: &str, path: &str, token: &str) -> Answer {
    let address = host.status().await.gateway.address.unwrap();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
    let ask = move || {
        let mut client = RawClient::connect(address.parse().unwrap()).unwrap();
        client.send(head).unwrap();
        client.answer(false).unwrap()
    };
    tokio::task::spawn_blocking(ask).await.unwrap()
}

pub(super) async fn get(host: &Host, path: &str, token: &str) -> u16 {
    ask(host, "GET", path, token).await.status
}

/// Waits for events until `reached`; the test runner's limit is the limit.
pub(super) async fn until(host: &Host, reached: impl AsyncFn(&Host) -> bool) {
    let mut events = host.events();
    while !reached(host).await {
        let _: Event = events.recv().await.unwrap();
    }
}

/// A database whose disk can be full.
struct Disk {
    store: Store,
    full: Arc<AtomicBool>,
}

impl Disk {
    fn room(&mut self) -> Result<&mut Store, StoreFailure> {
        if self.full.load(Ordering::SeqCst) { Err(StoreFailure::DiskFull) } else { Ok(&mut self.store) }
    }
}

impl TokenStore for Disk {
    fn save_token(&mut self, token: &Token) -> Result<(), StoreFailure> {
        self.room()?.save_token(token)
    }

    fn save_tokens(&mut self, tokens: &[Token]) -> Result<(), StoreFailure> {
        self.room()?.save_tokens(tokens)
    }

    fn forget_token(&mut self, token: TokenId) -> Result<(), StoreFailure> {
        self.room()?.forget_token(token)
    }

    fn save_service(&mut self, service: &Service) -> Result<(), StoreFailure> {
        self.room()?.save_service(service)
    }

    fn forget_service(&mut self, service: &ServiceName) -> Result<(), StoreFailure> {
        self.room()?.forget_service(service)
    }
}

impl Keeper for Disk {
    fn save_settings(&mut self, settings: &wire::Settings) -> Result<(), StoreFailure> {
        self.room()?.save_settings(settings)
    }

    fn save_accepted(&mut self, service: &ServiceName, accepted: &Accepted) -> Result<(), StoreFailure> {
        Keeper::save_accepted(self.room()?, service, accepted)
    }
}
