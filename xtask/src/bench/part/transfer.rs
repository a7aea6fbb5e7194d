//! Large bodies, and what they cost in memory.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::load;
use crate::{
    bench::{
        benchkit, definition,
        front::{Behind, Front},
        json::Json,
        pause::pause,
        process::Process,
        scene::Scene,
    },
    error::Result,
    repo::Repo,
};

const CONNECTIONS: [u32; 1] = [16];
/// Between two looks at the memory.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// 1 MiB replies through all fronts; a gigabyte each way through Valet Key, with a slow reader.
pub(in crate::bench) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    // First, while little has been asked for: memory that larger things have left behind would hide what this needs.
    let ways = [
        ("down", "download", "/groups/g19/items/gigabyte/part44"),
        ("up", "upload", "/groups/g0/items/sink/part0"),
    ];
    let ways = ways.map(|(way, command, path)| gigabyte(repo, scene, way, command, path));
    let gigabyte = Json::List(ways.into_iter().collect::<Result<_>>()?);
    let large = load::in_turns(scene, Behind::Small, &CONNECTIONS, definition::LARGE_PATH)?;
    Ok(large.with("gigabyte", gigabyte))
}

fn gigabyte(repo: &Repo, scene: &Scene, way: &str, command: &str, path: &str) -> Result<Json> {
    let Some(target) = scene.target(Front::ValetKey, Behind::Streams) else { return Ok(Json::Null) };
    let process = scene.served.process;
    process.forget_peak();
    let (rss, pss) = (process.memory("VmRSS"), process.pss()?);
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let (done, most) = thread::scope(|scope| {
        let watching = scope.spawn(|| highest_pss(process, &over));
        let (port, path) = (target.port.to_string(), target.path(path));
        let done = benchkit::ask(repo, [command, &port, &path, target.token]);
        over.store(true, Ordering::SeqCst);
        (done, watching.join().unwrap_or_default())
    });
    done?;
    let seconds = begun.elapsed().as_secs_f64();
    let rss_more = process.memory("VmHWM").saturating_sub(rss);
    let pss_more = most.saturating_sub(pss);
    println!("  1 GiB {way}: {seconds:.1} s, {rss_more} KiB of RSS more at most, {pss_more} KiB of PSS");
    Ok(Json::object([
        ("way", way.into()),
        ("seconds", seconds.into()),
        ("rss_before_kib", rss.into()),
        ("rss_added_kib", rss_more.into()),
        ("pss_added_kib", pss_more.into()),
    ]))
}

fn highest_pss(process: Process, over: &AtomicBool) -> u64 {
    let mut most = 0;
    while !over.load(Ordering::SeqCst) {
        most = most.max(process.pss().unwrap_or(0));
        pause(BETWEEN_LOOKS);
    }
    most
}
