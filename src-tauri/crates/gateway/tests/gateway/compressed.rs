//! Replies that a service compressed: passed as they are, and searched all the same.

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex, mpsc},
};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use valetkey_core::activity::Ending;
use valetkey_testkit::{Answer, MASTER, RawClient, Recorder};

use crate::scene::{REST, Scene, refused};

const REQUEST: &str =
    "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nAccept-Encoding: gzip, br\r\n\r\n";

fn rest(upstream: Recorder) -> (Scene, String) {
    let mut scene = Scene::of(upstream, "", REST, None);
    let (_, token) = scene.token("up:global:read");
    (scene, token)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    blocks(&[text]).concat()
}

/// One gzip body in parts that can each be decoded when they come.
fn blocks(texts: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut blocks = Vec::new();
    for text in texts {
        encoder.write_all(text).unwrap();
        encoder.flush().unwrap();
        blocks.push(std::mem::take(encoder.get_mut()));
    }
    blocks.last_mut().unwrap().extend(encoder.finish().unwrap());
    blocks
}

/// Decodes as far as it goes.
fn decoded(compressed: &[u8]) -> String {
    let mut text = Vec::new();
    // A body that was cut ends in an error, behind all that could be decoded.
    let _ = MultiGzDecoder::new(compressed).read_to_end(&mut text);
    String::from_utf8(text).unwrap()
}

fn reply(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\netag: \"abc\"\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A service that sends `parts` as chunks, each after the first only when the other end has been told to go on.
fn in_steps(kind: &'static str, parts: Vec<Vec<u8>>) -> (Recorder, mpsc::Sender<()>) {
    let (go_on, steps) = mpsc::channel();
    let steps = Mutex::new(steps);
    let upstream = Recorder::scripted(Arc::new(move |_, stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n"
        )?;
        for (place, part) in parts.iter().enumerate() {
            if place > 0 && steps.lock().unwrap().recv().is_err() {
                return Ok(false);
            }
            let size = format!("{:x}\r\n", part.len());
            stream.write_all(&[size.as_bytes(), part, b"\r\n"].concat())?;
        }
        stream.write_all(b"0\r\n\r\n")?;
        Ok(true)
    }));
    (upstream, go_on)
}

fn open(scene: &Scene, token: &str) -> RawClient {
    let mut client = scene.connect();
    client.send(scene.fill(token, REQUEST)).unwrap();
    client
}

fn head(client: &mut RawClient) {
    while !client.line().unwrap().is_empty() {}
}

fn chunk(client: &mut RawClient) -> Vec<u8> {
    let size = usize::from_str_radix(&client.line().unwrap(), 16).unwrap();
    let data = client.exactly(size).unwrap();
    client.exactly(2).unwrap();
    data
}

/// The data of the chunks that came whole.
fn chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        let Some(chunk) = bytes.get(end + 2..end + 2 + size) else { break };
        data.extend(chunk);
        bytes = bytes.get(end + 4 + size..).unwrap_or_default();
    }
    data
}

/// Text that hardly gets smaller.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let digit = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_digit(u32::try_from(state >> 60).unwrap(), 16).unwrap()
    };
    (0..length).map(digit).collect()
}

fn gets(answer: &Answer, body: &[u8]) {
    assert_eq!((answer.status, answer.body.as_slice()), (200, body), "{}", answer.head);
    assert_eq!(answer.value("content-length"), Some(body.len().to_string().as_str()));
    assert_eq!((answer.value("content-encoding"), answer.value("etag")), (Some("gzip"), Some("\"abc\"")));
}

#[test]
fn a_gzip_reply_passes_byte_for_byte() {
    for text in [noise(20), noise(300_000), "a".repeat(30_000_000)] {
        let body = gzip(text.as_bytes());
        let (scene, token) = rest(Recorder::answering(reply(&body)));
        let mut client = open(&scene, &token);
        gets(&client.answer(false).unwrap(), &body);
        client.send(scene.fill(&token, REQUEST)).unwrap();
        gets(&client.answer(false).unwrap(), &body);
        assert_eq!(scene.upstream.connections(), 1);
        assert_eq!(scene.log.closing(0).received, body.len() as u64);
    }
    let members = [gzip(b"one"), gzip(b""), gzip(b"two")].concat();
    let (scene, token) = rest(Recorder::answering(reply(&members)));
    gets(&scene.raw(&token, REQUEST), &members);
}

#[test]
fn gzip_is_asked_for_where_the_client_reads_it_and_the_whole_is_meant() {
    for (fields, asked) in [
        ("Accept-Encoding: gzip, deflate, br, zstd", "gzip"),
        ("Accept-Encoding: br", "identity"),
        ("Accept-Encoding: gzip;q=0, *", "identity"),
        ("Accept-Encoding: gzip\r\nRange: bytes=0-99", "identity"),
        ("Accept: */*", "identity"),
    ] {
        let (scene, token) = rest(Recorder::start());
        let request =
            format!("GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{fields}\r\n\r\n");
        assert_eq!(scene.raw(&token, &request).text(), "ok");
        assert_eq!(scene.upstream.requests()[0].values("accept-encoding"), [asked], "{fields}");
    }
}

#[test]
fn row_24_an_echo_in_a_small_gzip_reply_is_a_502() {
    let body = gzip(format!("{{\"authorization\":\"Bearer {MASTER}\"}}").as_bytes());
    let (scene, token) = rest(Recorder::answering(reply(&body)));
    let answer = scene.raw(&token, REQUEST);
    assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"));
    assert!(answer.text().contains("credential") && !answer.text().contains(MASTER), "{}", answer.text());
    let closing = scene.log.closing(0);
    assert_eq!((closing.ending, closing.status, closing.received), (Ending::UpstreamFailed, 502, 0));
}

#[test]
fn row_24_an_echo_late_in_a_gzip_reply_tears_it() {
    let (before, after) = (noise(100_000), format!("{MASTER}{}", noise(1000)));
    let (upstream, go_on) =
        in_steps("text/plain", blocks(&[before.as_bytes(), after.as_bytes(), b"the end"]));
    let (scene, token) = rest(upstream);
    let mut client = open(&scene, &token);
    head(&mut client);
    let mut received = Vec::new();
    while decoded(&received).len() < before.len() {
        received.extend(chunk(&mut client));
    }
    go_on.send(()).unwrap();
    received.extend(chunks(&client.rest().unwrap()));
    assert_eq!(decoded(&received), before);
    let closing = scene.log.closing(0);
    assert_eq!((closing.ending, closing.status), (Ending::UpstreamFailed, 200));
}

#[test]
fn row_24_an_echo_in_two_gzip_blocks_never_arrives_whole() {
    // Of so little a stream is not kept waiting; of more nothing arrives at all.
    for (begun, arrives) in [(3, true), (10, false)] {
        let (first, second) = MASTER.split_at(begun);
        let first = format!("data: {first}");
        let (upstream, go_on) =
            in_steps("text/event-stream", blocks(&[first.as_bytes(), second.as_bytes(), b"\n\n"]));
        let (scene, token) = rest(upstream);
        let mut client = open(&scene, &token);
        head(&mut client);
        let mut received = if arrives { chunk(&mut client) } else { Vec::new() };
        go_on.send(()).unwrap();
        received.extend(chunks(&client.rest().unwrap()));
        assert_eq!(decoded(&received), if arrives { first } else { String::new() });
        assert_eq!(scene.log.closing(0).ending, Ending::UpstreamFailed);
    }
}

#[test]
fn a_flushed_event_of_a_gzip_stream_is_passed_before_the_next_one_is_made() {
    let events: Vec<_> = (0..5).map(|number| format!("data: {number}\n\n")).collect();
    let texts: Vec<_> = events.iter().map(String::as_bytes).collect();
    let (upstream, go_on) = in_steps("text/event-stream", blocks(&texts));
    let (scene, token) = rest(upstream);
    let mut client = open(&scene, &token);
    head(&mut client);
    let mut received = Vec::new();
    for count in 1..=events.len() {
        received.extend(chunk(&mut client));
        assert_eq!(decoded(&received), events[..count].concat());
        if count < events.len() {
            go_on.send(()).unwrap();
        }
    }
    assert_eq!(client.line().unwrap(), "0");
}

#[test]
fn damaged_gzip_is_a_502() {
    let mut wrong_sum = gzip(b"text");
    let place = wrong_sum.len() - 8;
    wrong_sum[place] ^= 1;
    for body in [b"no gzip at all".to_vec(), [gzip(b"text"), b"and more".to_vec()].concat(), wrong_sum] {
        let (scene, token) = rest(Recorder::answering(reply(&body)));
        let answer = scene.raw(&token, REQUEST);
        assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"));
    }
}

#[test]
fn compressed_replies_without_a_body_or_of_other_types_pass_untouched() {
    for reply in [
        "HTTP/1.1 304 Not Modified\r\ncontent-encoding: gzip\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: image/svg\r\ncontent-length: 3\r\n\r\nabc",
    ] {
        let (scene, token) = rest(Recorder::answering(reply));
        let answer = scene.raw(&token, REQUEST);
        assert_eq!(answer.status.to_string(), reply[9..12], "{reply}");
        assert_eq!(answer.value("content-encoding"), Some("gzip"), "{reply}");
    }
    let (scene, token) =
        rest(Recorder::answering("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n"));
    let mut client = scene.connect();
    client.send(scene.fill(&token, &REQUEST.replace("GET", "HEAD"))).unwrap();
    assert_eq!(client.answer(true).unwrap().value("content-length"), Some("99"));
}
