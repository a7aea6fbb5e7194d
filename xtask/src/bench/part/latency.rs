//! One request at a time over one connection that stays open.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::{
    bench::{
        control::Control,
        definition,
        figures::quantile,
        front::{Behind, Front},
        json::Json,
        scene::Scene,
    },
    error::{Error, Result},
};

/// Requests whose records are counted.
const COUNTED: usize = 10_000;
/// Time for the last record to be written.
const WRITTEN: Duration = Duration::from_secs(10);

/// A connection that asks the same thing again and again.
pub(in crate::bench) struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    reply: Vec<u8>,
}

/// p50 and p99 directly and through each front, in turns.
pub(in crate::bench) fn measure(scene: &Scene) -> Result<Json> {
    let failed = |source| Error::Io { doing: "measuring latency".to_owned(), source };
    let (turns, requests) = scene.pace.pick((5, 500), (10, 2_000));
    let mut fronts = Vec::new();
    for front in Front::ALL {
        let Some(target) = scene.target(front, Behind::Small) else { continue };
        let path = target.path(definition::PATH);
        let client = Client::connect(target.port, &path, target.token).map_err(failed)?;
        fronts.push((front, client, Vec::new()));
    }
    for turn in 0..=turns {
        for (_, client, micros) in &mut fronts {
            let more = timed(client, requests).map_err(failed)?;
            if turn > 0 {
                micros.extend(more);
            }
        }
    }
    let direct = fronts.first().map(|(_, _, micros)| micros.clone()).unwrap_or_default();
    let rows = fronts.iter_mut().map(|(front, _, micros)| row(*front, micros, &mut direct.clone())).collect();
    let records = records(scene)?;
    Ok(Json::object([
        ("requests", Json::from(turns * requests)),
        ("rows", Json::List(rows)),
        ("records", records),
    ]))
}

fn row(front: Front, micros: &mut [f64], direct: &mut [f64]) -> Json {
    let mut at = |share: f64| (quantile(micros, share), quantile(direct, share));
    let (p50, p99) = (at(0.5), at(0.99));
    println!("  {:<11} p50 {:.1} µs, p99 {:.1} µs", front.name(), p50.0, p99.0);
    Json::object([
        ("front", front.name().into()),
        ("p50_micros", p50.0.into()),
        ("p99_micros", p99.0.into()),
        ("added_p50_micros", (p50.0 - p50.1).into()),
        ("added_p99_micros", (p99.0 - p99.1).into()),
    ])
}

/// Counts the rows of a known number of requests, one by one.
fn records(scene: &Scene) -> Result<Json> {
    let failed = |source| Error::Io { doing: "making requests".to_owned(), source };
    let Some(target) = scene.target(Front::ValetKey, Behind::Small) else { return Ok(Json::Null) };
    let mut control = Control::connect(&scene.vk.profile)?;
    let before = control.newest()?;
    let path = target.path(definition::PATH);
    let mut client = Client::connect(target.port, &path, target.token).map_err(failed)?;
    timed(&mut client, COUNTED).map_err(failed)?;
    let start = Instant::now();
    let mut records = control.records_after(before)?;
    while records < COUNTED && start.elapsed() < WRITTEN {
        records = control.records_after(before)?;
    }
    println!("  {COUNTED} requests, {records} records");
    Ok(Json::object([("requests", COUNTED.into()), ("records", records.into())]))
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
    pub(in crate::bench) fn connect(port: u16, path: &str, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Ok(Self { stream, request: request.into_bytes(), reply: Vec::new() })
    }

    /// The status of one answer, read to its end.
    pub(in crate::bench) fn ask(&mut self) -> io::Result<u16> {
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
