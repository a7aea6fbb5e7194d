//! What comes behind the first 64 KiB, when the service has been dialled already: it never gets the end.

use valetkey_testkit::Answer;

use super::{Framed, PARAMETER, UNCLEAR_JSON, UNCLEAR_PARTS, request, scene};
use crate::scene::{Scene, refused};

const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";
const JSON: &str = "application/json";
/// How much is looked through before the service is dialled.
const FIRST: usize = 64 * 1024;

/// In one piece, and in chunks of these sizes.
const SIZES: [Option<usize>; 4] = [None, Some(1000), Some(FIRST), Some(1_000_000)];

fn sent(scene: &Scene, token: &str, kind: &str, body: &[u8], size: Option<usize>) -> Answer {
    let framed = size.map_or(Framed::Length, Framed::Chunks);
    scene.raw_bytes(&request(scene, token, "POST /form", &format!("Content-Type: {kind}\r\n"), framed, body))
}

/// The service is given the beginning and never the end.
fn never_whole(kind: &str, body: &[u8], why: &str) {
    for size in SIZES {
        let mut scene = scene();
        let (_, token) = scene.token("up:global:write");
        let answer = sent(&scene, &token, kind, body, size);
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{kind} {size:?}");
        assert!(answer.text().contains(why), "{kind} {size:?}: {}", answer.text());
        assert!(was_cut(&scene), "{kind} {size:?}: the service was given a whole request");
        let closing = scene.log.closing(0);
        assert_eq!(closing.status, 400);
    }
}

/// Whether every connection to the service has ended without a whole request.
fn was_cut(scene: &Scene) -> bool {
    let opened = scene.upstream.connections();
    scene.upstream.wait_until(|_, closed| closed == opened) && scene.upstream.requests().is_empty()
}

fn whole(kind: &str, body: &[u8]) {
    for size in SIZES {
        let mut scene = scene();
        let (_, token) = scene.token("up:global:write");
        assert_eq!(sent(&scene, &token, kind, body, size).status, 200, "{kind} {size:?}");
        assert!(scene.upstream.requests()[0].body == body, "{kind} {size:?}: other bytes arrived");
    }
}

/// An upload of this many bytes, and behind it a part of this name.
fn upload(length: usize, name: &str) -> Vec<u8> {
    let file: Vec<u8> = (0..=255).cycle().take(length).collect();
    [
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n".as_slice(),
        &file,
        format!("\r\n--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nroot\r\n--b--\r\n")
            .as_bytes(),
    ]
    .concat()
}

fn form(length: usize, name: &str) -> Vec<u8> {
    format!("a={}&{name}=root&z=1", "x".repeat(length)).into_bytes()
}

fn json(length: usize, name: &str) -> Vec<u8> {
    format!("{{\"a\":\"{}\",\"{name}\":\"root\",\"z\":1}}", "x".repeat(length)).into_bytes()
}

#[test]
fn a_refused_parameter_behind_it_cuts_the_request() {
    for length in [FIRST, 3 * FIRST, 1_000_000] {
        never_whole(FORM, &form(length, "sudo"), PARAMETER);
        never_whole(PARTS, &upload(length, "sudo"), PARAMETER);
        never_whole(JSON, &json(length, "sudo"), PARAMETER);
    }
}

#[test]
fn what_is_not_refused_arrives_byte_by_byte() {
    for length in [FIRST - 2, FIRST, 3 * FIRST, 1_000_000] {
        whole(FORM, &form(length, "pseudo"));
        whole(PARTS, &upload(length, "pseudo"));
        whole(JSON, &json(length, "pseudo"));
    }
}

#[test]
fn a_name_across_the_border_is_found_as_well() {
    for behind in 0..12 {
        let mut scene = scene();
        let (_, token) = scene.token("up:global:write");
        let body = form(FIRST - behind, "sudo");
        for size in [None, Some(777)] {
            let answer = sent(&scene, &token, FORM, &body, size);
            assert_eq!(answer.status, 400, "{behind} {size:?}");
            assert!(answer.text().contains(PARAMETER), "{behind} {size:?}: {}", answer.text());
        }
        assert!(was_cut(&scene), "{behind}");
    }
}

#[test]
fn nothing_is_dialled_for_a_body_that_ends_where_the_first_look_does() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let padding = FIRST - form(0, "sudo").len();
    let body = form(padding, "sudo");
    assert_eq!(body.len(), FIRST);
    assert_eq!(sent(&scene, &token, FORM, &body, None).status, 400);
    assert_eq!(sent(&scene, &token, FORM, &body, Some(FIRST)).status, 400);
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn chunks_of_a_byte_hide_nothing_behind_their_framing() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let answer = sent(&scene, &token, FORM, &form(40_000, "sudo"), Some(1));
    assert_eq!(answer.status, 400);
    assert!(was_cut(&scene));
    let good = form(40_000, "pseudo");
    assert_eq!(sent(&scene, &token, FORM, &good, Some(1)).status, 200);
    assert!(scene.upstream.requests()[0].body == good);
}

#[test]
fn a_body_whose_end_is_missing_never_ends_for_the_service() {
    let parts = upload(3 * FIRST, "pseudo");
    never_whole(PARTS, &parts[..parts.len() - 6], UNCLEAR_PARTS);
    never_whole(PARTS, &[&parts[..], b"epilogue"].concat(), UNCLEAR_PARTS);
    let json = json(3 * FIRST, "pseudo");
    never_whole(JSON, &json[..json.len() - 1], UNCLEAR_JSON);
    never_whole(JSON, &[&json[..], b"{}"].concat(), UNCLEAR_JSON);
}

#[test]
fn the_next_request_of_the_service_is_not_touched_by_one_that_was_cut() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write up:global:read");
    assert_eq!(scene.ask(&token, "GET", "/up/form").status, 200);
    assert_eq!(sent(&scene, &token, FORM, &form(3 * FIRST, "sudo"), None).status, 400);
    assert_eq!(scene.ask(&token, "GET", "/up/form").status, 200);
    let lines: Vec<_> = scene.upstream.requests().iter().map(|request| request.line().to_owned()).collect();
    assert_eq!(lines, ["GET /form HTTP/1.1", "GET /form HTTP/1.1"]);
}
