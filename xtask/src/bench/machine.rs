use std::{fs, path::Path, thread};

use crate::{
    error::{Error, Result},
    program::Program,
};

/// What this was measured on.
pub(super) struct Machine {
    pub(super) cores: usize,
    pub(super) model: String,
    pub(super) kernel: String,
    pub(super) date: String,
    /// Averages of running processes over 1, 5 and 15 minutes, at the end.
    pub(super) busy: String,
    pub(super) nginx: String,
}

impl Machine {
    pub(super) fn this() -> Self {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpus
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim() == "model name")
            .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned();
        let date = Program::new("date").args(["-u", "+%Y-%m-%d"]).text().unwrap_or_default();
        let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let version = Program::new("dpkg-query").args(["-W", "-f", "${Version}", "nginx-light"]).text();
        Self {
            cores: thread::available_parallelism().map_or(0, std::num::NonZero::get),
            model,
            kernel,
            date: date.trim().to_owned(),
            busy: busy.split(' ').take(3).collect::<Vec<_>>().join(" "),
            nginx: version.unwrap_or_else(|| "unknown".to_owned()),
        }
    }
}

/// Bytes of a file.
pub(super) fn size(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|of| of.len()).map_err(Error::io("reading", path))
}
