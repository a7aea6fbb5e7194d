//! What changes while a body is being read holds before anything is forwarded.

use valetkey_core::{
    policy::Running,
    token::{Status, Token},
};
use valetkey_testkit::{PolicyBuilder, RawClient};

use super::{CHUNKED, DEFINITION, scene};
use crate::scene::{Scene, refused};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const UPLOAD: &str = r#"{"operation":"upload"}"#;

/// A client whose body is awaited: it has been told to send it.
fn awaited(scene: &Scene, token: &str, path: &str, kind: &str, framing: &str) -> RawClient {
    let head = format!(
        "POST /up{path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Type: {kind}\r\nExpect: 100-continue\r\n{framing}\r\n"
    );
    let mut client = scene.connect();
    client.send(scene.fill(token, &head)).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 100);
    client
}

fn length(body: &str) -> String {
    format!("Content-Length: {}\r\n", body.len())
}

#[test]
fn a_token_that_is_revoked_meanwhile_is_refused_at_once() {
    for (path, kind) in [("/form", FORM), ("/acme/site/batch", JSON)] {
        for framing in [length(UPLOAD), CHUNKED.to_owned()] {
            let mut scene = scene();
            let (record, token) = scene.token("up:global:write");
            let mut client = awaited(&scene, &token, path, kind, &framing);
            scene.policy.put(Token { status: Status::Revoked { at: record.created }, ..record });
            scene.apply();
            // Its body is not waited for.
            let answer = client.answer(false).unwrap();
            assert_eq!((answer.status, answer.value("connection")), (401, Some("close")), "{path} {framing}");
            assert_eq!(client.rest().unwrap(), b"");
            assert_eq!(scene.upstream.connections(), 0);
            assert!(scene.log.entries()[0].reason.contains("revoked"));
        }
    }
}

#[test]
fn a_grant_that_is_taken_away_meanwhile_is_missing() {
    for (path, kind) in [("/form", FORM), ("/acme/site/batch", JSON)] {
        let mut scene = scene();
        let (record, token) = scene.token("up:global:write up:global:read");
        let mut client = awaited(&scene, &token, path, kind, &length(UPLOAD));
        scene.policy.put(Token { access: "up:global:read".parse().unwrap(), ..record });
        scene.apply();
        // Where the body says what is asked, that is needed to say what is missing.
        let _ = client.send(UPLOAD);
        let answer = client.answer(false).unwrap();
        assert_eq!((answer.status, refused(&answer)), (403, "insufficient_scope"), "{path}");
        assert_eq!(client.rest().unwrap(), b"");
        assert_eq!(scene.upstream.connections(), 0);
    }
}

#[test]
fn a_grant_that_is_given_meanwhile_counts() {
    let mut scene = scene();
    let (record, token) = scene.token("up:global:read");
    let mut client = awaited(&scene, &token, "/acme/site/batch", JSON, &length(UPLOAD));
    scene.policy.put(Token { access: "up:global:write".parse().unwrap(), ..record });
    scene.apply();
    client.send(UPLOAD).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    assert_eq!(scene.upstream.requests()[0].body, UPLOAD.as_bytes());
}

#[test]
fn a_gateway_that_is_paused_meanwhile_forwards_nothing() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let mut client = awaited(&scene, &token, "/form", FORM, &length("a=1"));
    scene.policy.change(|snapshot| snapshot.with_running(Running::Paused));
    scene.apply();
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, refused(&answer)), (503, "paused"));
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn a_definition_that_changes_meanwhile_is_the_one_that_the_body_is_read_by() {
    let renamed = DEFINITION.replace("\"sudo\"", "\"title\"");
    for (definition, body, status) in [
        (renamed.as_str(), "title=1", 400),
        (renamed.as_str(), "a=1", 200),
        (&DEFINITION.replace("\"path\": \"/form\"", "\"path\": \"/other\""), "a=1", 403),
    ] {
        let mut scene = scene();
        let (_, token) = scene.token("up:global:write");
        let mut client = awaited(&scene, &token, "/form", FORM, &length(body));
        let policy = std::mem::replace(&mut scene.policy, PolicyBuilder::new());
        scene.policy = policy.service("up", &scene.upstream.url(), definition, None);
        scene.apply();
        let _ = client.send(body);
        assert_eq!(client.answer(false).unwrap().status, status, "{body}");
        assert_eq!(scene.upstream.requests().len(), usize::from(status == 200));
    }
}
