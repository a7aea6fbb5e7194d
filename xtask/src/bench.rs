//! `cargo xtask bench`: the figures in `docs/performance.md`, measured on one machine.
//!
//! What is compared runs in turns, so that whatever else the machine does meanwhile falls on all alike. Everything
//! listens on loopback, in a folder of its own that is removed at the end. A part that was not asked for keeps the
//! figures of its last run, with that run's date.

mod benchkit;
mod control;
mod counters;
mod definition;
mod figures;
mod front;
mod json;
mod machine;
mod options;
mod page;
mod part;
mod pause;
mod process;
mod scene;
mod server;
mod vk;
mod wrk;

use crate::{
    error::Result,
    program::Program,
    repo::Repo,
    setup::{self, Purpose},
};
use json::Json;
use options::{Options, Pace, Part};
use scene::Scene;

/// `cargo xtask bench [PART…] [--quick] [--desktop]`
pub(crate) fn command(repo: &Repo, words: &[&str]) -> Result<()> {
    let options = Options::parse(words)?;
    if options.parts.contains(&Part::Desktop) {
        setup::ensure(repo, Purpose::Bench)?;
    }
    setup::ensure_for_bench(repo)?;
    // One after the other: together they would share features, and the `vk` that is measured would be another one.
    for package in ["valetkey-cli", "valetkey-benchkit"] {
        Program::cargo().args(["build", "--release", "-p", package]).within(repo.root()).run()?;
    }
    let mut scene = None;
    let mut measured = Vec::new();
    for part in &options.parts {
        println!("\n{}", part.title());
        let figures = match part {
            // These alone: what the others need would be measured with them.
            Part::Desktop => {
                scene = None;
                part::desktop::measure(repo)?
            }
            Part::Criterion => {
                scene = None;
                part::criterion::measure(repo)?
            }
            Part::Load
            | Part::Latency
            | Part::Transfer
            | Part::Tls
            | Part::Events
            | Part::Memory
            | Part::Revoke
            | Part::Scale
            | Part::Start => {
                let scene = match &mut scene {
                    Some(scene) => scene,
                    none => none.insert(Scene::start(repo, options.pace)?),
                };
                in_scene(repo, *part, scene)?
            }
        };
        measured.push((*part, dated(figures, &options)));
    }
    drop(scene);
    page::write(repo, &measured)
}

fn in_scene(repo: &Repo, part: Part, scene: &Scene) -> Result<Json> {
    match part {
        Part::Load => part::load::measure(scene),
        Part::Latency => part::latency::measure(scene),
        Part::Transfer => part::transfer::measure(repo, scene),
        Part::Tls => part::tls::measure(scene),
        Part::Events => part::events::measure(repo, scene),
        Part::Memory => part::memory::measure(repo, scene),
        Part::Revoke => part::revoke::measure(repo, scene),
        Part::Scale => part::scale::measure(repo, scene),
        Part::Start => part::start::measure(scene),
        Part::Criterion | Part::Desktop => Ok(Json::Null),
    }
}

/// With when, how and on what they were measured.
fn dated(figures: Json, options: &Options) -> Json {
    let quick = options.pace == Pace::Quick;
    figures
        .with("command", (&*options.command()).into())
        .with("quick", Json::Bool(quick))
        .with("machine", machine::described())
}
