//! `vk`: Valet Key in a terminal.
//!
//! While the desktop app or `vk serve` runs, it asks that program over the profile's control socket, and changes act at
//! once; else it opens the profile itself. It is *not* a second way to decide anything: every command is one request to the
//! host, and its answer printed.
//!
//! The invariant it upholds: no secret is ever an argument, and standard output has nothing but what was asked for.

mod arguments;
mod commands;
mod error;
mod expiry;
mod output;
mod program;
mod secrets;
mod session;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::{arguments::Arguments, error::Error, output::Output};

fn main() -> ExitCode {
    valetkey_host::quiet_panics();
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let run = || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let outcome = runtime.block_on(commands::run(arguments, output));
        // A keychain that waits for the owner may hold a thread for as long as it likes.
        runtime.shutdown_background();
        outcome
    };
    match run() {
        Ok(code) => code,
        Err(Error::OutputClosed) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            error.exit_code()
        }
    }
}
