//! `cargo xtask bench`: the figures in `docs/performance.md`, measured in one run on one machine.
//!
//! What is compared runs in turns, so that whatever else the machine does meanwhile falls on all alike. Everything
//! listens on loopback, in a folder of its own that is removed at the end.

mod control;
mod definition;
mod desktop;
mod figures;
mod latency;
mod load;
mod machine;
mod nginx;
mod process;
mod report;
mod revoke;
mod scene;
mod startup;

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
    setup::{self, Purpose},
};
use figures::Figures;
use scene::Scene;

/// Whether the desktop app is built and measured too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Desktop {
    Measured,
    LeftOut,
}

/// `cargo xtask bench [--desktop]`
pub(crate) fn command(repo: &Repo, options: &[&str]) -> Result<()> {
    let desktop = match options {
        [] => Desktop::LeftOut,
        ["--desktop"] => Desktop::Measured,
        _ => return Err(Error::Usage("bench takes --desktop and nothing else.".to_owned())),
    };
    setup::ensure(repo, Purpose::Bench)?;
    Program::cargo().args(["build", "--release", "-p", "valetkey-cli"]).within(repo.root()).run()?;
    let vk = repo.target().join("release/vk");
    let scene = Scene::start(&vk)?;
    println!("\nIdle memory of vk serve");
    let memory_fresh = scene.served.process.pss()?;
    let activity = latency::records(&scene)?;
    println!("\nAdded latency, one connection");
    let latency = latency::measure(&scene)?;
    println!("\nRequests a second");
    let loads = load::measure(&scene)?;
    let memory_after = scene.served.process.pss()?;
    println!("\nRevoking");
    let revocations = [revoke::over_socket(&scene)?, revoke::by_program(&scene)?];
    println!("\nStarting with many tokens");
    let starts = startup::measure(&scene)?;
    drop(scene);
    let app = match desktop {
        Desktop::Measured => Some(desktop::measure(repo)?),
        Desktop::LeftOut => None,
    };
    let figures = Figures {
        machine: machine::Machine::this(),
        vk_bytes: machine::size(&vk)?,
        memory_fresh,
        memory_after,
        activity,
        latency,
        loads,
        revocations,
        starts,
        app,
    };
    report::write(repo, &figures)
}
