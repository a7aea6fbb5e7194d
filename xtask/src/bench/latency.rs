//! One request at a time over one connection that stays open.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::{control::Control, definition, figures::quantile, scene::Scene};
use crate::error::{Error, Result};

const ROUNDS: usize = 10;
const REQUESTS: usize = 2_000;
/// Requests whose records are counted.
const COUNTED: usize = 10_000;
/// Time for the last record to be written.
const WRITTEN: Duration = Duration::from_secs(10);

/// Microseconds of a request, directly and through the gateway.
pub(super) struct Added {
    pub(super) direct: [f64; 2],
    pub(super) gateway: [f64; 2],
}

/// Requests made, and records of them.
pub(super) struct Records {
    pub(super) requests: usize,
    pub(super) records: usize,
}

/// A connection that asks the same thing again and again.
pub(super) struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    reply: Vec<u8>,
}

/// p50 and p99 of both, in turns.
pub(super) fn measure(scene: &Scene) -> Result<Added> {
    let failed = |source| Error::Io { doing: "measuring latency".to_owned(), source };
    let mut direct = Client::connect(scene.upstream.port, definition::PATH, &scene.token).map_err(failed)?;
    let mut gateway =
        Client::connect(scene.served.port, &Scene::gateway_path(), &scene.token).map_err(failed)?;
    let (mut directly, mut through) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        directly.extend(timed(&mut direct, REQUESTS).map_err(failed)?);
        through.extend(timed(&mut gateway, REQUESTS).map_err(failed)?);
    }
    let both = |values: &mut [f64]| [quantile(values, 0.5), quantile(values, 0.99)];
    let added = Added { direct: both(&mut directly), gateway: both(&mut through) };
    println!("  p50 and p99 in µs: direct {:.1?}, gateway {:.1?}", added.direct, added.gateway);
    Ok(added)
}

/// Counts the records of a known number of requests.
pub(super) fn records(scene: &Scene) -> Result<Records> {
    let failed = |source| Error::Io { doing: "making requests".to_owned(), source };
    let mut control = Control::connect(&scene.vk.profile)?;
    let before = control.newest()?;
    let mut client =
        Client::connect(scene.served.port, &Scene::gateway_path(), &scene.token).map_err(failed)?;
    timed(&mut client, COUNTED).map_err(failed)?;
    let start = Instant::now();
    let mut records = control.records_after(before)?;
    while records < COUNTED && start.elapsed() < WRITTEN {
        records = control.records_after(before)?;
    }
    println!("  {COUNTED} requests, {records} records");
    Ok(Records { requests: COUNTED, records })
}

fn timed(client: &mut Client, requests: usize) -> io::Result<Vec<f64>> {
    (0..requests)
        .map(|_| {
            let start = Instant::now();
            match client.ask()? {
                200 => Ok(start.elapsed().as_secs_f64() * 1e6),
                status => Err(io::Error::other(format!("answered with {status}"))),
            }
        })
        .collect()
}

impl Client {
    pub(super) fn connect(port: u16, path: &str, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Ok(Self { stream, request: request.into_bytes(), reply: Vec::new() })
    }

    /// The status of one answer, read to its end.
    pub(super) fn ask(&mut self) -> io::Result<u16> {
        self.stream.write_all(&self.request)?;
        self.reply.clear();
        let mut part = [0; 4096];
        loop {
            let read = self.stream.read(&mut part)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.reply.extend_from_slice(&part[..read]);
            if let Some(status) = whole(&self.reply) {
                return Ok(status);
            }
        }
    }
}

/// The status, once head and body are there.
fn whole(reply: &[u8]) -> Option<u16> {
    let end = reply.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&reply[..end]).ok()?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())?;
    (reply.len() >= end + length).then(|| head.get(9..12)?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_body() {
        assert_eq!(whole(b"HTTP/1.1 401 X\r\nContent-Length: 2\r\n\r\no"), None);
        assert_eq!(whole(b"HTTP/1.1 401 X\r\nContent-Length: 2\r\n\r\nok"), Some(401));
    }
}
