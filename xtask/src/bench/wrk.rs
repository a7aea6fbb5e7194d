//! wrk with one thread: as many requests as it can make over a number of connections.

use std::{fs, path::PathBuf, process::Stdio, time::Duration};

use super::pause::pause;
use crate::{
    error::{Error, Result},
    program::Program,
};

/// wrk's own page of figures stops at the 99th percentile and rounds; its script interface does not.
const SCRIPT: &str = r#"done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("bench %d %d %d %d %d %d %.1f %.1f %.1f\n", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write, e.status, e.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
"#;

/// The program with its script.
pub(super) struct Wrk {
    script: PathBuf,
}

/// What one run gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) requests: f64,
    pub(super) seconds: f64,
    /// What came back, heads with it.
    pub(super) bytes: f64,
    /// Requests that failed, were answered otherwise than by 2xx or 3xx, or took more than two seconds.
    pub(super) errors: f64,
    /// p50, p99, p99.9.
    pub(super) micros: [f64; 3],
}

impl Wrk {
    pub(super) fn new(folder: &std::path::Path) -> Result<Self> {
        let script = folder.join("figures.lua");
        fs::write(&script, SCRIPT).map_err(Error::io("writing", &script))?;
        Ok(Self { script })
    }

    /// Runs for this long; `during` is asked once, when two thirds of that are over.
    pub(super) fn run<T>(
        &self,
        url: &str,
        token: &str,
        connections: u32,
        seconds: u32,
        during: impl FnOnce() -> T,
    ) -> Result<(Run, T)> {
        let failed = |source| Error::Io { doing: "could not run wrk".to_owned(), source };
        let mut command = Program::new("wrk")
            .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), "-s"])
            .args([&self.script])
            .args(["-H", &format!("Authorization: Bearer {token}"), url])
            .into_command();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        pause(Duration::from_secs(seconds.into()) * 2 / 3);
        let seen = during();
        let output = child.wait_with_output().map_err(failed)?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        match read(&told) {
            Some(run) => Ok((run, seen)),
            None => Err(Error::Needed { what: "A run of wrk".to_owned(), hint: told }),
        }
    }
}

impl Run {
    pub(super) fn requests_a_second(&self) -> f64 {
        self.requests / self.seconds
    }
}

fn read(told: &str) -> Option<Run> {
    let line = told.lines().find_map(|line| line.strip_prefix("bench "))?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [requests, micros, bytes, failed, refused, slow, p50, p99, p999] = numbers[..] else { return None };
    let errors = failed + refused + slow;
    (requests > 0.0).then_some(Run {
        requests,
        seconds: micros / 1e6,
        bytes,
        errors,
        micros: [p50, p99, p999],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read() {
        let told = "Running 5s test\nbench 1000 5000000 70000 1 2 3 812.0 1500.0 2100.5\n";
        let run = read(told).unwrap();
        assert!((run.requests_a_second() - 200.0).abs() < f64::EPSILON);
        assert!((run.errors - 6.0).abs() < f64::EPSILON);
        assert!(run.micros[2] > 2100.0, "the last is p99.9: {run:?}");
    }

    #[test]
    fn a_run_without_an_answer_is_no_result() {
        assert_eq!(read("bench 0 5000000 0 1 2 3 0.0 0.0 0.0\n"), None);
        assert_eq!(read(""), None);
    }
}
