//! `cargo xtask run`: from a fresh checkout to the running program.

mod terminal;

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
    setup::{self, Purpose},
    ui,
};

/// `cargo xtask run [--listen ADDR:PORT]`
pub(crate) fn command(repo: &Repo, options: &[&str]) -> Result<()> {
    let listen = match options {
        [] => None,
        ["--listen", address] => Some(*address),
        _ => return Err(Error::Usage("run takes --listen ADDR:PORT and nothing else.".to_owned())),
    };
    if !has_display() {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so there will be no window."
        );
        println!("Starting the gateway in this terminal instead, with the sandbox connected.\n");
        return terminal::serve(repo, listen);
    }
    if listen.is_some() {
        println!("--listen is for machines without a display; in the window, the port is in Settings.");
    }
    setup::ensure(repo, Purpose::Build)?;
    ui::build_if_stale(repo)?;
    Program::cargo().args(["run", "--bin", "valetkey"]).within(repo.root()).run()
}

/// Windows and macOS always have one.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
