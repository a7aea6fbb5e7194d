//! Instructions, by `perf stat`. Many virtual machines have no counters for them; then there is no figure.

use std::process::{Child, Stdio};

use super::process::Process;
use crate::program::Program;

/// A `perf stat` that watches a process and its children.
pub(super) struct Counters(Child);

impl Counters {
    pub(super) fn start(process: Process) -> Option<Self> {
        let ids: Vec<String> = process.family().iter().map(|one| one.id.to_string()).collect();
        let mut command = Program::new("perf")
            .args(["stat", "-x", ",", "-e", "instructions:u,instructions:k", "-p", &ids.join(",")])
            .into_command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok().map(Self)
    }

    /// All instructions since the start, the system's with them.
    pub(super) fn end(self) -> Option<f64> {
        let _ = Program::new("kill").args(["-INT", &self.0.id().to_string()]).text();
        let output = self.0.wait_with_output().ok()?;
        let told = String::from_utf8_lossy(&output.stderr);
        let counts: Option<Vec<f64>> =
            told.lines().filter(|line| line.contains("instructions")).map(counted).collect();
        counts.filter(|counts| !counts.is_empty()).map(|counts| counts.iter().sum())
    }
}

/// The first field; `None` where it says that this is not supported.
fn counted(line: &str) -> Option<f64> {
    line.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_counters_gives_no_figure() {
        assert_eq!(counted("<not supported>,,instructions:u,0,100.00,,"), None);
        assert_eq!(counted("1200,,instructions:u,5000,100.00,,"), Some(1200.0));
    }
}
