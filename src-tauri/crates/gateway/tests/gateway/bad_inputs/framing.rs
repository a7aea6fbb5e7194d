//! Messages whose end can be read in two ways, upgrades, and refusals in the middle of a body.

use valetkey_testkit::Recorder;

use super::{GRANTS, none_arrives};
use crate::scene::{DEFINITION, Scene, refused};

#[test]
fn row_14_lengths_that_can_be_read_in_two_ways() {
    let requests: Vec<String> = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: +5",
        "Content-Length: 005",
        "Content-Length: 5,5",
        "Content-Length: 0x5",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 18446744073709551616",
        "Content-Length: -1",
        "Content-Length:",
    ]
    .iter()
    .map(|fields| {
        format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH{fields}\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    })
    .collect();
    none_arrives(400, &requests.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn row_14_after_a_framing_error_the_connection_ends_and_the_rest_is_never_parsed() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let hidden =
        scene.fill(&token, "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    let length = hidden.len() + 5;
    let request = scene.fill(
        &token,
        &format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    );
    let mut client = scene.connect();
    client.send(request).unwrap();
    let everything = String::from_utf8(client.rest().unwrap()).unwrap();
    assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{everything}");
    assert!(everything.to_lowercase().contains("connection: close"));
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn row_15_transfer_encodings_other_than_chunked() {
    let requests: Vec<String> = [
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding:\r\n",
    ]
    .iter()
    .map(|fields| format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH{fields}\r\n\r\n0\r\n\r\n"))
    .collect();
    none_arrives(400, &requests.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn row_16_http_1_0_has_no_body() {
    none_arrives(
        400,
        &[
            "POST /up/allowed HTTP/1.0\r\nHost: HOST\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /up/allowed HTTP/1.0\r\nHost: HOST\r\nAUTHContent-Length: 2\r\n\r\nhi",
        ],
    );
}

#[test]
fn row_17_chunks_that_can_be_read_in_two_ways() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:global:change");
    for chunk in [
        "+3\r\nabc",
        "-1\r\n",
        "11111111111111111\r\n",
        "0x3\r\nabc",
        "3 \r\nabc",
        "3\nabc",
        " 3\r\nabc",
        "g\r\n",
        "\r\n3\r\nabc",
        "3;a=b\r\nabc",
        "0\r\nTrailer: x\r\n\r\n",
    ] {
        let request = format!(
            "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}\r\n0\r\n\r\n"
        );
        let answer = scene.raw(&token, &request);
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{chunk:?}");
    }
    let long = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(9000));
    let request = format!(
        "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n{long}"
    );
    assert_eq!(scene.raw(&token, &request).status, 400);
    assert_eq!(scene.upstream.bytes(), b"", "a byte reached the service");
}

#[test]
fn row_17_a_later_malformed_chunk_never_completes_the_request() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:global:change");
    let request = "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n+3\r\ndef\r\n0\r\n\r\n";
    let answer = scene.raw(&token, request);
    assert_eq!(answer.status, 400);
    assert!(scene.upstream.wait_until(|_, closed| closed == 1));
    assert!(scene.upstream.requests().is_empty(), "the service was given a whole request");
}

#[test]
fn row_18_what_follows_an_upgrade_is_judged_for_itself() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token(GRANTS);
    let upgrade = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let admin = "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    let mut client = scene.connect();
    client.send(scene.fill(&token, &format!("{upgrade}{admin}"))).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    let second = client.answer(false).unwrap();
    assert_eq!((second.status, refused(&second)), (403, "insufficient_scope"));
    let requests = scene.upstream.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].values("upgrade").is_empty() && requests[0].values("connection").is_empty());
}

#[test]
fn row_18_without_a_101_nothing_flows_through_an_upgrade_that_is_allowed() {
    let definition =
        DEFINITION.replacen("\"permissions\"", "\"switches\": {\"upgrade\": true}, \"permissions\"", 1);
    let upstream = Recorder::answering("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n");
    let mut scene = Scene::of(upstream, "", &definition, None);
    let (_, token) = scene.token(GRANTS);
    let upgrade = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let admin = "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    let mut client = scene.connect();
    client.send(scene.fill(&token, &format!("{upgrade}{admin}"))).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 426);
    assert_eq!(client.answer(false).unwrap().status, 403);
    let requests = scene.upstream.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].values("upgrade"), ["websocket"]);
}

#[test]
fn row_19_after_an_early_refusal_the_rest_of_the_body_is_never_parsed() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let hidden =
        scene.fill(&token, "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    for (authorization, status) in
        [("Bearer vkey_wrong", 401), ("Bearer TOKEN\r\nOrigin: https://evil.com", 403)]
    {
        let mut client = scene.connect();
        let head = format!(
            "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n{hidden}",
            hidden.len()
        );
        client.send(scene.fill(&token, &head)).unwrap();
        let everything = String::from_utf8(client.rest().unwrap()).unwrap();
        assert!(everything.starts_with(&format!("HTTP/1.1 {status} ")), "{everything}");
        assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{everything}");
    }
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn bodies_where_no_definition_wants_one() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    for method in ["GET", "DELETE"] {
        let answer = scene.raw(&token, &format!("{method} /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 2\r\n\r\nhi"));
        assert_eq!((answer.status, answer.value("connection")), (400, Some("close")), "{method}");
    }
    assert_eq!(scene.upstream.bytes(), b"");
}
