//! What a service may send back, and what it may not.

use std::{io::Write, sync::Arc};

use valetkey_core::activity::Ending;
use valetkey_testkit::{MASTER, Recorder};

use crate::scene::{REST, Scene, refused};

fn rest(upstream: Recorder) -> (Scene, String) {
    let mut scene = Scene::of(upstream, "/base", REST, None);
    let (_, token) = scene.token("up:global:read up:global:write");
    (scene, token)
}

#[test]
fn redirects_are_passed_unfollowed_and_lead_back_through_the_gateway() {
    for (location, expected) in [
        ("URL/base/new?x=1", "http://HOST/up/new?x=1"),
        ("/base/new", "http://HOST/up/new"),
        ("URL/base", "http://HOST/up/"),
        ("https://elsewhere.example/base/new", "https://elsewhere.example/base/new"),
        ("URL/outside", "URL/outside"),
        ("//evil.example/base/x", "//evil.example/base/x"),
        ("relative", "relative"),
    ] {
        let location = location.to_owned();
        let upstream = Recorder::scripted(Arc::new(move |request, stream| {
            let host = request.values("host")[0].to_owned();
            let location = location.replace("URL", &format!("http://{host}"));
            write!(stream, "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")?;
            Ok(true)
        }));
        let (scene, token) = rest(upstream);
        let answer = scene.ask(&token, "GET", "/up/old");
        let expected = expected.replace("HOST", &scene.host()).replace("URL", &scene.upstream.url());
        assert_eq!((answer.status, answer.value("location")), (302, Some(expected.as_str())));
        assert_eq!(scene.upstream.requests().len(), 1, "a redirect was followed");
    }
}

#[test]
fn an_echoed_credential_is_blotted_out_of_heads_and_text_bodies() {
    let bodies = [
        ("application/json", format!("{{\"authorization\":\"Bearer {MASTER}\"}}")),
        ("text/html", format!("<p>{MASTER}</p>")),
        ("text/event-stream", format!("data: {MASTER}\n\n")),
    ];
    for (kind, body) in bodies {
        let reply = format!(
            "HTTP/1.1 200 OK\r\nX-Echo: {MASTER}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (scene, token) = rest(Recorder::answering(reply));
        let answer = scene.ask(&token, "GET", "/up/x");
        assert!(!answer.head.contains(MASTER) && !answer.text().contains(MASTER), "{kind}: {answer:?}");
        assert_eq!(answer.body.len(), body.len());
        assert_eq!(answer.value("x-echo"), Some("*".repeat(MASTER.len()).as_str()));
    }
}

#[test]
fn an_echo_in_two_chunks_is_blotted_out_too() {
    let (first, second) = MASTER.split_at(10);
    let (first, second) = (first.to_owned(), second.to_owned());
    let upstream = Recorder::scripted(Arc::new(move |_, stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n",
            first.len()
        )?;
        stream.flush()?;
        write!(stream, "{:x}\r\n{second}\r\n4\r\ndone\r\n0\r\n\r\n", second.len())?;
        Ok(true)
    }));
    let (scene, token) = rest(upstream);
    let text = scene.ask(&token, "GET", "/up/x").text();
    assert_eq!(text, format!("{}done", "*".repeat(MASTER.len())));
}

#[test]
fn a_stream_is_not_kept_waiting_for_bytes_that_only_may_begin_an_echo() {
    let begun = MASTER[..3].to_owned();
    let upstream = Recorder::scripted(Arc::new(move |_, stream| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{begun}\r\n"
        )?;
        Ok(true)
    }));
    let (scene, token) = rest(upstream);
    let mut client = scene.connect();
    client
        .send(scene.fill(&token, "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"))
        .unwrap();
    while client.line().unwrap() != MASTER[..3] {}
}

#[test]
fn compression_that_nobody_asked_for_is_refused_where_it_could_hide_an_echo() {
    for coding in ["br", "gzip, gzip", "gzip\r\ncontent-encoding: gzip", "identity\r\ncontent-encoding: zstd"]
    {
        let (scene, token) = rest(Recorder::answering(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: {coding}\r\ncontent-length: 3\r\n\r\nabc",
        )));
        let answer = scene.ask(&token, "GET", "/up/x");
        assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"), "{coding}");
    }
    let (scene, token) = rest(Recorder::answering(
        "HTTP/1.1 200 OK\r\ncontent-type: application/gzip\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
    ));
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 200);
}

#[test]
fn row_25_replies_whose_end_is_in_doubt_are_refused_and_their_connection_is_not_used_again() {
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(10 * 1024 * 1024));
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
        "nonsense\r\n\r\n",
        huge.as_str(),
    ] {
        let (scene, token) = rest(Recorder::answering(reply));
        let answer = scene.ask(&token, "GET", "/up/x");
        assert_eq!(
            (answer.status, refused(&answer)),
            (502, "upstream_failed"),
            "{}",
            &reply[..reply.len().min(80)]
        );
        assert_eq!(scene.log.closing(0).ending, Ending::UpstreamFailed);
        scene.ask(&token, "GET", "/up/x");
        assert_eq!(scene.upstream.connections(), 2);
    }
}

#[test]
fn row_25_bytes_after_a_body_poison_nobody() {
    let (scene, token) = rest(Recorder::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
    ));
    for _ in 0..3 {
        assert_eq!(scene.ask(&token, "GET", "/up/x").text(), "ok");
    }
    assert_eq!(scene.upstream.connections(), 3);
}

#[test]
fn row_25_endless_interim_replies_end() {
    let upstream = Recorder::scripted(Arc::new(|_, stream| {
        for _ in 0..100 {
            stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n")?;
        }
        Ok(true)
    }));
    let (scene, token) = rest(upstream);
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 502);
}

#[test]
fn a_reply_that_breaks_off_is_cut_and_never_looks_whole() {
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let (scene, token) = rest(Recorder::scripted(Arc::new(move |_, stream| {
            stream.write_all(reply.as_bytes())?;
            Ok(false)
        })));
        let mut client = scene.connect();
        client
            .send(
                scene.fill(&token, "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
            )
            .unwrap();
        assert!(client.answer(false).is_err());
    }
}

#[test]
fn a_service_that_is_down_is_named_as_such() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let policy =
        valetkey_testkit::PolicyBuilder::new().service("up", &format!("http://{address}"), REST, None);
    let mut scene = Scene::with(Recorder::start(), policy);
    let (_, token) = scene.token("**");
    let answer = scene.ask(&token, "GET", "/up/x");
    assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"));
    assert!(answer.text().contains("connect: "), "{}", answer.text());
}

#[test]
fn head_replies_say_the_length_and_have_no_body() {
    let (scene, token) = rest(Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n"));
    let mut client = scene.connect();
    for _ in 0..2 {
        client
            .send(
                scene
                    .fill(&token, "HEAD /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
            )
            .unwrap();
        let answer = client.answer(true).unwrap();
        assert_eq!((answer.status, answer.value("content-length")), (200, Some("1234")));
    }
}
