//! The commands that set up, run and test this repository; `cargo xtask help` lists them.
//!
//! Standard library only, so that it builds in seconds on a machine that has nothing but Rust. It is not a build
//! system: every step is a command that can be typed by hand, and is shown before it runs.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

#[cfg(target_os = "linux")]
mod bench;
mod catalog;
mod error;
mod platforms;
mod program;
mod repo;
mod run;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;

use crate::{
    error::{Error, Result},
    repo::Repo,
};

const HELP: &str = "\
Sets up, runs and tests Valet Key.

Usage: cargo xtask COMMAND [OPTIONS]

  run              Set up what building needs, build the window, build and start the desktop app.
                   Without a display: start the gateway in this terminal, with the sandbox connected.
    --listen ADDR:PORT   without a display: where the gateway listens (else 127.0.0.1:7743)

  test             Everything continuous integration runs, in its order.
    --list               name the steps and stop
    --only STEP          run only this step; may be given more than once
    --keep-going         go on after a step that failed

  setup            Install what is missing on this machine, saying first what and how.
    --for build|test|bench   for building the app, for its tests (the usual), or for the measurements too

  bench [PART...]  Measure what docs/performance.md shows, against other proxies, and write it. Linux; without a part
                   all but the desktop: PART is load, latency, transfer, tls, events, memory,
                   revoke, scale, start, criterion or desktop.
    --quick              short rounds, to work with; without mitmproxy
    --desktop            build and measure the desktop app too

  catalog          Write the definitions that are made from published sources, and docs/catalog.md.
    --check              prove instead that they are as made, and that every operation needs exactly its permissions

  check-platforms  Type-check the workspace for Windows and for macOS. Needs Debian; about eight minutes.

  help             This text.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::from(if matches!(error, Error::Usage(_)) { 2 } else { 1 })
        }
    }
}

fn dispatch(words: &[String]) -> Result<ExitCode> {
    let repo = Repo::here();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h"] => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        ["run", options @ ..] => run::command(&repo, options).map(|()| ExitCode::SUCCESS),
        ["test", options @ ..] => test::command(&repo, options),
        ["setup", options @ ..] => setup::command(&repo, options).map(|()| ExitCode::SUCCESS),
        #[cfg(target_os = "linux")]
        ["bench", options @ ..] => bench::command(&repo, options).map(|()| ExitCode::SUCCESS),
        ["catalog", options @ ..] => catalog::command(&repo, options).map(|()| ExitCode::SUCCESS),
        ["check-platforms"] => platforms::command(&repo).map(|()| ExitCode::SUCCESS),
        [unknown, ..] => Err(Error::Usage(format!("There is no command “{unknown}” with these options."))),
    }
}
