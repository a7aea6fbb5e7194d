//! Clients that wait to be asked for their body, and those that never send it.

use std::time::Duration;

use valetkey_testkit::RawClient;

use super::{CHUNKED, Framed, request, scene};
use crate::scene::{Scene, refused};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// A head that expects 100, for a body of this length.
fn expecting(scene: &Scene, token: &str, line: &str, fields: &str, framing: &str) -> RawClient {
    let (method, path) = line.split_once(' ').unwrap();
    let head = format!(
        "{method} /up{path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nExpect: 100-continue\r\n{fields}{framing}\r\n"
    );
    let mut client = scene.connect();
    client.send(scene.fill(token, &head)).unwrap();
    client
}

#[test]
fn a_client_is_asked_for_its_body_once_the_head_is_judged() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let body = r#"{"operation":"upload"}"#;
    let framing = format!("Content-Length: {}\r\n", body.len());
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (line, fields) in [
        ("POST /form", FORM),
        ("POST /form", JSON),
        ("POST /form", "Content-Type: application/octet-stream\r\n"),
        ("POST /acme/site/batch", JSON),
    ] {
        for (framing, bytes) in [(framing.as_str(), body), (CHUNKED, &chunked)] {
            let mut client = expecting(&scene, &token, line, fields, framing);
            assert_eq!(client.answer(false).unwrap().status, 100, "{line} {fields} {framing}");
            client.send(bytes).unwrap();
            assert_eq!(client.answer(false).unwrap().status, 200, "{line} {fields} {framing}: and once only");
            let arrived = scene.upstream.requests().pop().unwrap();
            assert_eq!((arrived.body.as_slice(), arrived.values("expect").len()), (body.as_bytes(), 0));
        }
    }
}

#[test]
fn nobody_is_asked_for_the_body_of_a_head_that_is_refused() {
    let mut scene = scene();
    let (_, reader) = scene.token("up:global:profile");
    let (_, full) = scene.token("**");
    let wrong = "vkey_wrong".to_owned();
    for (token, line, fields, status) in [
        (&wrong, "POST /form", FORM, 401),
        (&reader, "POST /form", FORM, 403),
        (&reader, "POST /nowhere", JSON, 403),
        (&full, "POST /form?_method=delete", FORM, 400),
        (&full, "POST /form", "", 400),
        (&full, "POST /form", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", 400),
        (&full, "POST /form", "Content-Type: multipart/mixed; boundary=b\r\n", 400),
        (&reader, "POST /graphql", FORM, 400),
        (&reader, "POST /acme/site/batch", FORM, 400),
        (&reader, "GET /form", JSON, 403),
        (&full, "GET /form", JSON, 400),
    ] {
        for framing in ["Content-Length: 9\r\n", CHUNKED] {
            let mut client = expecting(&scene, token, line, fields, framing);
            let everything = String::from_utf8(client.rest().unwrap()).unwrap();
            assert!(everything.starts_with(&format!("HTTP/1.1 {status} ")), "{line} {fields}: {everything}");
            assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{line} {fields}: {everything}");
        }
    }
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn a_body_that_breaks_off_goes_nowhere() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    for (line, fields) in [("POST /form", FORM), ("POST /acme/site/batch", JSON)] {
        for framed in Framed::ALL {
            let bytes = request(&scene, &token, line, fields, framed, br#"{"operation":"upload"}"#);
            let mut client = scene.connect();
            client.send(&bytes[..bytes.len() - 1]).unwrap();
            client.finish().unwrap();
            let answer = client.answer(false).unwrap();
            assert_eq!((answer.status, refused(&answer)), (408, "invalid_request"), "{line} {framed:?}");
        }
    }
    assert_eq!(scene.upstream.connections(), 0);
    assert!(scene.log.entries().iter().all(|entry| entry.operation.starts_with("POST /")));
}

/// Takes the ten seconds that a client is given.
#[test]
fn a_client_that_never_sends_its_body_is_told_so_and_let_go() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let mut clients = Vec::new();
    for (line, fields) in [("POST /form", FORM), ("POST /form", JSON), ("POST /acme/site/batch", JSON)] {
        for framed in [Framed::Length, Framed::ONE_CHUNK] {
            let bytes = request(&scene, &token, line, fields, framed, br#"{"operation":"upload"}"#);
            let mut client = scene.connect();
            client.be_patient(Duration::from_secs(20)).unwrap();
            client.send(&bytes[..bytes.len() - 9]).unwrap();
            clients.push((line, framed, client));
        }
    }
    for (line, framed, mut client) in clients {
        let answer = client.answer(false).unwrap();
        assert_eq!((answer.status, refused(&answer)), (408, "invalid_request"), "{line} {framed:?}");
        assert_eq!(answer.value("connection"), Some("close"));
        assert_eq!(client.rest().unwrap(), b"");
    }
    assert_eq!(scene.upstream.connections(), 0);
}
