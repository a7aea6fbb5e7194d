//! A desktop session of its own for one test: home, runtime directory, bus and keyring daemon.
//!
//! The address of a bus is an environment variable, and a process can't change its own safely. So a test runs
//! its own binary again, for itself alone, in the session's environment; in there it starts the daemons.

use std::{
    env, fs,
    io::{BufRead, BufReader, ErrorKind, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use zbus::{blocking::Connection, blocking::fdo::DBusProxy, names::BusName};

/// Set inside a session: its directory.
const DIRECTORY: &str = "VALETKEY_TEST_SESSION";

/// The name under which a Secret Service is found on the bus.
const SECRET_SERVICE: &str = "org.freedesktop.secrets";

pub(crate) struct Session {
    directory: PathBuf,
    // In this order they are stopped.
    keyring: Option<Daemon>,
    bus: Option<Daemon>,
}

impl Session {
    /// Runs `body` in a new session. `test` is the name of the calling test.
    pub(crate) fn run(test: &str, body: impl FnOnce(&mut Self)) {
        if let Some(directory) = env::var_os(DIRECTORY) {
            body(&mut Self { directory: directory.into(), keyring: None, bus: None });
            return;
        }
        let directory = tempfile::tempdir().unwrap();
        for private in ["home", "run"] {
            fs::DirBuilder::new().mode(0o700).create(directory.path().join(private)).unwrap();
        }
        let mut again = Command::new(env::current_exe().unwrap());
        again.args(["--exact", test, "--nocapture"]).stdin(Stdio::null());
        for inherited in
            ["DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]
        {
            again.env_remove(inherited);
        }
        let output = again
            .env(DIRECTORY, directory.path())
            .env("HOME", directory.path().join("home"))
            .env("XDG_RUNTIME_DIR", directory.path().join("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", address(directory.path()))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && told.contains("1 passed"),
            "in the session:\n{told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Starts a bus that starts nothing by itself: no service files of this machine, no prompter.
    pub(crate) fn start_bus(&mut self) {
        let config = self.directory.join("bus.conf");
        let listen = address(&self.directory);
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>{listen}</listen><policy context=\"default\">\
                 <allow send_destination=\"*\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>"
            ),
        )
        .unwrap();
        // The kernel ends the bus however this process ends, and gnome-keyring ends with its bus.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "dbus-daemon"]);
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address"]);
        let mut bus = Daemon::start(command.stdin(Stdio::null()).stdout(Stdio::piped()), "util-linux");
        let mut ready = String::new();
        BufReader::new(bus.0.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with(&listen), "no bus; is the package dbus-daemon installed? {ready}");
        self.bus = Some(bus);
    }

    /// Starts gnome-keyring with its login collection unlocked (and made, the first time).
    pub(crate) fn start_keyring(&mut self) {
        self.start_keyring_with(&["--unlock"]);
    }

    /// Starts gnome-keyring as a machine without a login through PAM has it: with nowhere to keep anything.
    pub(crate) fn start_keyring_without_collection(&mut self) {
        self.start_keyring_with(&[]);
    }

    fn start_keyring_with(&mut self, more: &[&str]) {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(more);
        let mut keyring = Daemon::start(command.stdin(Stdio::piped()).stdout(Stdio::null()), "gnome-keyring");
        // The password of the login collection. Nothing at all, not even a line's end, would make none.
        keyring.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        wait_for_owner(SECRET_SERVICE);
        self.keyring = Some(keyring);
    }

    pub(crate) fn stop_keyring(&mut self) {
        self.keyring = None;
    }

    /// Makes gnome-keyring answer nothing, as while a prompt that blocks it waits for the owner.
    pub(crate) fn freeze_keyring(&self) {
        self.signal_keyring(Signal::STOP);
    }

    pub(crate) fn thaw_keyring(&self) {
        self.signal_keyring(Signal::CONT);
    }

    fn signal_keyring(&self, signal: Signal) {
        let keyring = self.keyring.as_ref().expect("the keyring runs");
        kill_process(Pid::from_child(&keyring.0), signal).unwrap();
    }

    /// What another program sees. An entry's details go to standard error, the secret to standard output.
    #[expect(clippy::unused_self, reason = "only in a session there is anything to see")]
    pub(crate) fn secret_tool(&self, verb: &str, attributes: &[&str]) -> String {
        let mut command = Command::new("secret-tool");
        let output = match command.arg(verb).args(attributes).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("install the package libsecret-tools")
            }
            output => output.unwrap(),
        };
        let told = [output.stdout, output.stderr].concat();
        String::from_utf8(told).unwrap().trim_end().to_owned()
    }
}

fn address(directory: &Path) -> String {
    format!("unix:path={}", directory.join("run/bus").display())
}

/// Waits until someone owns `name`, which is when it can be called.
fn wait_for_owner(name: &'static str) {
    let (sender, owned) = mpsc::channel();
    thread::spawn(move || {
        let bus = Connection::session().unwrap();
        let proxy = DBusProxy::new(&bus).unwrap();
        // Listening first: an owner that comes in between is seen either way.
        let changes = proxy.receive_name_owner_changed_with_args(&[(0, name)]).unwrap();
        if !proxy.name_has_owner(BusName::try_from(name).unwrap()).unwrap() {
            let mut changes = changes;
            let _ = changes.find(|change| change.args().unwrap().new_owner().is_some());
        }
        let _ = sender.send(());
    });
    owned.recv_timeout(Duration::from_secs(10)).expect("the daemon did not come up");
}

/// A process that ends with the test.
struct Daemon(Child);

impl Daemon {
    fn start(command: &mut Command, package: &str) -> Self {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("install the package {package}"),
            child => Self(child.unwrap()),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
