//! Running `vk`, and a `vk serve` that runs beside.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use valetkey_testkit::{Answer, RawClient};

/// What starts a gateway on a free port.
pub(crate) const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0", "--json"];

/// A folder with a profile in it, and the passphrase of its vault.
pub(crate) struct Folder {
    folder: TempDir,
}

/// What a run of `vk` left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What it printed, once it has succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out.trim_end().to_owned()
    }

    /// The JSON document that it printed, once it has succeeded.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// The code of the error that it printed as JSON, once it has failed with `code`.
    #[track_caller]
    pub(crate) fn error(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "errors leave standard output alone");
        let error: Value = serde_json::from_str(&self.err).unwrap();
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Folder {
    /// With a profile whose vault is in memory: what is in it ends with each `vk`, and nothing waits for a passphrase.
    pub(crate) fn with_profile() -> Self {
        let folder = Self::new();
        let profile = valetkey_host::Profile::locate(Some(folder.profile())).unwrap();
        profile.create(valetkey_host::VaultChoice::Memory).unwrap();
        folder
    }

    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
        Self { folder }
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vk"));
        command
            .args(arguments)
            .env("VALETKEY_PROFILE", self.profile())
            .env("VALETKEY_PASSPHRASE_FILE", self.folder.path().join("passphrase"))
            .env_remove("VALETKEY_TOKEN")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn vk(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    /// With a secret on standard input.
    pub(crate) fn vk_told(&self, secret: &str, arguments: &[&str]) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
        ran(child.wait_with_output().unwrap())
    }

    /// A gateway on a free port, once it is ready.
    pub(crate) fn serve(&self) -> Served {
        Self::serve_by(self.command(SERVE))
    }

    /// By a command of [`SERVE`] that a test has added to.
    pub(crate) fn serve_by(mut command: Command) -> Served {
        let mut child = command.spawn().unwrap();
        let (mut line, mut out) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
        out.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["listening"].as_str().unwrap().to_owned();
        assert!(ready["socket"].as_str().unwrap().ends_with("gateway.sock"));
        Served { child, out, line, address }
    }
}

/// What a program left.
pub(crate) fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A `vk serve` of the test's own; killed when dropped.
pub(crate) struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it said when it was ready.
    line: String,
    pub(crate) address: String,
}

impl Served {
    pub(crate) fn ask(&self, method: &str, path: &str, token: &str) -> Answer {
        let address = &self.address;
        let mut client = RawClient::connect(address.parse().unwrap()).unwrap();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        client.send(head).unwrap();
        client.answer(false).unwrap()
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> u16 {
        self.ask("GET", path, token).status
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; all that it wrote.
    pub(crate) fn end(mut self) -> String {
        self.ask_to_end();
        let mut written = self.line.clone();
        self.out.read_to_string(&mut written).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut written).unwrap();
        written
    }

    /// SIGTERM; its exit status.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        self.ask_to_end();
        self.child.wait().unwrap().code()
    }

    fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
