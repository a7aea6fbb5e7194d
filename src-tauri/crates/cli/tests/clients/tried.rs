//! Clients of a service, run by `vk run` against what stands in for the service.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    connected::Connected,
    curl::curl,
    program::{Ran, ran},
    server::Server,
};

/// Of every stand-in; nothing that a client has or says may hold it.
pub(crate) const MASTER: &str = "the-master-credential-of-the-stand-in";

/// A stand-in behind a gateway, and a home in which clients find nothing of the user's.
pub(crate) struct Tried {
    pub(crate) connected: Connected,
    pub(crate) home: TempDir,
}

impl Tried {
    /// A service of `kind` that a script of ours stands in for.
    pub(crate) fn kind(kind: &'static str, script: &str) -> Self {
        let server = Server::start(&mut stand_in(script));
        let url = server.url();
        Self::at(&url, kind, server)
    }

    /// A service of `kind` by a URL that leads to `server`.
    pub(crate) fn at(url: &str, kind: &'static str, server: Server) -> Self {
        let connected = Connected::at(url, kind, server, MASTER, &["--kind", kind]);
        Self { connected, home: tempfile::tempdir().unwrap() }
    }

    /// A run of a client by `vk run`, with the token called `name`.
    pub(crate) fn client<'t>(&'t self, name: &'t str, secret: &'t str) -> Client<'t> {
        Client { tried: self, name, secret, options: Vec::new(), variables: Vec::new() }
    }

    /// What the stand-in was asked, in the order in which it came; nothing of it was wrong.
    #[track_caller]
    pub(crate) fn asked(&self) -> Vec<String> {
        let report = curl(&[&format!("{}/stand-in", self.connected.server.url())]).json();
        assert_eq!(report["complaints"], Value::Array(Vec::new()));
        serde_json::from_value(report["asked"].clone()).unwrap()
    }

    /// Ends the token called `name`.
    pub(crate) fn revoke(&self, name: &str) {
        self.connected.folder.vk(&["token", "revoke", name]).ok();
    }
}

/// A client before it runs.
pub(crate) struct Client<'t> {
    tried: &'t Tried,
    name: &'t str,
    secret: &'t str,
    options: Vec<&'t str>,
    variables: Vec<String>,
}

impl<'t> Client<'t> {
    /// With an option of `vk run`.
    pub(crate) fn option(mut self, option: &'t str) -> Self {
        self.options.push(option);
        self
    }

    /// With a variable that the user sets behind `vk run`.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push(format!("{variable}={value}"));
        self
    }

    /// One task of a program in `programs`, for node or for Python by its ending.
    pub(crate) fn task(self, program: &str, task: &str) -> Ran {
        self.task_running(program, task).end()
    }

    /// The same while it runs.
    pub(crate) fn task_running(self, program: &str, task: &str) -> Running {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/programs").join(program);
        if path.extension().is_some_and(|ending| ending == "py") {
            let python = packages().join("venv/bin/python");
            self.started(b"", &[python.to_str().unwrap(), path.to_str().unwrap(), task])
        } else {
            // A module that node reads from standard input finds its packages where node runs.
            self.started(&std::fs::read(path).unwrap(), &["node", "--input-type=module", "-", task])
        }
    }

    /// A program with its arguments.
    pub(crate) fn run(self, program: &[&str]) -> Ran {
        self.started(b"", program).end()
    }

    fn started(self, input: &[u8], program: &[&str]) -> Running {
        let variables: Vec<&str> = self.variables.iter().map(String::as_str).collect();
        let words = [&["run", "--token", self.name], &self.options[..], &["--", "env"], &variables, program];
        let mut command = self.tried.connected.folder.command(&words.concat());
        for inherited in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        {
            command.env_remove(inherited);
        }
        let mut child = command
            .env("VALETKEY_TOKEN", self.secret)
            .env("HOME", self.tried.home.path())
            .env("XDG_CONFIG_HOME", self.tried.home.path())
            .env("LC_ALL", "C.UTF-8")
            .current_dir(packages())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Running { child, lines }
    }
}

/// A client under way.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    /// What it has left, once it has ended by itself.
    pub(crate) fn end(mut self) -> Ran {
        let mut stdout = Vec::new();
        self.lines.read_to_end(&mut stdout).unwrap();
        let ended = self.child.wait_with_output().unwrap();
        let ran = ran(Output { stdout, ..ended });
        assert!(!ran.out.contains(MASTER) && !ran.err.contains(MASTER), "{ran:?}");
        ran
    }
}

/// A script of ours for node.
pub(crate) fn stand_in(script: &str) -> Command {
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogkit/sources");
    let mut node = Command::new("node");
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/stand_ins").join(script))
        .env("NODE_PATH", packages().join("node_modules"))
        .env("STAND_IN_CREDENTIAL", MASTER)
        .env("STAND_IN_SOURCES", sources);
    node
}

/// Where the clients are, and what else the tests need besides.
#[track_caller]
pub(crate) fn packages() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/clients");
    assert!(
        folder.join("made-from.json").exists() && folder.join("venv/made-from.txt").exists(),
        "the clients are missing: run cargo xtask test --only setup"
    );
    folder.canonicalize().unwrap()
}
