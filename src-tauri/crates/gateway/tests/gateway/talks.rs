//! Both sides speak by hand here, so that each step of a conversation comes when a test says so.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use valetkey_core::{
    time::Timestamp,
    token::{Status, Token},
};
use valetkey_testkit::{PolicyBuilder, RawClient, Recorder};

use crate::scene::{REST, Scene, refused};

/// More than all buffers between two programs hold.
const MUCH: usize = 96 * 1024 * 1024;
/// After so long without a byte taken, nobody takes any.
const STALLED: Duration = Duration::from_millis(500);

/// A gateway in front of a service that takes one connection, and a token for it.
struct Talk<T> {
    scene: Scene,
    record: Token,
    token: String,
    service: JoinHandle<T>,
}

impl<T: Send + 'static> Talk<T> {
    /// `speak` gets the connection when the head has been read, and the head.
    fn with(speak: impl FnOnce(&mut TcpStream, String) -> T + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let head = head(&mut stream);
            speak(&mut stream, head)
        });
        let definition =
            REST.replacen("\"permissions\"", "\"switches\": {\"upgrade\": true}, \"permissions\"", 1);
        let policy = PolicyBuilder::new().service("up", &url, &definition, None);
        let mut scene = Scene::with(Recorder::start(), policy);
        let (record, token) = scene.token("**");
        Self { scene, record, token, service }
    }

    /// A client that has sent `asked` and `more`, which is the rest of its headers and its body.
    fn ask(&self, asked: &str, more: &str) -> RawClient {
        let mut client = self.scene.connect();
        let request = format!("{asked} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{more}");
        client.send(self.scene.fill(&self.token, &request)).unwrap();
        client
    }

    fn revoke(&mut self) {
        let status = Status::Revoked { at: Timestamp::from_millis(5) };
        self.scene.policy.put(Token { status, ..self.record.clone() });
        self.scene.apply();
    }

    /// What the service returns at its end.
    fn end(self) -> T {
        self.service.join().unwrap()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    String::from_utf8(read).unwrap()
}

/// Writes the rest of `bytes` until nobody takes more; how much went.
fn write_until_stalled(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    stream.set_write_timeout(Some(STALLED)).unwrap();
    let mut went = 0;
    while went < bytes.len() {
        match stream.write(&bytes[went..]) {
            Ok(length) => went += length,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    stream.set_write_timeout(None).unwrap();
    went
}

/// Reads to the end of a chunked body; how many `x` were in it.
fn count_to_last_chunk(stream: &mut TcpStream) -> usize {
    let (mut part, mut count, mut end) = (vec![0; 1 << 20], 0, Vec::new());
    loop {
        let length = stream.read(&mut part).unwrap();
        assert!(length > 0, "the body broke off after {count}");
        count += memchr::memchr_iter(b'x', &part[..length]).count();
        end.extend(&part[length.saturating_sub(7)..length]);
        if end.ends_with(b"\r\n0\r\n\r\n") {
            return count;
        }
    }
}

/// A body of [`MUCH`] in one chunk.
fn much() -> Vec<u8> {
    [format!("{MUCH:x}\r\n").as_bytes(), &vec![b'x'; MUCH], b"\r\n0\r\n\r\n"].concat()
}

#[test]
fn a_chunked_upload_waits_for_a_service_that_does_not_read_and_then_arrives_whole() {
    let (go, gone) = mpsc::channel();
    let talk = Talk::with(move |stream, _| {
        gone.recv().unwrap();
        let count = count_to_last_chunk(stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        count
    });
    let mut client = TcpStream::connect(talk.scene.gateway.addresses()[0]).unwrap();
    let head = "POST /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.write_all(talk.scene.fill(&talk.token, head).as_bytes()).unwrap();
    let body = much();
    let went = write_until_stalled(&mut client, &body);
    assert!(went < MUCH, "somebody has taken it all");
    go.send(()).unwrap();
    client.write_all(&body[went..]).unwrap();
    assert!(self::head(&mut client).starts_with("HTTP/1.1 200 "));
    assert_eq!(talk.end(), MUCH);
}

#[test]
fn a_chunked_download_waits_for_a_client_that_does_not_read_and_then_arrives_whole() {
    let (stalled, stall) = mpsc::channel();
    let talk = Talk::with(move |stream, _| {
        let kind = "content-type: application/octet-stream\r\ntransfer-encoding: chunked";
        write!(stream, "HTTP/1.1 200 OK\r\n{kind}\r\n\r\n").unwrap();
        let body = much();
        let went = write_until_stalled(stream, &body);
        stalled.send(went).unwrap();
        stream.write_all(&body[went..]).unwrap();
    });
    let mut client = TcpStream::connect(talk.scene.gateway.addresses()[0]).unwrap();
    let head = "GET /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    client.write_all(talk.scene.fill(&talk.token, head).as_bytes()).unwrap();
    assert!(stall.recv().unwrap() < MUCH, "somebody has taken it all");
    self::head(&mut client);
    assert_eq!(count_to_last_chunk(&mut client), MUCH);
    talk.end();
}

#[test]
fn a_reply_that_comes_before_the_body_has_gone_is_passed_and_the_connection_ends() {
    let talk = Talk::with(|stream, _| {
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 8\r\n\r\ntoo much").unwrap();
        // Until the gateway gives the connection up.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.len()
    });
    let mut client = talk.ask("POST /up/a", "Content-Length: 1000000\r\n\r\nbeginning");
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (413, "too much"));
    // What comes late is neither forwarded nor taken for a request.
    client.send("GET /up/b HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(client.rest().unwrap(), b"");
    assert!(talk.end() <= "beginning".len());
}

#[test]
fn a_client_that_sends_all_of_its_body_before_it_reads_still_gets_the_early_reply() {
    let talk = Talk::with(|stream, _| {
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 8\r\n\r\ntoo much").unwrap();
    });
    let mut client = talk.ask("POST /up/a", &format!("Content-Length: {MUCH}\r\n\r\n"));
    client.send(vec![b'x'; MUCH]).unwrap();
    assert_eq!(client.answer(false).unwrap().text(), "too much");
    talk.end();
}

#[test]
fn a_client_that_has_said_all_still_gets_its_reply() {
    let (go, gone) = mpsc::channel();
    let talk = Talk::with(move |stream, _| {
        gone.recv().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").unwrap();
    });
    let mut client = talk.ask("GET /up/a", "\r\n");
    client.finish().unwrap();
    go.send(()).unwrap();
    assert_eq!(client.answer(false).unwrap().text(), "hello");
    assert_eq!(client.rest().unwrap(), b"");
    talk.end();
}

#[test]
fn early_hints_and_what_nobody_waits_for_are_dropped() {
    let talk = Talk::with(|stream, _| {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n";
        write!(stream, "{interim}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
    });
    let mut client = talk.ask("GET /up/a", "Connection: close\r\n\r\n");
    let reply = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n") && !reply.contains("link"), "{reply}");
    talk.end();
}

#[test]
fn a_client_that_waits_for_100_before_chunks_gets_it_from_us_and_the_services_own_is_dropped() {
    let talk = Talk::with(|stream, head| {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        let count = count_to_last_chunk(stream);
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").unwrap();
        (head, count)
    });
    let more = "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
    let mut client = talk.ask("POST /up/a", more);
    assert_eq!(client.answer(false).unwrap().status, 100);
    client.send("3\r\nxxx\r\n0\r\n\r\n").unwrap();
    assert_eq!(client.answer(false).unwrap().status, 201);
    let (head, count) = talk.end();
    assert!(!head.to_lowercase().contains("expect"), "{head}");
    assert_eq!(count, 3);
}

#[test]
fn trailers_of_a_reply_are_dropped_and_those_of_a_request_refused() {
    let talk = Talk::with(|stream, _| {
        let head = "HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n";
        write!(stream, "{head}2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n").unwrap();
    });
    let mut client = talk.ask("GET /up/a", "Connection: close\r\n\r\n");
    let reply = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(reply.ends_with("2\r\nok\r\n0\r\n\r\n") && !reply.contains("x-sum"), "{reply}");

    let more = "Transfer-Encoding: chunked\r\n\r\n0\r\nx-sum: 1\r\n\r\n";
    let answer = talk.ask("POST /up/a", more).answer(false).unwrap();
    assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"));
    let answer = talk.ask("POST /up/a", &format!("Trailer: x-sum\r\n{more}")).answer(false).unwrap();
    assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"));
    talk.end();
}

#[test]
fn each_event_goes_on_without_waiting_for_the_next() {
    let (go, gone) = mpsc::channel();
    let talk = Talk::with(move |stream, _| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for event in 1..4 {
            write!(stream, "9\r\ndata: {event}\n\n\r\n").unwrap();
            gone.recv().unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let mut client = talk.ask("GET /up/a", "\r\n");
    while !client.line().unwrap().is_empty() {}
    for event in 1..4 {
        // Its end may follow in a chunk of its own: it is looked at whether an echoed credential begins there.
        let mut text = String::new();
        while !text.ends_with("\n\n") {
            client.line().unwrap();
            text.push_str(&client.line().unwrap());
        }
        assert_eq!(text, format!("data: {event}\n\n"));
        go.send(()).unwrap();
    }
    assert_eq!(client.line().unwrap(), "0");
    talk.end();
}

#[test]
fn frames_of_a_websocket_go_both_ways_and_end_with_the_token() {
    let (arrived, arrival) = mpsc::channel();
    let mut talk = Talk::with(move |stream, head| {
        let accept =
            "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        write!(stream, "HTTP/1.1 101 Switching Protocols\r\n{accept}\r\n\r\n").unwrap();
        // An unmasked "Hello", as it is in RFC 6455 §5.7.
        stream.write_all(b"\x81\x05Hello").unwrap();
        let mut frame = [0; 11];
        stream.read_exact(&mut frame).unwrap();
        arrived.send(()).unwrap();
        let more = stream.read(&mut [0; 1]).unwrap_or(0);
        (head, frame, more)
    });
    let more = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut client = talk.ask("GET /up/ws", more);
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, answer.value("upgrade")), (101, Some("websocket")));
    assert_eq!(answer.value("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(client.exactly(7).unwrap(), b"\x81\x05Hello");
    let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    client.send(masked).unwrap();
    arrival.recv().unwrap();
    talk.revoke();
    assert_eq!(client.rest().unwrap(), b"");
    let (head, frame, more) = talk.end();
    assert!(head.to_lowercase().contains("sec-websocket-key: dghlihnhbxbszsbub25jzq==\r\n"), "{head}");
    assert_eq!((&frame, more), (masked, 0));
}

#[test]
fn ranges_and_conditions_pass_both_ways_and_the_connection_stays() {
    let upstream = Recorder::scripted(Arc::new(|request, stream| {
        if request.values("range") == ["bytes=2-4"] && request.values("if-range") == ["\"v1\""] {
            let fields = "content-range: bytes 2-4/10\r\netag: \"v1\"\r\ncontent-length: 3";
            write!(stream, "HTTP/1.1 206 Partial Content\r\n{fields}\r\n\r\ncde")?;
        } else if request.values("if-none-match") == ["\"v1\""] {
            write!(stream, "HTTP/1.1 304 Not Modified\r\netag: \"v1\"\r\ncontent-length: 10\r\n\r\n")?;
        } else {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
        }
        Ok(true)
    }));
    let mut scene = Scene::of(upstream, "", REST, None);
    let (_, token) = scene.token("**");
    let mut client = scene.connect();
    let mut ask = |more: &str| {
        let head = format!("GET /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{more}\r\n");
        client.send(scene.fill(&token, &head)).unwrap();
        client.answer(false).unwrap()
    };
    let part = ask("Range: bytes=2-4\r\nIf-Range: \"v1\"\r\n");
    assert_eq!((part.status, part.text().as_str()), (206, "cde"));
    assert_eq!(part.value("content-range"), Some("bytes 2-4/10"));
    let same = ask("If-None-Match: \"v1\"\r\n");
    assert_eq!((same.status, same.value("etag")), (304, Some("\"v1\"")));
    assert_eq!(ask("").text(), "ok");
    assert_eq!(scene.upstream.connections(), 1);
}

#[test]
fn a_reply_that_breaks_off_within_its_head_is_not_asked_for_again() {
    let upstream = Recorder::scripted(Arc::new(|request, stream| {
        if request.line().starts_with("GET /broken ") {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconte")?;
            return Ok(false);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
        Ok(true)
    }));
    let mut scene = Scene::of(upstream, "", REST, None);
    let (_, token) = scene.token("**");
    let mut client = scene.connect();
    let mut ask = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
        client.send(scene.fill(&token, &head)).unwrap();
        client.answer(false).unwrap().status
    };
    assert_eq!((ask("/up/whole"), ask("/up/broken")), (200, 502));
    assert_eq!(scene.upstream.requests().len(), 2);
}

#[test]
fn a_post_never_meets_a_kept_connection_that_the_service_has_closed() {
    // Closed without having said so, each time; a POST could not be sent once more.
    let upstream = Recorder::scripted(Arc::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
        Ok(false)
    }));
    let mut scene = Scene::of(upstream, "", REST, None);
    let (_, token) = scene.token("**");
    let mut client = scene.connect();
    for round in 1..=100 {
        let head = "POST /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 5\r\n\r\nhello";
        client.send(scene.fill(&token, head)).unwrap();
        assert_eq!(client.answer(false).unwrap().status, 200, "{round}");
        assert!(scene.upstream.wait_until(|_, closed| closed == round));
    }
}
