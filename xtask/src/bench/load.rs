//! Requests a second, their latency, and processor time for each, by wrk.

use super::{definition, figures::quantile, process::Process, scene::Scene};
use crate::{
    error::{Error, Result},
    program::Program,
};

const CONNECTIONS: [u32; 3] = [1, 16, 64];
const ROUNDS: usize = 3;
const SECONDS: &str = "5s";

/// What is in front of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    Direct,
    ValetKey,
    Nginx,
}

impl Front {
    pub(super) const ALL: [Self; 3] = [Self::Direct, Self::ValetKey, Self::Nginx];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::ValetKey => "Valet Key",
            Self::Nginx => "nginx",
        }
    }
}

/// Medians of the rounds.
pub(super) struct Load {
    pub(super) front: Front,
    pub(super) connections: u32,
    pub(super) requests_a_second: f64,
    pub(super) p50_micros: f64,
    pub(super) p99_micros: f64,
    /// Microseconds of the front's own processes; nothing for direct requests.
    pub(super) cpu_micros: Option<f64>,
}

/// One round.
struct Round {
    front: Front,
    connections: u32,
    /// Requests a second, p50, p99, processor time.
    values: [f64; 4],
}

pub(super) fn measure(scene: &Scene) -> Result<Vec<Load>> {
    let mut rounds = Vec::new();
    for connections in CONNECTIONS {
        for _ in 0..ROUNDS {
            for front in Front::ALL {
                rounds.push(round(scene, front, connections)?);
            }
        }
    }
    let mut loads = Vec::new();
    for connections in CONNECTIONS {
        for front in Front::ALL {
            let of: Vec<&Round> =
                rounds.iter().filter(|r| r.front == front && r.connections == connections).collect();
            let median =
                |which: usize| quantile(&mut of.iter().map(|r| r.values[which]).collect::<Vec<_>>(), 0.5);
            loads.push(Load {
                front,
                connections,
                requests_a_second: median(0),
                p50_micros: median(1),
                p99_micros: median(2),
                cpu_micros: (front != Front::Direct).then(|| median(3)),
            });
        }
    }
    Ok(loads)
}

fn round(scene: &Scene, front: Front, connections: u32) -> Result<Round> {
    let (port, path, process) = match front {
        Front::Direct => (scene.upstream.port, definition::PATH.to_owned(), None),
        Front::ValetKey => (scene.served.port, Scene::gateway_path(), Some(scene.served.process)),
        Front::Nginx => (scene.proxy.port, definition::PATH.to_owned(), Some(scene.proxy.process())),
    };
    let cpu = |process: Option<Process>| process.map_or(0.0, Process::cpu_seconds);
    let before = cpu(process);
    let header = format!("Authorization: Bearer {}", scene.token);
    let url = format!("http://127.0.0.1:{port}{path}");
    let open = format!("-c{connections}");
    let words = ["-t1", &open, "-d", SECONDS, "--latency", "-H", &header, &url];
    let told = Program::new("wrk").args(words).text().unwrap_or_default();
    let spent = cpu(process) - before;
    let Some(result) = read(&told) else {
        return Err(Error::Needed { what: "A run of wrk without failed requests".to_owned(), hint: told });
    };
    let values =
        [result.requests_a_second, result.p50_micros, result.p99_micros, spent / result.requests * 1e6];
    println!(
        "  {:<9} {connections:>2} connections: {:>8.0} requests/s, p50 {:.0} µs, p99 {:.0} µs, {:.1} µs of processor",
        front.name(),
        values[0],
        values[1],
        values[2],
        values[3]
    );
    Ok(Round { front, connections, values })
}

/// What wrk says.
#[derive(Debug, PartialEq)]
struct Wrk {
    requests: f64,
    requests_a_second: f64,
    p50_micros: f64,
    p99_micros: f64,
}

/// Nothing where a request failed or was answered otherwise than by 2xx.
fn read(told: &str) -> Option<Wrk> {
    if told.contains("Non-2xx") || told.contains("Socket errors") {
        return None;
    }
    let after = |label: &str| {
        told.lines().find_map(|line| line.trim().strip_prefix(label)).map(|rest| rest.trim().to_owned())
    };
    let requests = told.lines().find_map(|line| line.trim().split_once(" requests in "))?.0;
    Some(Wrk {
        requests: requests.parse().ok()?,
        requests_a_second: after("Requests/sec:")?.parse().ok()?,
        p50_micros: micros(&after("50%")?)?,
        p99_micros: micros(&after("99%")?)?,
    })
}

/// `812.00us`, `1.20ms`, `1.03s`
fn micros(text: &str) -> Option<f64> {
    let (number, factor) = [("us", 1.0), ("ms", 1e3), ("s", 1e6)]
        .into_iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    number.parse::<f64>().ok().map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "  Latency Distribution\n     50%  812.00us\n     75%    1.00ms\n     99%    1.50ms\n  \
                        1000 requests in 5.00s, 1MB read\nRequests/sec:    200.00\nTransfer/sec:      1MB\n";

    #[test]
    fn what_wrk_says_is_read() {
        let expected =
            Wrk { requests: 1000.0, requests_a_second: 200.0, p50_micros: 812.0, p99_micros: 1500.0 };
        assert_eq!(read(TOLD), Some(expected));
    }

    #[test]
    fn a_run_with_failed_requests_is_no_result() {
        assert_eq!(read(&format!("{TOLD}  Non-2xx or 3xx responses: 3\n")), None);
        assert_eq!(read(&format!("{TOLD}  Socket errors: connect 0, read 1\n")), None);
        assert_eq!(read(""), None);
    }
}
