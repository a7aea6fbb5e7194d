use std::{collections::BTreeMap, fs, io, path::Path};

use super::Passed;
use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
    setup::{self, Purpose},
    ui,
};

/// One thing that is checked.
pub(super) struct Step {
    /// As `--only` takes it.
    pub(super) name: &'static str,
    /// For people.
    pub(super) about: &'static str,
    /// Checks it.
    pub(super) run: fn(&Repo) -> Result<Passed>,
}

/// In this order. The window comes before everything that compiles the app, which embeds it.
pub(super) const STEPS: &[Step] = &[
    Step { name: "setup", about: "what the tests need is on this machine", run: set_up },
    Step { name: "ui-install", about: "the window's packages, as locked", run: ui_install },
    Step { name: "ui-types", about: "the window type-checks", run: |repo| ui_script(repo, "typecheck") },
    Step { name: "ui-lint", about: "the window keeps the house rules", run: |repo| ui_script(repo, "lint") },
    Step { name: "ui-test", about: "the window's own tests", run: |repo| ui_script(repo, "test") },
    Step { name: "ui-build", about: "the window builds", run: |repo| ui_script(repo, "build") },
    Step { name: "fmt", about: "Rust is formatted", run: fmt },
    Step { name: "clippy", about: "no warning in any target of any crate", run: clippy },
    Step {
        name: "bindings",
        about: "the window's generated types are those of the wire crate",
        run: bindings,
    },
    Step { name: "tests", about: "unit and integration tests that need no display", run: tests },
    Step { name: "clients", about: "clients as people run them, through the gateway", run: clients },
    Step {
        name: "architecture",
        about: "crates, imports and files are where they belong",
        run: architecture,
    },
    Step {
        name: "desktop",
        about: "the real window, tray and keychain session, one test at a time",
        run: desktop,
    },
    Step { name: "doc-tests", about: "every example in the documentation runs", run: doc_tests },
    Step { name: "deny", about: "licences, sources, and which crate may use what", run: deny },
];

/// A cargo command of a step: in the repository, with the tests' tools at hand.
fn cargo(repo: &Repo, words: &[&str]) -> Program {
    let mut program = Program::cargo().args(words).within(repo.root()).env("PATH", repo.path_with_tools());
    if io::IsTerminal::is_terminal(&io::stdout()) {
        program = program.env("CARGO_TERM_COLOR", "always");
    }
    program
}

/// Test binaries that start the app.
const DESKTOP: &str = "binary(/^(desktop|tray|e2e)$/)";
/// Test binaries that have no step of their own.
const APART: &str = "not binary(/^(architecture|clients|desktop|tray|e2e)$/)";

fn set_up(repo: &Repo) -> Result<Passed> {
    setup::ensure(repo, Purpose::Test)?;
    Ok(Passed::With(String::new()))
}

fn ui_install(repo: &Repo) -> Result<Passed> {
    ui::install(repo)?;
    Ok(Passed::With(String::new()))
}

fn ui_script(repo: &Repo, script: &str) -> Result<Passed> {
    Program::npm(&repo.ui()).args(["run", script]).env("CI", "true").show().map(Passed::With)
}

fn fmt(repo: &Repo) -> Result<Passed> {
    cargo(repo, &["fmt", "--all", "--check"]).show().map(Passed::With)
}

fn clippy(repo: &Repo) -> Result<Passed> {
    cargo(
        repo,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "valetkey-gateway/bench",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    )
    .show()
    .map(Passed::With)
}

/// Generates them into an empty folder and compares, so that a type that is gone is noticed as well as a new one,
/// and nothing in the checkout changes.
fn bindings(repo: &Repo) -> Result<Passed> {
    let fresh = repo.target().join("bindings");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(Error::io("removing", &fresh))?;
    }
    cargo(repo, &["test", "--quiet", "--locked", "--package", "valetkey-wire", "--lib", "export_bindings"])
        .env("TS_RS_EXPORT_DIR", &fresh)
        .show()?;
    let committed = repo.ui().join("src/ipc/bindings");
    let made = read_all(&fresh).map_err(Error::io("reading", &fresh))?;
    let kept = read_all(&committed).map_err(Error::io("reading", &committed))?;
    let mut files: Vec<String> =
        made.keys().chain(kept.keys()).filter(|name| made.get(*name) != kept.get(*name)).cloned().collect();
    files.sort();
    files.dedup();
    if files.is_empty() {
        println!("{} files, all as generated.", made.len());
        return Ok(Passed::With(String::new()));
    }
    let remedy =
        "They are in ui/src/ipc/bindings: delete them, run cargo test --package valetkey-wire, commit.";
    Err(Error::Stale { files, remedy })
}

fn read_all(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let files = fs::read_dir(folder)?.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?))
    });
    files.collect()
}

fn tests(repo: &Repo) -> Result<Passed> {
    cargo(repo, &["nextest", "run", "--profile", "ci", "--workspace", "--locked", "-E", APART])
        .show()
        .map(Passed::With)
}

fn clients(repo: &Repo) -> Result<Passed> {
    cargo(
        repo,
        &["nextest", "run", "--profile", "ci", "--package", "valetkey-cli", "--locked", "--test", "clients"],
    )
    .show()
    .map(Passed::With)
}

fn architecture(repo: &Repo) -> Result<Passed> {
    cargo(repo, &["nextest", "run", "--profile", "ci", "--workspace", "--locked", "--test", "architecture"])
        .show()
        .map(Passed::With)
}

/// Each of these brings a display and a session of its own; `.config/nextest.toml` runs them one at a time.
fn desktop(repo: &Repo) -> Result<Passed> {
    if !cfg!(target_os = "linux") {
        return Ok(Passed::Skipped(
            "these tests drive an X display and a D-Bus session, which only Linux has",
        ));
    }
    cargo(repo, &["nextest", "run", "--profile", "ci", "--workspace", "--locked", "-E", DESKTOP])
        .show()
        .map(Passed::With)
}

fn doc_tests(repo: &Repo) -> Result<Passed> {
    cargo(repo, &["test", "--doc", "--workspace", "--locked"]).show().map(Passed::With)
}

/// Building cargo-deny takes longer than everything it checks here, so it is used where it is; the edges that matter
/// most are held by the architecture test as well.
fn deny(repo: &Repo) -> Result<Passed> {
    let present = cargo(repo, &["deny", "--version"]).text().is_some();
    if !present {
        return Ok(Passed::Skipped("cargo-deny is not here (cargo install cargo-deny --locked)"));
    }
    cargo(repo, &["deny", "--locked", "check", "bans", "licenses", "sources"]).show().map(Passed::With)
}
