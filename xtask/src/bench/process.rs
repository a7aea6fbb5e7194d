use std::{fs, path::Path};

use crate::{
    error::{Error, Result},
    program::Program,
};

/// A process and those that it started.
#[derive(Clone, Copy)]
pub(super) struct Process {
    pub(super) id: u32,
}

impl Process {
    /// Itself, its children, theirs.
    pub(super) fn family(self) -> Vec<Self> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(parent) = all.get(next).copied() {
            all.extend(parent.children());
            next += 1;
        }
        all
    }

    fn children(self) -> Vec<Self> {
        let mut found = Vec::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.id)).into_iter().flatten().flatten() {
            let listed = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            found.extend(listed.split_whitespace().filter_map(|id| id.parse().ok()).map(|id| Self { id }));
        }
        found
    }

    /// As the system names it, at most 15 letters.
    pub(super) fn name(self) -> String {
        fs::read_to_string(format!("/proc/{}/comm", self.id)).unwrap_or_default().trim().to_owned()
    }

    /// Seconds of processor time of the whole family so far, the system's share with it.
    pub(super) fn cpu_seconds(self) -> f64 {
        self.family().into_iter().filter_map(Self::own_ticks).sum::<f64>() / ticks_a_second()
    }

    /// Fields 14 and 15 of `stat` (proc(5)), counted after the name, which may hold anything.
    fn own_ticks(self) -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id)).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let ticks: Vec<f64> =
            fields.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
        (ticks.len() == 2).then(|| ticks.iter().sum())
    }

    /// Lets the highest resident set size begin anew from now (proc(5), `clear_refs`).
    pub(super) fn forget_peak(self) {
        // Where it is not allowed, the peak is that of the whole life, and only too high.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.id), "5");
    }

    /// A line of `status` in kibibytes: `VmRSS` is the resident set size, `VmHWM` its highest.
    pub(super) fn memory(self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Proportional set size in kibibytes: pages that are shared count by their share.
    pub(super) fn pss(self) -> Result<u64> {
        let path = format!("/proc/{}/smaps_rollup", self.id);
        let text = fs::read_to_string(&path).map_err(Error::io("reading", Path::new(&path)))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        Ok(line.split_whitespace().next().and_then(|value| value.parse().ok()).unwrap_or(0))
    }
}

/// The PSS of a whole family, in kibibytes.
pub(super) fn family_pss(process: Process) -> u64 {
    // One that has just ended has none.
    process.family().into_iter().filter_map(|one| one.pss().ok()).sum()
}

fn ticks_a_second() -> f64 {
    let said = Program::new("getconf").args(["CLK_TCK"]).text();
    said.and_then(|text| text.trim().parse().ok()).unwrap_or(100.0)
}
