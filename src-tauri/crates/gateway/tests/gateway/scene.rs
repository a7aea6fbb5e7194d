use std::sync::Arc;

use tokio::sync::mpsc;
use valetkey_core::{rights::Rights, time::Clock, token::Token};
use valetkey_gateway::{Config, Gateway, Reports, SelfRevocation, ServiceRefused};
use valetkey_testkit::{Answer, HandClock, MemoryLog, PolicyBuilder, RawClient, Recorder};

/// A definition with a bit of everything.
pub(crate) const DEFINITION: &str = r#"{
    "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
    "contexts": [{"name": "area"}],
    "permissions": [
        {"name": "see"}, {"name": "change"},
        {"name": "item.see", "contexts": ["global", "area"]},
        {"name": "item.change", "contexts": ["global", "area"], "implies": ["item.see"]},
        {"name": "key.make", "contexts": ["area"], "risk": "mints_credentials"}
    ],
    "operations": [
        {"method": "GET", "path": "/allowed", "requires": "see"},
        {"method": "POST", "path": "/allowed", "requires": "change"},
        {"method": "GET", "path": "/admin", "requires": "change"},
        {"method": "DELETE", "path": "/allowed", "requires": "change"},
        {"method": "GET", "path": "/areas/{area}/items", "requires": "item.see", "contexts": {"area": "{area}"}},
        {"method": "PUT", "path": "/areas/{area}/items/{item}", "requires": "item.change", "contexts": {"area": "{area}"}},
        {"method": "POST", "path": "/areas/{area}/keys", "requires": "key.make", "contexts": {"area": "{area}"}}
    ]
}"#;

/// Any path, by method.
pub(crate) const REST: &str = r#"{
    "version": 1, "kind": "rest", "title": "REST", "description": "For tests.",
    "permissions": [{"name": "read"}, {"name": "write"}],
    "operations": [
        {"method": "GET", "path": "/{path**}", "requires": "read"},
        {"method": "POST", "path": "/{path**}", "requires": "write"},
        {"method": "PUT", "path": "/{path**}", "requires": "write"}
    ]
}"#;

/// A running gateway in front of a recorder.
pub(crate) struct Scene {
    pub(crate) gateway: Gateway,
    pub(crate) upstream: Recorder,
    pub(crate) policy: PolicyBuilder,
    pub(crate) log: MemoryLog,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) revocations: mpsc::UnboundedReceiver<SelfRevocation>,
    pub(crate) refusals: mpsc::Receiver<ServiceRefused>,
    _directory: tempfile::TempDir,
    pub(crate) socket: std::path::PathBuf,
}

impl Scene {
    /// One service `up` with [`DEFINITION`], credential as Bearer.
    pub(crate) fn new(upstream: Recorder) -> Self {
        let policy = PolicyBuilder::new().service("up", &upstream.url(), DEFINITION, None);
        Self::with(upstream, policy)
    }

    /// One service `up` with this definition and credential form.
    pub(crate) fn of(upstream: Recorder, base_path: &str, definition: &str, form: Option<&str>) -> Self {
        let url = format!("{}{base_path}", upstream.url());
        let policy = PolicyBuilder::new().service_with_rights("up", &url, definition, form, Rights::All);
        Self::with(upstream, policy)
    }

    pub(crate) fn with(upstream: Recorder, policy: PolicyBuilder) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("gateway.sock");
        let config =
            Config { listen: vec!["127.0.0.1:0".parse().unwrap()], socket: Some(socket.clone()), threads: 2 };
        let log = MemoryLog::default();
        let hand = Arc::new(HandClock::at(1_000_000));
        let clock: Arc<dyn Clock> = Arc::<HandClock>::clone(&hand);
        let (reports, revocations, refusals) = Reports::new();
        let gateway = Gateway::start(&config, &policy.snapshot(), &log, &clock, &reports).unwrap();
        Self {
            gateway,
            upstream,
            policy,
            log,
            clock: hand,
            revocations,
            refusals,
            _directory: directory,
            socket,
        }
    }

    /// A live token with this access, in force.
    pub(crate) fn token(&mut self, access: &str) -> (Token, String) {
        let token = self.policy.token(access);
        self.apply();
        token
    }

    pub(crate) fn apply(&self) {
        self.gateway.apply(&self.policy.snapshot());
    }

    pub(crate) fn host(&self) -> String {
        self.gateway.addresses()[0].to_string()
    }

    pub(crate) fn connect(&self) -> RawClient {
        RawClient::connect(self.gateway.addresses()[0]).unwrap()
    }

    /// Sends one raw request on a connection of its own; `HOST` and `TOKEN` in it are filled in.
    pub(crate) fn raw(&self, token: &str, request: &str) -> Answer {
        self.raw_bytes(self.fill(token, request).as_bytes())
    }

    pub(crate) fn fill(&self, token: &str, request: &str) -> String {
        request.replace("HOST", &self.host()).replace("TOKEN", token)
    }

    pub(crate) fn raw_bytes(&self, bytes: &[u8]) -> Answer {
        let mut client = self.connect();
        // A gateway that has already refused may reset what comes late.
        let _ = client.send(bytes);
        client.answer(false).unwrap()
    }

    /// `METHOD path` with a token, on a connection of its own.
    pub(crate) fn ask(&self, token: &str, method: &str, path: &str) -> Answer {
        self.raw(
            token,
            &format!("{method} {path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
        )
    }
}

/// The code of a refusal.
pub(crate) fn refused(answer: &Answer) -> &str {
    answer.value("valetkey-refused").unwrap_or("(forwarded)")
}
