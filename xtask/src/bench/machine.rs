use std::{fs, path::Path, thread};

use super::json::Json;
use crate::{
    error::{Error, Result},
    program::Program,
};

/// What this is measured on, and with what, now.
pub(super) fn described() -> Json {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == "model name")
        .map_or("unknown", |(_, value)| value.trim());
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let date = Program::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]).text().unwrap_or_default();
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let cores = thread::available_parallelism().map_or(0, std::num::NonZero::get);
    Json::object([
        ("date", date.trim().into()),
        ("cores", cores.into()),
        ("cpu", model.into()),
        ("memory_kib", memory.and_then(|kib| kib.parse::<u64>().ok()).into()),
        ("kernel", kernel.trim().into()),
        ("load_averages", (&*busy).into()),
        ("nginx", (&*version("nginx-light")).into()),
        ("haproxy", (&*version("haproxy")).into()),
        ("wrk", (&*version("wrk")).into()),
    ])
}

fn version(package: &str) -> String {
    let said = Program::new("dpkg-query").args(["-W", "-f", "${Version}", package]).text();
    said.unwrap_or_else(|| "unknown".to_owned())
}

/// Bytes of a file.
pub(super) fn size(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|of| of.len()).map_err(Error::io("reading", path))
}
