//! The tray of the real program, seen and used as a panel does: over D-Bus.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod item;
#[path = "../support/session.rs"]
mod session;
mod watcher;

use tokio::net::TcpStream;
use valetkey_host::Client;
use valetkey_wire::{Expiry, NewService, NewToken, Reply, Request, Scope, SettingsChange};

use crate::item::TrayItem;
use crate::session::{Running, Session, curl, free_port, until};

/// The program in its session, with the sandbox connected and one token.
struct Desk {
    session: Session,
    program: Running,
    tray: TrayItem,
    port: u16,
    token: String,
}

impl Desk {
    async fn start() -> Self {
        let session = Session::start().await;
        let (panel, mut items) = watcher::watch(session.bus()).await;
        let mut command = session.command(env!("CARGO_BIN_EXE_valetkey"));
        command.arg("--hidden");
        let program = Running::of(command);
        let place = items.recv().await.unwrap();
        let tray = TrayItem::at(&panel, place).await;
        let mut control = session.control().await;
        let port = connect_sandbox(&mut control).await;
        let token = create_token(&mut control).await;
        Self { session, program, tray, port, token }
    }

    /// Status of a request that the token permits.
    async fn request(&self) -> u16 {
        curl(self.port, &self.token, "/sandbox/namespaces/web").await.0
    }

    async fn end(self) {
        assert!(self.program.end().await.success());
        self.session.end().await;
    }
}

async fn create_token(control: &mut Client) -> String {
    let grants = vec!["sandbox:namespace=web:namespace.view".to_owned()];
    let token = NewToken {
        // With a character that menus take for an instruction.
        name: "R&D ci".to_owned(),
        note: String::new(),
        scope: Scope::Limited { grants },
        expiry: Expiry::Never,
        proxy: false,
    };
    let reply = control.call(Request::CreateToken { token }).await.unwrap();
    let Reply::Secret(secret) = reply else { panic!("a token was asked for: {reply:?}") };
    secret.token.expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_revoked_from_the_tray_and_fails_at_once() {
    let desk = Desk::start().await;
    let headline = desk.tray.line(&["Gateway on · 1 token active"]).await;
    assert!(!headline.enabled, "it only says something");
    desk.tray.line(&["Revoke", "R&D ci · never used"]).await;

    assert_eq!(desk.request().await, 200);
    let used = "R&D ci · last used just now";
    desk.tray.line(&["Revoke", used]).await;

    desk.tray.choose(&["Revoke", used, "Revoke “R&D ci” now"]).await;
    until("the gateway refuses the token", async || (desk.request().await == 401).then_some(())).await;
    desk.tray.line(&["Gateway on · 0 tokens active"]).await;
    desk.tray.line(&["Revoke", "No active tokens"]).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_paused_and_resumed_from_the_tray() {
    let desk = Desk::start().await;
    desk.tray.line(&["Gateway on · 1 token active"]).await;
    let on = desk.tray.picture().await;

    desk.tray.choose(&["Pause", "Until resumed"]).await;
    desk.tray.line(&["Gateway paused · 1 token active"]).await;
    assert_eq!(desk.request().await, 503);
    assert_ne!(desk.tray.picture().await, on);
    desk.tray.line(&["Recent refusals"]).await;

    desk.tray.choose(&["Resume"]).await;
    desk.tray.line(&["Gateway on · 1 token active"]).await;
    assert_eq!(desk.request().await, 200);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_from_the_tray_ends_program_and_gateway() {
    let Desk { session, program, tray, port, .. } = Desk::start().await;
    tray.choose(&["Quit"]).await;
    assert!(program.ended().await.success());
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "nobody listens any more");
    session.end().await;
}

/// Connects the sandbox and moves the gateway to a free port, which is returned.
async fn connect_sandbox(control: &mut Client) -> u16 {
    let port = free_port();
    let change = SettingsChange { port: Some(port), ..SettingsChange::default() };
    control.call(Request::ChangeSettings { change }).await.unwrap();
    let service = NewService {
        name: "sandbox".to_owned(),
        kind: "sandbox".to_owned(),
        base_url: None,
        credential_form: None,
        definition: None,
        credential: None,
    };
    let reply = control.call(Request::AddService { service }).await.unwrap();
    assert!(matches!(reply, Reply::Service(_)), "{reply:?}");
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_opened_from_the_tray_and_not_before() {
    let desk = Desk::start().await;
    assert!(!window_is_there(&desk.session).await, "it was started without one");
    desk.tray.choose(&["New personal token…"]).await;
    until("the window is there", async || window_is_there(&desk.session).await.then_some(())).await;
    desk.end().await;
}

async fn window_is_there(session: &Session) -> bool {
    let mut search = session.command("xdotool");
    search.args(["search", "--onlyvisible", "--name", "^Valet Key$"]);
    search.output().await.unwrap().status.success()
}
