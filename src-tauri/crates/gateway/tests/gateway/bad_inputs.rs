//! Inputs that have led past some gateway before; each with the number of its row in the project's list of them.

mod framing;
mod headers;
mod origins;
mod targets;

use valetkey_core::activity::Outcome;
use valetkey_testkit::{MASTER, Recorder};

use crate::scene::{Scene, refused};

const GRANTS: &str = "up:global:see up:area=web:item.see";

/// Sends each request with a token that may see; none may reach the service, each must be on record as refused.
fn none_arrives(expected: u16, requests: &[&str]) {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token(GRANTS);
    for request in requests {
        let request = request.replace("AUTH", "Authorization: Bearer TOKEN\r\n");
        let answer = scene.raw(&token, &request);
        assert_eq!(answer.status, expected, "{request:?} → {}", answer.head);
        assert_ne!(refused(&answer), "(forwarded)", "{request:?}");
        assert!(!answer.text().contains(&token) && !answer.text().contains(MASTER), "{request:?}");
    }
    assert_eq!(scene.upstream.bytes(), b"", "a byte reached the service");
    let entries = scene.log.entries();
    assert_eq!(entries.len(), requests.len(), "every request is on record once");
    assert!(entries.iter().all(|entry| entry.outcome == Outcome::Refusal && entry.closing.is_some()));
    assert!(entries.iter().all(|entry| !format!("{entry:?}").contains(&token)));
}

fn line(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n")
}

fn lines(expected: u16, targets: &[&str]) {
    let requests: Vec<String> = targets.iter().map(|target| line(target)).collect();
    none_arrives(expected, &requests.iter().map(String::as_str).collect::<Vec<_>>());
}
