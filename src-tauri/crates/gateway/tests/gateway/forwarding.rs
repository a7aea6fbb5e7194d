//! What goes through, goes through whole: bodies both ways, connections kept, every way in.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::Arc,
};

use valetkey_testkit::{MASTER, PolicyBuilder, Recorder};

use crate::scene::{REST, Scene, refused};

fn rest(upstream: Recorder) -> (Scene, String) {
    let mut scene = Scene::of(upstream, "/base", REST, None);
    let (_, token) = scene.token("up:global:read up:global:write");
    (scene, token)
}

#[test]
fn the_base_path_is_put_before_the_path_and_the_query_stays() {
    let (scene, token) = rest(Recorder::start());
    for (asked, seen) in [
        ("/up/x/y?a=b%2F&c", "GET /base/x/y?a=b%2F&c HTTP/1.1"),
        ("/up/", "GET /base/ HTTP/1.1"),
        ("/up", "GET /base/ HTTP/1.1"),
        ("/up/caf%C3%A9/", "GET /base/caf%C3%A9/ HTTP/1.1"),
    ] {
        assert_eq!(scene.ask(&token, "GET", asked).status, 200, "{asked}");
        assert_eq!(scene.upstream.requests().last().unwrap().line(), seen);
    }
}

#[test]
fn a_subdomain_is_a_service_too() {
    let (scene, token) = rest(Recorder::start());
    let port = scene.gateway.addresses()[0].port();
    let ask = |host: &str| {
        scene.raw(
            &token,
            &format!("GET /x HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
        )
    };
    assert_eq!(ask("up.localhost").status, 200);
    assert_eq!(scene.upstream.requests()[0].line(), "GET /base/x HTTP/1.1");
    let unknown = ask("down.localhost");
    assert_eq!((unknown.status, refused(&unknown)), (404, "service_unknown"));
}

#[test]
fn over_the_unix_socket_host_selects_the_service_and_the_path_is_taken_as_it_is() {
    let (scene, token) = rest(Recorder::start());
    let authority = scene.upstream.address().to_string();
    let ask = |host: &str, path: &str| {
        let mut stream = UnixStream::connect(&scene.socket).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply[9..12].to_owned()
    };
    assert_eq!(ask(&authority, "/base/x"), "200");
    assert_eq!(ask("localhost", "/up/y"), "200");
    assert_eq!(ask("up.localhost", "/z"), "200");
    assert_eq!(ask("other.example.com", "/base/x"), "404");
    assert_eq!(ask(&authority, "/outside/x"), "404");
    assert_eq!(ask(&authority, "/basement"), "404");
    let lines: Vec<_> = scene.upstream.requests().iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(lines, ["GET /base/x HTTP/1.1", "GET /base/y HTTP/1.1", "GET /base/z HTTP/1.1"]);
}

#[test]
fn bodies_of_both_framings_arrive_whole() {
    let (scene, token) = rest(Recorder::start());
    let mut client = scene.connect();
    let large = "x".repeat(300_000);
    client.send(scene.fill(&token, &format!("POST /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: {}\r\n\r\n{large}", large.len()))).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    client.send(scene.fill(&token, "PUT /up/b HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n")).unwrap();
    client.send("5\r\npedia\r\n0\r\n\r\n").unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    client
        .send(scene.fill(&token, "POST /up/c HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"))
        .unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    let requests = scene.upstream.requests();
    assert_eq!(requests[0].body, large.as_bytes());
    assert_eq!(requests[1].body, b"Wikipedia");
    assert_eq!(requests[2].values("content-length"), ["0"]);
    assert_eq!(scene.log.closing(0).sent, 300_000);
}

#[test]
fn connections_are_kept_on_both_sides_and_pipelined_requests_answered_in_order() {
    let (scene, token) = rest(Recorder::scripted(Arc::new(|request, stream| {
        let path = request.line().split(' ').nth(1).unwrap_or_default().to_owned();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{path}", path.len())?;
        Ok(true)
    })));
    let one = |path: &str| {
        scene.fill(
            &token,
            &format!("GET /up/{path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
        )
    };
    let mut client = scene.connect();
    client.send([one("1"), one("2"), one("3")].concat()).unwrap();
    for path in ["/base/1", "/base/2", "/base/3"] {
        assert_eq!(client.answer(false).unwrap().text(), path);
    }
    assert_eq!(scene.upstream.connections(), 1);
}

#[test]
fn a_kept_connection_that_died_is_replaced_without_the_application_noticing() {
    // The recorder closes after each reply without having said so.
    let (scene, token) = rest(Recorder::scripted(Arc::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
        Ok(false)
    })));
    for round in 0..20 {
        assert_eq!(scene.ask(&token, "GET", "/up/x").status, 200, "{round}");
    }
}

#[test]
fn a_client_that_waits_for_100_gets_it_once_it_has_its_permit() {
    let (scene, token) = rest(Recorder::start());
    let mut client = scene.connect();
    let head = "POST /up/a HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    client.send(scene.fill(&token, head)).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 100);
    client.send("hello").unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    let request = &scene.upstream.requests()[0];
    assert_eq!(request.body, b"hello");
    assert!(request.values("expect").is_empty());

    let mut refused_client = scene.connect();
    refused_client.send(scene.fill("vkey_wrong", head)).unwrap();
    assert_eq!(refused_client.answer(false).unwrap().status, 401);
}

#[test]
fn http_1_0_clients_get_a_body_that_ends_with_the_connection() {
    let (scene, token) = rest(Recorder::answering(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ));
    let mut client = scene.connect();
    client
        .send(scene.fill(&token, "GET /up/x HTTP/1.0\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"))
        .unwrap();
    let reply = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(reply.ends_with("\r\n\r\nabc") && !reply.to_lowercase().contains("chunked"), "{reply}");
}

#[test]
fn an_upgrade_that_the_definition_allows_becomes_a_tunnel() {
    let definition =
        REST.replacen("\"permissions\"", "\"switches\": {\"upgrade\": true}, \"permissions\"", 1);
    let upstream = Recorder::scripted(Arc::new(|_, stream| {
        stream.write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\nhello ",
        )?;
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes)?;
        stream.write_all(&bytes)?;
        Ok(false)
    }));
    let mut scene = Scene::of(upstream, "", &definition, None);
    let (_, token) = scene.token("up:global:read");
    let mut client = scene.connect();
    let request = "GET /up/ws HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n";
    client.send(scene.fill(&token, request)).unwrap();
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, answer.value("upgrade")), (101, Some("echo")));
    assert_eq!(client.exactly(6).unwrap(), b"hello ");
    client.send("world").unwrap();
    assert_eq!(client.exactly(5).unwrap(), b"world");
}

#[test]
fn every_way_to_send_the_credential_is_written_as_the_service_wants_it() {
    for (form, header, value) in [
        ("bearer", "authorization", format!("Bearer {MASTER}")),
        ("scheme:token", "authorization", format!("token {MASTER}")),
        (
            "basic:me",
            "authorization",
            "Basic bWU6bWFzdGVyLWNhbmFyeS1aeDgxLW5ldmVyLXNlZW4tYnktYW55LWFwcGxpY2F0aW9u".to_owned(),
        ),
        ("header:X-Key", "x-key", MASTER.to_owned()),
    ] {
        let mut scene = Scene::of(Recorder::start(), "", REST, Some(form));
        let (_, token) = scene.token("up:global:read");
        assert_eq!(scene.ask(&token, "GET", "/up/x").status, 200, "{form}");
        assert_eq!(scene.upstream.requests()[0].values(header), [value.as_str()], "{form}");
    }
}

#[test]
fn two_accounts_on_one_api_are_told_apart_by_what_the_token_may_do() {
    let upstream = Recorder::start();
    let policy = PolicyBuilder::new().service("work", &upstream.url(), REST, Some("header:X-Work")).service(
        "home",
        &upstream.url(),
        REST,
        Some("header:X-Home"),
    );
    let mut scene = Scene::with(upstream, policy);
    let (_, home) = scene.token("home:global:read");
    let (_, both) = scene.token("**");
    let ask = |token: &str| {
        let mut stream = UnixStream::connect(&scene.socket).unwrap();
        write!(
            stream,
            "GET /x HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n",
            scene.upstream.address()
        )
        .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    };
    assert!(ask(&home).starts_with("HTTP/1.1 200"));
    assert_eq!(scene.upstream.requests()[0].values("x-home"), [MASTER]);
    assert!(ask(&both).contains("several connected services"));
}
