//! What the pieces of a request cost, by criterion.

use std::{fs, path::Path};

use crate::{
    bench::json::Json,
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// Runs the benches of core, gateway and store, and takes criterion's estimates.
pub(in crate::bench) fn measure(repo: &Repo) -> Result<Json> {
    let kept = repo.target().join("criterion");
    if kept.exists() {
        // Nothing of a bench that is gone.
        fs::remove_dir_all(&kept).map_err(Error::io("removing", &kept))?;
    }
    let benches: [&[&str]; 3] = [
        &["-p", "valetkey-core", "--bench", "decision"],
        &["-p", "valetkey-gateway", "--features", "bench", "--bench", "head"],
        &["-p", "valetkey-store", "--bench", "record"],
    ];
    for words in benches {
        Program::cargo().args(["bench"]).args(words).within(repo.root()).run()?;
    }
    let mut rows = Vec::new();
    estimates(&kept, "", &mut rows)?;
    Ok(Json::object([("rows", Json::List(rows))]))
}

/// Criterion keeps `<group>/<bench>/<size>/new/estimates.json`, in nanoseconds.
fn estimates(folder: &Path, name: &str, rows: &mut Vec<Json>) -> Result<()> {
    let file = folder.join("new/estimates.json");
    if let Ok(text) = fs::read_to_string(&file) {
        let estimates = Json::parse(&text).unwrap_or(Json::Null);
        let of = |what: &str| estimates.field(what).field("point_estimate").number();
        println!("  {name}: {:.1} ns", of("median").unwrap_or_default());
        rows.push(Json::object([
            ("bench", name.into()),
            ("nanos", of("median").into()),
            ("deviation_nanos", of("median_abs_dev").into()),
        ]));
        return Ok(());
    }
    let mut inside: Vec<_> = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .map_err(Error::io("reading", folder))?
        .into_iter()
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "report")
        .map(|entry| entry.path())
        .collect();
    // Sizes come by their number.
    inside.sort_by_key(|path| {
        let own = own_name(path);
        (own.parse::<u64>().unwrap_or(0), own)
    });
    for path in inside {
        let own = own_name(&path);
        let whole = if name.is_empty() { own } else { format!("{name} {own}") };
        estimates(&path, &whole, rows)?;
    }
    Ok(())
}

fn own_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().replace('_', " ")
}
