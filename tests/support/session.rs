use std::fs::DirBuilder;
use std::future::Future;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};
use valetkey_host::{Client, Profile};

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A desktop session of the test's own: display, bus, keychain, home and profile. Nothing of the user's is read or shown.
pub(crate) struct Session {
    folder: TempDir,
    display: String,
    bus: String,
    /// In the order in which they end: the keychain is on the bus, the bus starts programs on the display.
    programs: Vec<Running>,
}

impl Session {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for private in ["home", "runtime"] {
            DirBuilder::new().mode(0o700).create(folder.path().join(private)).unwrap();
        }
        let mut session = Self { folder, display: String::new(), bus: String::new(), programs: Vec::new() };

        let mut xvfb = session.command("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let (xvfb, number) = Running::saying_one_line(xvfb).await;
        session.display = format!(":{number}");

        let mut bus = session.command("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let (bus, address) = Running::saying_one_line(bus).await;
        session.bus = address;

        let mut keychain = session.command("gnome-keyring-daemon");
        keychain.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut keychain = Running::of(keychain);
        // Any password makes the keychain, an empty line among them; no line at all does not.
        keychain.child.stdin.take().unwrap().write_all(b"\n").await.unwrap();
        session.programs = vec![keychain, bus, xvfb];
        session.wait_for_keychain().await;
        session
    }

    /// A command in this session.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.folder.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("runtime"))
            .env("VALETKEY_PROFILE", self.profile_folder())
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .kill_on_drop(true);
        for users in [
            "WAYLAND_DISPLAY",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "XAUTHORITY",
        ] {
            command.env_remove(users);
        }
        command
    }

    /// The bus of this session.
    pub(crate) fn bus(&self) -> &str {
        &self.bus
    }

    /// What a terminal does: reaches the running program over its control socket.
    pub(crate) async fn control(&self) -> Client {
        let profile = Profile::locate(Some(self.profile_folder())).unwrap();
        until("the program takes requests", async || Client::connect(&profile).await).await
    }

    /// Ends everything that it started.
    pub(crate) async fn end(self) {
        for program in self.programs {
            program.end().await;
        }
    }

    fn profile_folder(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    async fn wait_for_keychain(&self) {
        let connection = zbus::connection::Builder::address(self.bus()).unwrap().build().await.unwrap();
        let bus = zbus::fdo::DBusProxy::new(&connection).await.unwrap();
        until("the keychain is on the bus", async || {
            let there = bus.name_has_owner("org.freedesktop.secrets".try_into().unwrap()).await.unwrap();
            there.then_some(())
        })
        .await;
    }
}

/// A program that is ended with the test.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    pub(crate) fn of(mut command: Command) -> Self {
        Self { child: command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")) }
    }

    async fn saying_one_line(mut command: Command) -> (Self, String) {
        command.stdout(Stdio::piped());
        let mut program = Self::of(command);
        let mut said = BufReader::new(program.child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, said.next_line()).await.expect("it says where it is").unwrap().unwrap();
        (program, line)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn end(self) -> ExitStatus {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            kill_process(pid, Signal::TERM).unwrap();
        }
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.expect("it ends in time").unwrap()
    }
}

/// Looks until there is something, and fails by this name where there never is.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let mut beat = interval(Duration::from_millis(20));
    let looking = async {
        loop {
            beat.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never so: {what}"))
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Sends a request to the gateway with curl; returns status and body.
pub(crate) async fn curl(port: u16, token: &str, path: &str) -> (u16, String) {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "10"])
        .args(["--write-out", "\n%{http_code}", "--header", &format!("Authorization: Bearer {token}")])
        .arg(format!("http://127.0.0.1:{port}{path}"))
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}
