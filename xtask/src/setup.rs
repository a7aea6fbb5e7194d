//! `cargo xtask setup`: what this machine lacks, said first, then installed.

mod packages;
mod tools;

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// What a machine is set up for; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Building and running `vk`: no window, no display.
    Terminal,
    /// Building and running the desktop app.
    Build,
    /// Everything the tests drive.
    Test,
    /// What measurements compare with.
    Bench,
}

/// `cargo xtask setup [--for build|test|bench]`
pub(crate) fn command(repo: &Repo, options: &[&str]) -> Result<()> {
    let purpose = match options {
        [] | ["--for", "test"] => Purpose::Test,
        ["--for", "build"] => Purpose::Build,
        ["--for", "bench"] => Purpose::Bench,
        _ => return Err(Error::Usage("setup takes --for build, --for test or --for bench.".to_owned())),
    };
    ensure(repo, purpose)
}

/// Installs what is missing; does nothing where nothing is.
pub(crate) fn ensure(repo: &Repo, purpose: Purpose) -> Result<()> {
    packages::ensure(purpose)?;
    node()?;
    if purpose >= Purpose::Test { tools::ensure(repo) } else { Ok(()) }
}

/// What a bench needs that leaves the desktop out: no display, no Node, no test tools.
#[cfg(target_os = "linux")]
pub(crate) fn ensure_for_bench(repo: &Repo) -> Result<()> {
    packages::ensure_for_bench()?;
    tools::mitmproxy(repo)
}

/// The program that [`ensure_for_bench`] puts into `target/`.
#[cfg(target_os = "linux")]
pub(crate) fn mitmdump(repo: &Repo) -> std::path::PathBuf {
    repo.bench_venv().join("bin/mitmdump")
}

/// Node is the one thing besides Rust that a machine must have already: which version and by whose hand is the
/// owner's choice, and the window needs a newer one than most systems package.
fn node() -> Result<()> {
    if Program::answers("node") {
        return Ok(());
    }
    Err(Error::Needed {
        what: "Node.js".to_owned(),
        hint: "Install Node 20.19 or later, with npm.".to_owned(),
    })
}
