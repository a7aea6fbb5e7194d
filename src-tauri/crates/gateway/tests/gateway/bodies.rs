//! Bodies that are read before they are forwarded: for parameters that would make the request another's, and for what they ask.

mod batch;
mod change;
mod forms;
mod graphql;
mod json;
mod late;
mod media;
mod multipart;
mod named;
mod waiting;
mod ways;

use std::fmt::Write;

use valetkey_core::activity::Outcome;
use valetkey_testkit::{Answer, MASTER, Recorder};

use crate::scene::{Scene, refused};

/// A service that reads parameters out of bodies, has operations that a JSON member tells apart, and a bit of GraphQL.
pub(crate) const DEFINITION: &str = r#"{
    "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
    "contexts": [{"name": "repository"}],
    "permissions": [
        {"name": "read", "contexts": ["global", "repository"]},
        {"name": "write", "contexts": ["global", "repository"]},
        {"name": "people", "contexts": ["global", "repository"]},
        {"name": "profile"}
    ],
    "operations": [
        {"method": "POST", "path": "/form", "requires": "write"},
        {"method": "PUT", "path": "/form", "requires": "write"},
        {"method": "DELETE", "path": "/form", "requires": "write"},
        {"method": "GET", "path": "/form", "requires": "read"},
        {"method": "POST", "path": "/{owner}/{repo}/batch", "body": {"operation": "download"},
         "requires": "read", "contexts": {"repository": "{owner}/{repo}"}},
        {"method": "POST", "path": "/{owner}/{repo}/batch", "body": {"operation": "upload"},
         "requires": "write", "contexts": {"repository": "{owner}/{repo}"}},
        {"method": "POST", "path": "/graphql", "graphql": true, "requires": "nothing"}
    ],
    "graphql": {"types": [
        {"name": "Query", "fields": [
            {"names": ["repository"], "requires": "read", "type": "Repository", "contexts": {"repository": "{owner}/{name}"}},
            {"names": ["viewer"], "requires": "profile", "type": "User"}
        ]},
        {"name": "Repository", "fields": [
            {"names": ["id", "name"], "requires": "nothing"},
            {"names": ["owner"], "requires": "nothing", "type": "User"},
            {"names": ["people"], "requires": "people", "type": "User"}
        ]},
        {"name": "User", "fields": [{"names": ["login"], "requires": "nothing"}]}
    ]},
    "switches": {
        "bodies": ["DELETE"], "refused_in_bodies": true,
        "refused_parameters": ["sudo", "private_token", "access_token", "job_token"]
    }
}"#;

/// Every name that such a service must not be given, the override of the method among them.
const REFUSED: [&str; 5] = ["_method", "sudo", "private_token", "access_token", "job_token"];

const PARAMETER: &str = "has a parameter that is refused";
const UNCLEAR_PARTS: &str = "the multipart body can be read in several ways";
const UNCLEAR_JSON: &str = "the JSON is malformed";
const UNCLEAR_TYPE: &str = "needs one plain Content-Type";
const LONG_NAME: &str = "name in the form is too long";

/// How a body is framed.
#[derive(Clone, Copy, Debug)]
enum Framed {
    Length,
    /// In chunks of this size.
    Chunks(usize),
}

impl Framed {
    const ONE_CHUNK: Self = Self::Chunks(usize::MAX);
    const ALL: [Self; 3] = [Self::Length, Self::ONE_CHUNK, Self::Chunks(1)];

    /// Its fields in a head, and the bytes behind the head.
    fn frame(self, body: &[u8]) -> (String, Vec<u8>) {
        match self {
            Self::Length => (format!("Content-Length: {}\r\n", body.len()), body.to_owned()),
            Self::Chunks(size) => {
                let mut framed = Vec::new();
                for chunk in body.chunks(size) {
                    framed.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
                    framed.extend(chunk);
                    framed.extend(b"\r\n");
                }
                framed.extend(b"0\r\n\r\n");
                (CHUNKED.to_owned(), framed)
            }
        }
    }
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

fn scene() -> Scene {
    Scene::of(Recorder::start(), "", DEFINITION, None)
}

/// A whole request to the service `up`; `fields` are header lines, each with its end.
fn request(scene: &Scene, token: &str, line: &str, fields: &str, framed: Framed, body: &[u8]) -> Vec<u8> {
    let (framing, bytes) = framed.frame(body);
    let (method, path) = line.split_once(' ').unwrap();
    let head = format!(
        "{method} /up{path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{fields}{framing}\r\n"
    );
    [scene.fill(token, &head).into_bytes(), bytes].concat()
}

fn post(scene: &Scene, token: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
    let fields = format!("Content-Type: {kind}\r\n");
    scene.raw_bytes(&request(scene, token, &format!("POST {path}"), &fields, Framed::Length, body))
}

/// Each of `bodies` is refused for `why`, however it is framed and whoever sends it, before a byte of it went anywhere.
fn none_arrives<B: AsRef<[u8]>>(line: &str, fields: &str, why: &str, bodies: impl IntoIterator<Item = B>) {
    let mut scene = scene();
    let tokens = ["up:global:write", "**"].map(|access| scene.token(access).1);
    let mut sent = 0;
    for body in bodies {
        let body = body.as_ref();
        for framed in Framed::ALL {
            for token in &tokens {
                let answer = scene.raw_bytes(&request(&scene, token, line, fields, framed, body));
                let shown = || format!("{fields:?} {framed:?} {}", String::from_utf8_lossy(body));
                assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{}", shown());
                assert!(answer.text().contains(why), "{} → {}", shown(), answer.text());
                assert_eq!(answer.value("connection"), Some("close"), "{}", shown());
                assert!(!answer.text().contains(token.as_str()) && !answer.text().contains(MASTER));
                sent += 1;
            }
        }
    }
    assert_eq!(scene.upstream.bytes(), b"", "a byte reached the service");
    let entries = scene.log.entries();
    assert_eq!(entries.len(), sent, "every request is on record once");
    for entry in entries {
        assert_eq!((entry.outcome, entry.operation.as_str()), (Outcome::Refusal, line));
        assert!(entry.token.is_some() && entry.closing.is_some());
    }
}

/// Each of `bodies` arrives as it is, however it is framed.
fn all_arrive<B: AsRef<[u8]>>(line: &str, fields: &str, bodies: impl IntoIterator<Item = B>) {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    for body in bodies {
        let body = body.as_ref();
        for framed in Framed::ALL {
            let mut shown = format!("{fields:?} {framed:?} ");
            write!(shown, "{}", String::from_utf8_lossy(&body[..body.len().min(200)])).unwrap();
            let answer = scene.raw_bytes(&request(&scene, &token, line, fields, framed, body));
            assert_eq!(answer.status, 200, "{shown} → {}", answer.text());
            let arrived = scene.upstream.requests().pop().unwrap();
            assert!(arrived.body == body, "{shown}: other bytes arrived");
        }
    }
}
