//! A service that lives at several places: an API, git at another host, uploads below the first.

#[cfg(unix)]
use std::{io::Write, os::unix::net::UnixStream};

use base64::{Engine, engine::general_purpose::STANDARD};
use valetkey_testkit::{Answer, MASTER, PolicyBuilder, Recorder};

use crate::scene::{Scene, refused};

/// A scene whose `upstream` is the API, and what stands at git's host.
struct Places {
    scene: Scene,
    git: Recorder,
}

fn definition(home: &str, git: &str) -> String {
    let text = r#"{
        "version": 1, "kind": "test", "title": "Test", "description": "For tests.", "base_url": "HOME",
        "endpoints": {
            "git": {"base_url": "GIT", "elsewhere": "{origin}", "credential_form": "basic:git"},
            "uploads": {"base_url": "{base}/uploads", "credential_form": "header:X-Key"}
        },
        "permissions": [{"name": "see"}, {"name": "put"}],
        "operations": [
            {"method": "GET", "path": "/repos/{name}", "requires": "see"},
            {"method": "GET", "path": "/{name}/refs", "requires": "see", "endpoint": "git"},
            {"method": "POST", "path": "/{name}/pack", "requires": "put", "endpoint": "git"},
            {"method": "POST", "path": "/assets", "requires": "put", "endpoint": "uploads"}
        ]
    }"#;
    text.replace("HOME", home).replace("GIT", git)
}

impl Places {
    fn new(api: Recorder, git: Recorder) -> Self {
        let document = definition(&api.url(), &git.url());
        let policy = PolicyBuilder::new().service("up", &api.url(), &document, None);
        Self { scene: Scene::with(api, policy), git }
    }

    fn ask(&self, token: &str, method: &str, path: &str) -> Answer {
        self.scene.ask(token, method, path)
    }
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("git:{MASTER}")))
}

#[test]
fn each_operation_goes_to_its_own_place_with_the_credential_in_its_own_form() {
    let mut places = Places::new(Recorder::start(), Recorder::start());
    let (_, token) = places.scene.token("up:global:see up:global:put");
    for (method, path) in [
        ("GET", "/up/repos/x"),
        ("GET", "/up/site/refs"),
        ("GET", "/up/site/refs"),
        ("GET", "/up/repos/y"),
        ("POST", "/up/assets"),
    ] {
        assert_eq!(places.ask(&token, method, path).status, 200, "{path}");
    }
    let at_git = places.git.requests();
    let lines: Vec<_> = at_git.iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(lines, ["GET /site/refs HTTP/1.1", "GET /site/refs HTTP/1.1"]);
    for request in &at_git {
        assert_eq!(request.values("authorization"), [basic()]);
        assert_eq!(request.values("host"), [places.git.address().to_string()]);
    }
    let at_api = places.scene.upstream.requests();
    let lines: Vec<_> = at_api.iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(lines, ["GET /repos/x HTTP/1.1", "GET /repos/y HTTP/1.1", "POST /uploads/assets HTTP/1.1"]);
    assert_eq!(at_api[0].values("authorization"), [format!("Bearer {MASTER}")]);
    assert_eq!(at_api[2].values("authorization"), [""; 0]);
    assert_eq!(at_api[2].values("x-key"), [MASTER]);
}

#[test]
fn one_place_does_not_use_up_the_connections_of_another() {
    let mut places = Places::new(Recorder::start(), Recorder::start());
    let (_, token) = places.scene.token("**");
    let mut client = places.scene.connect();
    for path in ["/up/repos/x", "/up/site/refs", "/up/repos/x", "/up/site/refs"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
        client.send(places.scene.fill(&token, &request)).unwrap();
        assert_eq!(client.answer(false).unwrap().status, 200);
    }
    assert_eq!((places.scene.upstream.connections(), places.git.connections()), (1, 1));
}

#[test]
fn what_is_unknown_goes_to_the_main_place_for_full_access_and_nowhere_for_limited() {
    let mut places = Places::new(Recorder::start(), Recorder::start());
    let (_, full) = places.scene.token("**");
    let (_, limited) = places.scene.token("up:global:*");
    assert_eq!(refused(&places.ask(&limited, "GET", "/up/unknown")), "operation_unknown");
    assert_eq!(places.ask(&full, "GET", "/up/unknown").status, 200);
    assert_eq!((places.scene.upstream.requests().len(), places.git.requests().len()), (1, 0));
}

#[test]
fn the_credential_is_found_in_the_form_of_any_place() {
    let echo = |form: &str| {
        let length = form.len();
        Recorder::answering(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{form}"
        ))
    };
    let mut places = Places::new(echo(&basic()), echo(MASTER));
    let (_, token) = places.scene.token("**");
    for path in ["/up/repos/x", "/up/site/refs"] {
        let answer = places.ask(&token, "GET", path);
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains(MASTER) && !basic().ends_with(&answer.text()[6..]), "{path}");
        assert!(answer.text().contains("****"), "{path}");
    }
}

#[test]
fn a_redirect_of_one_place_leads_back_through_the_gateway() {
    let moved = |to: &str| {
        Recorder::answering(format!("HTTP/1.1 301 Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))
    };
    let mut places = Places::new(moved("/repos/y"), moved("/other/refs?a=b"));
    let (_, token) = places.scene.token("**");
    for (path, to) in [("/up/repos/x", "/up/repos/y"), ("/up/site/refs", "/up/other/refs?a=b")] {
        let location = format!("http://{}{to}", places.scene.host());
        assert_eq!(places.ask(&token, "GET", path).value("location"), Some(&*location));
    }
}

#[cfg(unix)]
fn over_the_socket(scene: &Scene, host: &str, token: &str, line: &str) -> String {
    use std::io::Read;
    let mut stream = UnixStream::connect(&scene.socket).unwrap();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[cfg(unix)]
#[test]
fn host_selects_the_place_and_operations_of_another_are_unknown_there() {
    let mut places = Places::new(Recorder::start(), Recorder::start());
    let (_, limited) = places.scene.token("up:global:*");
    let (_, full) = places.scene.token("**");
    let (api, git) = (places.scene.upstream.address().to_string(), places.git.address().to_string());
    let ask = |host: &str, token: &str, line: &str| over_the_socket(&places.scene, host, token, line);

    for (host, line) in [(&api, "GET /repos/x"), (&git, "GET /site/refs"), (&api, "POST /uploads/assets")] {
        let reply = ask(host, &limited, line);
        assert!(reply.starts_with("HTTP/1.1 200 "), "{line}: {reply}");
    }
    for (host, line) in
        [(&git, "GET /repos/x"), (&api, "GET /site/refs"), (&api, "POST /assets"), (&git, "POST /assets")]
    {
        let reply = ask(host, &limited, line);
        assert!(reply.contains("valetkey-refused: operation_unknown\r\n"), "{host} {line}: {reply}");
    }
    assert_eq!((places.scene.upstream.requests().len(), places.git.requests().len()), (2, 1));

    // With full access what is unknown there goes there, and so never with another place's credential form.
    assert!(ask(&git, &full, "GET /repos/x").starts_with("HTTP/1.1 200 "));
    let last = places.git.requests().pop().unwrap();
    assert_eq!((last.line(), last.values("authorization")), ("GET /repos/x HTTP/1.1", vec![&*basic()]));
}

#[cfg(unix)]
#[test]
fn of_a_service_elsewhere_the_other_places_follow_its_base_url() {
    let upstream = Recorder::start();
    let document = definition("https://api.example.com", "https://git.example.com");
    let base = format!("{}/api/v3", upstream.url());
    let policy = PolicyBuilder::new().service("up", &base, &document, None);
    let mut scene = Scene::with(upstream, policy);
    let (_, token) = scene.token("up:global:*");
    for (method, path) in [("GET", "/up/repos/x"), ("GET", "/up/site/refs"), ("POST", "/up/assets")] {
        assert_eq!(scene.ask(&token, method, path).status, 200, "{path}");
    }
    let host = scene.upstream.address().to_string();
    for line in ["GET /api/v3/repos/y", "GET /tree/refs", "POST /api/v3/uploads/assets"] {
        let reply = over_the_socket(&scene, &host, &token, line);
        assert!(reply.starts_with("HTTP/1.1 200 "), "{line}: {reply}");
    }
    let reply = over_the_socket(&scene, &host, &token, "GET /repos/y");
    assert!(reply.contains("operation_unknown"), "below no base: {reply}");
    let requests = scene.upstream.requests();
    let lines: Vec<_> = requests.iter().map(valetkey_testkit::Recorded::line).collect();
    assert_eq!(
        lines,
        [
            "GET /api/v3/repos/x HTTP/1.1",
            "GET /site/refs HTTP/1.1",
            "POST /api/v3/uploads/assets HTTP/1.1",
            "GET /api/v3/repos/y HTTP/1.1",
            "GET /tree/refs HTTP/1.1",
            "POST /api/v3/uploads/assets HTTP/1.1",
        ]
    );
    assert_eq!(requests[4].values("authorization"), [basic()]);
    for usual in ["api.example.com", "git.example.com"] {
        let reply = over_the_socket(&scene, usual, &token, "GET /site/refs");
        assert!(reply.contains("service_unknown"), "{usual}: {reply}");
    }
}
