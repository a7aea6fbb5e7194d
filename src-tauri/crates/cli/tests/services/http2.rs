//! HTTP/2 to a service over TLS, through a whole gateway.

mod frames;
mod service;

use std::collections::HashSet;

use valetkey_testkit::{Answer, RawClient};

use crate::{
    authority::Authority,
    program::{Folder, SERVE, Served},
};
use service::Service;

const DEFINITION: &str = r#"{
    "version": 1, "kind": "paths", "title": "Paths", "description": "Any path, by method.", "needs_base_url": true,
    "credential_form": "bearer",
    "switches": {"upgrade": true},
    "permissions": [{"name": "read", "title": "Read"}, {"name": "write", "title": "Write"}],
    "operations": [
        {"method": "GET", "path": "/{path**}", "requires": "read"},
        {"method": "POST", "path": "/{path**}", "requires": "write"}
    ]
}"#;

/// A gateway in front of such a service.
struct Through {
    folder: Folder,
    gateway: Served,
    token: String,
}

impl Through {
    fn to(authority: &Authority, port: u16) -> Self {
        Self::by(DEFINITION, authority, port)
    }

    /// Of a service with this definition.
    fn by(definition: &str, authority: &Authority, port: u16) -> Self {
        let folder = Folder::new();
        let beside = |name: &str| folder.profile().with_file_name(name);
        std::fs::write(beside("trusted.pem"), &authority.pem).unwrap();
        std::fs::write(beside("definition.json"), definition).unwrap();
        folder.vk(&["init", "--vault", "file"]).ok();
        let mut serve = folder.command(SERVE);
        serve.env("SSL_CERT_FILE", beside("trusted.pem")).env_remove("SSL_CERT_DIR");
        let gateway = Folder::serve_by(serve);
        let (url, definition) = (format!("https://localhost:{port}"), beside("definition.json"));
        let how = ["--kind", "paths", "--definition", definition.to_str().unwrap(), "--url", &url];
        let added = folder.vk_told("a-master-credential", &[&["service", "add", "up"][..], &how].concat());
        assert_eq!(added.code, Some(0), "{added:?}");
        let mut through = Self { folder, gateway, token: String::new() };
        through.token = through.token("first");
        through
    }

    fn start() -> (Self, Service) {
        let authority = Authority::new();
        let service = Service::start(&authority);
        (Self::to(&authority, service.port), service)
    }

    fn token(&self, name: &str) -> String {
        let grants = ["--grant", "up:global:read", "--grant", "up:global:write"];
        self.folder.vk(&[&["token", "create", "--name", name][..], &grants].concat()).ok()
    }

    fn connect(&self) -> RawClient {
        RawClient::connect(self.gateway.address.parse().unwrap()).unwrap()
    }

    /// Sends a request; `more` is the rest of its headers, and its body.
    fn send(&self, client: &mut RawClient, token: &str, asked: &str, more: &str) {
        let (method, path) = asked.split_once(' ').unwrap();
        let host = &self.gateway.address;
        let head =
            format!("{method} /up{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n");
        client.send(format!("{head}{more}")).unwrap();
    }

    /// Asks on a connection that stays, so that one thread of the gateway gets all that is asked on it.
    fn ask(&self, client: &mut RawClient, asked: &str) -> Answer {
        self.send(client, &self.token, asked, "\r\n");
        client.answer(asked.starts_with("HEAD")).unwrap()
    }

    /// A stream of events whose first has come, and the number of the service's connection that it came over.
    fn events(&self, token: &str) -> (RawClient, String) {
        let mut client = self.connect();
        self.send(&mut client, token, "GET /events", "\r\n");
        let mut connection = String::new();
        loop {
            let line = client.line().unwrap();
            if let Some(number) = line.strip_prefix("x-connection: ") {
                number.clone_into(&mut connection);
            }
            if line == "data: 1\n\n" {
                return (client, connection);
            }
        }
    }
}

#[test]
fn many_streams_share_a_connection_pass_each_event_at_once_and_are_cut_one_by_one() {
    let (through, service) = Through::start();
    let other = through.token("other");
    // The first on each thread of the gateway dials; those after it share.
    let threads = std::thread::available_parallelism().unwrap().get();
    let mut cut = through.events(&through.token);
    let mut kept: Vec<_> = (0..threads * 4).map(|_| through.events(&other)).collect();
    let connections: HashSet<_> = kept.iter().map(|(_, number)| number.clone()).collect();
    assert!(connections.len() <= threads, "{connections:?}");
    let neighbours = kept.iter().filter(|(_, number)| *number == cut.1).count();
    assert!(neighbours >= 1, "nobody shares connection {}", cut.1);

    through.folder.vk(&["token", "revoke", "first"]).ok();
    // The chunk's end is all that was still to come of it: no last chunk.
    assert!(!cut.0.rest().unwrap().ends_with(b"0\r\n\r\n"));
    service.wait_for("reset CANCEL");
    through.send(&mut through.connect(), &other, "GET /more", "\r\n");
    for (client, number) in &mut kept {
        assert_eq!(client.line().unwrap(), "9", "connection {number}");
        assert_eq!(client.line().unwrap(), "data: 2\n\n");
    }
    assert_eq!(service.count("reset CANCEL"), 1);
    assert_eq!(service.count("closed"), 0);
}

#[test]
fn replies_without_a_body_say_what_they_would_and_the_next_request_follows() {
    let (through, _service) = Through::start();
    let mut client = through.connect();
    let mut ask = |asked: &str| through.ask(&mut client, asked);
    let head = ask("HEAD /length");
    assert_eq!((head.status, head.value("content-length")), (200, Some("1234")));
    let none = ask("GET /none");
    assert_eq!(
        (none.status, none.value("content-length"), none.value("transfer-encoding")),
        (204, None, None)
    );
    let same = ask("GET /same");
    assert_eq!((same.status, same.value("etag")), (304, Some("\"x\"")));
    assert_eq!(ask("GET /x").text(), "0 bytes");
}

#[test]
fn a_413_comes_while_the_upload_stands_still_and_the_stream_is_given_up() {
    let (through, service) = Through::start();
    let mut client = through.connect();
    let begun = format!("Content-Length: 10000000\r\n\r\n{}", "x".repeat(300_000));
    through.send(&mut client, &through.token, "POST /full", &begun);
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (413, "too much"));
    assert_eq!(client.rest().unwrap(), b"", "what is left of the body is nobody's next request");
    service.wait_for("reset CANCEL");
    assert_eq!(through.ask(&mut through.connect(), "GET /x").status, 200);
    assert_eq!(service.count("closed"), 0);
}

#[test]
fn a_body_that_is_refused_on_its_way_never_ends_and_its_neighbours_go_on() {
    let switches =
        r#""switches": {"upgrade": true, "refused_in_bodies": true, "refused_parameters": ["sudo"]}"#;
    let definition = DEFINITION.replace(r#""switches": {"upgrade": true}"#, switches);
    let authority = Authority::new();
    let service = Service::start(&authority);
    let through = Through::by(&definition, &authority, service.port);
    let mut client = through.connect();
    let form = |name: &str| {
        let body = format!("a={}&{name}=1", "x".repeat(300_000));
        let kind = "application/x-www-form-urlencoded";
        format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    through.send(&mut client, &through.token, "POST /whole", &form("pseudo"));
    let before = client.answer(false).unwrap();
    assert_eq!((before.status, before.text().as_str()), (200, "300011 bytes"));
    through.send(&mut client, &through.token, "POST /cut", &form("sudo"));
    let refused = client.answer(false).unwrap();
    assert_eq!((refused.status, refused.value("valetkey-refused")), (400, Some("invalid_request")));
    service.wait_for("a body broke off");
    let short = "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"sudo\":1}";
    let mut client = through.connect();
    through.send(&mut client, &through.token, "POST /short", short);
    assert_eq!(client.answer(false).unwrap().status, 400);
    assert_eq!(service.count("POST /short"), 0);
    assert_eq!(service.count("closed"), 0);
}

#[test]
fn what_the_service_has_not_begun_with_is_sent_once_more_and_else_only_what_may_be() {
    let (through, service) = Through::start();
    for (asked, status, times) in [
        ("GET /refused", 200, 2),
        ("POST /refused", 200, 2),
        ("GET /broken", 200, 2),
        // It may have been done.
        ("POST /broken", 502, 1),
    ] {
        let mut client = through.connect();
        assert_eq!(through.ask(&mut client, "GET /x").status, 200);
        assert_eq!(through.ask(&mut client, asked).status, status, "{asked}");
        assert_eq!(service.count(asked), times, "{asked}");
    }
}

#[test]
fn a_request_behind_the_last_that_a_goaway_names_goes_to_a_new_connection() {
    let authority = Authority::new();
    let through = Through::to(&authority, frames::takes_one_request(&authority));
    let mut client = through.connect();
    for asked in ["GET /1", "POST /2", "GET /3"] {
        assert_eq!(through.ask(&mut client, asked).status, 200, "{asked}");
    }
}

#[test]
fn a_connection_that_ends_takes_no_new_request_whether_it_is_idle_or_still_busy() {
    let (through, service) = Through::start();
    let mut client = through.connect();
    assert_eq!(through.ask(&mut client, "GET /last").status, 200);
    service.wait_for("closed");
    through.send(&mut client, &through.token, "POST /body", "Content-Length: 5\r\n\r\nhello");
    assert_eq!(client.answer(false).unwrap().text(), "5 bytes");

    // Streams on every connection, so that none can close.
    let threads = std::thread::available_parallelism().unwrap().get();
    let mut streams: Vec<_> = (0..threads).map(|_| through.events(&through.token)).collect();
    assert_eq!(through.ask(&mut client, "GET /last").status, 200);
    through.send(&mut client, &through.token, "POST /body", "Content-Length: 5\r\n\r\nhello");
    assert_eq!(client.answer(false).unwrap().text(), "5 bytes");
    through.ask(&mut client, "GET /more");
    for (stream, _) in &mut streams {
        assert_eq!(stream.line().unwrap(), "9");
        assert_eq!(stream.line().unwrap(), "data: 2\n\n", "it goes on where it is");
    }
}

#[test]
fn a_head_that_is_too_large_and_one_with_two_lengths_are_refused_and_the_connection_lives_on() {
    let (through, service) = Through::start();
    let mut client = through.connect();
    let before = through.ask(&mut client, "GET /x");
    for asked in ["GET /huge", "GET /lengths"] {
        let answer = through.ask(&mut client, asked);
        assert_eq!(
            (answer.status, answer.value("valetkey-refused")),
            (502, Some("upstream_failed")),
            "{asked}"
        );
        assert_eq!(service.count(asked), 1, "{asked}: asking again would not help");
    }
    let after = through.ask(&mut client, "GET /x");
    assert_eq!(before.value("x-connection"), after.value("x-connection"));
}

#[test]
fn an_upgrade_goes_over_http_1_1_and_ends_with_its_token() {
    let (through, service) = Through::start();
    let mut client = through.connect();
    assert_eq!(through.ask(&mut client, "GET /x").status, 200);
    let upgrade = "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    through.send(&mut client, &through.token, "GET /tunnel", upgrade);
    assert_eq!(client.answer(false).unwrap().status, 101);
    client.send("there and back").unwrap();
    assert_eq!(client.exactly(14).unwrap(), b"there and back");
    assert_eq!(service.count("GET /tunnel HTTP/1.1"), 1);
    through.folder.vk(&["token", "revoke", "first"]).ok();
    assert_eq!(client.rest().unwrap(), b"");
    service.wait_for("tunnel ended");
}
