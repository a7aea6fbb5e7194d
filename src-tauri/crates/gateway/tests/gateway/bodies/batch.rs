//! One path, several operations: what a member of the JSON says is what is judged. Git LFS is the case in point.

use valetkey_core::activity::Outcome;
use valetkey_testkit::Answer;

use super::{Framed, post, request, scene};
use crate::scene::{Scene, refused};

const PATH: &str = "/acme/site/batch";
const LFS: &str = "application/vnd.git-lfs+json; charset=utf-8";

fn batch(scene: &Scene, token: &str, body: &str) -> Answer {
    post(scene, token, PATH, LFS, body.as_bytes())
}

#[test]
fn each_direction_needs_its_own_grant() {
    let mut scene = scene();
    let (_, reader) = scene.token("up:repository=acme/site:read");
    let (_, writer) = scene.token("up:repository=acme/site:write");
    let (_, elsewhere) = scene.token("up:repository=acme/other:read up:repository=acme/other:write");
    let download = r#"{"operation":"download","objects":[{"oid":"1","size":1}]}"#;
    let upload = r#"{"objects":[{"oid":"1","operation":"download"}], "operation" : "upload"}"#;
    for (token, body, status) in [
        (&reader, download, 200),
        (&reader, upload, 403),
        (&writer, download, 403),
        (&writer, upload, 200),
        (&elsewhere, download, 403),
        (&elsewhere, upload, 403),
    ] {
        for framed in Framed::ALL {
            let fields = format!("Content-Type: {LFS}\r\n");
            let bytes = request(&scene, token, &format!("POST {PATH}"), &fields, framed, body.as_bytes());
            let answer = scene.raw_bytes(&bytes);
            assert_eq!(answer.status, status, "{body} {framed:?}: {}", answer.text());
            if status == 403 {
                assert_eq!(refused(&answer), "insufficient_scope");
                assert!(answer.text().contains("up:repository=acme/site:"), "{}", answer.text());
            } else {
                assert_eq!(scene.upstream.requests().pop().unwrap().body, body.as_bytes());
            }
        }
    }
    assert_eq!(scene.upstream.requests().len(), 6);
    let entries = scene.log.entries();
    let label = |place: usize| (entries[place].outcome, entries[place].operation.as_str());
    assert_eq!(label(0), (Outcome::Permit, "POST /{owner}/{repo}/batch operation=download"));
    assert_eq!(label(3), (Outcome::Refusal, "POST /{owner}/{repo}/batch operation=upload"));
    assert!(entries.iter().all(|entry| entry.context == "repository=acme/site"));
}

#[test]
fn an_escaped_spelling_is_what_it_means() {
    let mut scene = scene();
    let (_, reader) = scene.token("up:repository=acme/site:read");
    let (_, writer) = scene.token("up:repository=acme/site:write");
    let upload = r#"{"oper\u0061tion":"up\u006Coad"}"#;
    assert_eq!(refused(&batch(&scene, &reader, upload)), "insufficient_scope");
    assert_eq!(scene.upstream.bytes(), b"");
    assert_eq!(batch(&scene, &writer, upload).status, 200);
    assert_eq!(scene.upstream.requests()[0].body, upload.as_bytes(), "as it was written");
}

#[test]
fn what_does_not_say_one_of_them_in_one_way_is_refused() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:write");
    for unknown in [
        r"{}",
        r#"{"operation":"verify"}"#,
        r#"{"operation":"Download"}"#,
        r#"{"operation":"download "}"#,
        r#"{"operation":null}"#,
        r#"{"operation":1}"#,
        r#"{"operation":["download"]}"#,
        r#"{"operation":{"operation":"download"}}"#,
        r#"{"a":{"operation":"download"}}"#,
        r#"[{"operation":"download"}]"#,
        r#""download""#,
        "null",
    ] {
        let answer = batch(&scene, &token, unknown);
        assert_eq!((answer.status, refused(&answer)), (403, "operation_unknown"), "{unknown}");
    }
    for unclear in [
        r#"{"operation":"download","operation":"upload"}"#,
        r#"{"operation":"download","operation":"download"}"#,
        r#"{"operation":"download","oper\u0061tion":"upload"}"#,
        r#"{"operation":"download","Operation":"upload"}"#,
        r#"{"operation":"download","OPERATION":1}"#,
        r#"{"a":{"x":1,"x":2},"operation":"download"}"#,
        r#"{"operation":"download"}{"operation":"upload"}"#,
        r#"{"operation":"download",}"#,
        r#"/**/{"operation":"download"}"#,
        "\u{feff}{\"operation\":\"download\"}",
        r#"{"operation":"download","sudo":"root"}"#,
        r#"{"operation":"download","_method":"PUT"}"#,
        "operation=download",
        "",
    ] {
        let answer = batch(&scene, &token, unclear);
        let expected = if unclear.is_empty() { (403, "operation_unknown") } else { (400, "invalid_request") };
        assert_eq!((answer.status, refused(&answer)), expected, "{unclear}");
    }
    for kind in ["application/x-www-form-urlencoded", "text/plain", "application/octet-stream"] {
        let answer = post(&scene, &token, PATH, kind, br#"{"operation":"download"}"#);
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{kind}");
    }
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn what_is_read_to_judge_by_it_has_a_limit() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read");
    let of = |length: usize| {
        let frame = r#"{"a":"","operation":"download"}"#.len();
        format!(r#"{{"a":"{}","operation":"download"}}"#, "x".repeat(length - frame))
    };
    let fields = format!("Content-Type: {LFS}\r\n");
    for framed in [Framed::Length, Framed::ONE_CHUNK] {
        for (length, status) in [(256 * 1024, 200), (256 * 1024 + 1, 400), (3_000_000, 400)] {
            let body = of(length);
            let bytes = request(&scene, &token, &format!("POST {PATH}"), &fields, framed, body.as_bytes());
            let answer = scene.raw_bytes(&bytes);
            assert_eq!(answer.status, status, "{length} {framed:?}: {}", answer.text());
            if status == 200 {
                assert!(scene.upstream.requests().pop().unwrap().body == body.as_bytes());
            } else {
                assert!(answer.text().contains("longer than the 256 KiB"), "{}", answer.text());
            }
        }
    }
    assert_eq!(scene.upstream.requests().len(), 2);
}

#[test]
fn with_full_access_nothing_hangs_on_what_the_body_says() {
    let mut scene = scene();
    let (_, token) = scene.token("**");
    for (kind, body) in [
        (LFS, r#"{"operation":"verify"}"#.to_owned()),
        (LFS, r#"{"operation":"download","operation":"upload"}"#.to_owned()),
        ("application/octet-stream", "x".repeat(300_000)),
    ] {
        assert_eq!(post(&scene, &token, PATH, kind, body.as_bytes()).status, 200);
        assert!(scene.upstream.requests().pop().unwrap().body == body.as_bytes());
    }
    assert_eq!(scene.log.entries()[0].operation, "POST /{owner}/{repo}/batch");
}
