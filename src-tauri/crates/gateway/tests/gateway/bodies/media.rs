//! What a body says it is.

use super::{PARAMETER, UNCLEAR_JSON, UNCLEAR_TYPE, all_arrive, none_arrives};

#[test]
fn a_type_that_two_readers_could_take_for_two_things_is_refused() {
    for fields in [
        "",
        "Content-Type:\r\n",
        "Content-Type: json\r\n",
        "Content-Type: /\r\n",
        "Content-Type: application /json\r\n",
        "Content-Type: text/plain, application/x-www-form-urlencoded\r\n",
        "Content-Type: text/plain\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: text/plain\r\ncontent-type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n",
        "Content-Type: application/x-www-form-urlencoded; charset=ibm037\r\n",
        "Content-Type: application/x-www-form-urlencoded; a=b; CHARSET=\"utf-7\"\r\n",
        "Content-Type: application/json; charset=utf-7\r\n",
        "Content-Type: application/json; charset=utf-8; charset=utf-32\r\n",
    ] {
        none_arrives("POST /form", fields, UNCLEAR_TYPE, ["sudo=root"]);
    }
}

#[test]
fn a_compressed_body_is_refused_unless_it_is_gits_own() {
    for kind in ["application/x-www-form-urlencoded", "application/json", "application/octet-stream"] {
        for coding in ["gzip", "deflate", "br", "identity, gzip", "x", ""] {
            let fields = format!("Content-Type: {kind}\r\nContent-Encoding: {coding}\r\n");
            none_arrives("POST /form", &fields, "must not have a Content-Encoding", ["sudo=root"]);
        }
    }
    let twice = "Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n";
    none_arrives("POST /form", twice, "must not have a Content-Encoding", ["{}"]);
    let git = "Content-Type: application/x-git-receive-pack-request\r\nContent-Encoding: gzip\r\n";
    all_arrive("POST /form", git, [b"\x1f\x8b\x08\0sudo=1".as_slice()]);
    let plain = "Content-Type: application/json\r\nContent-Encoding: identity\r\n";
    all_arrive("POST /form", plain, ["{}"]);
}

#[test]
fn without_a_type_a_body_is_judged_as_what_it_could_be() {
    for line in ["PUT /form", "DELETE /form"] {
        none_arrives(
            line,
            "",
            PARAMETER,
            ["{\"sudo\":1}", " \r\n{\"a\":1,\"sudo\":1}", "\u{feff}{\"sudo\":1}"],
        );
        none_arrives(line, "", UNCLEAR_JSON, ["/**/{\"sudo\":1}", "{sudo:1}"]);
        all_arrive(line, "", ["sudo=1", "\0\u{1}{\"sudo\":1}", "{\"a\":1}", "   "]);
    }
}

#[test]
fn what_has_no_parameters_arrives_unread() {
    let binary: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    for kind in [
        "application/octet-stream",
        "text/plain; charset=utf-16",
        "image/png",
        "application/x-git-upload-pack-request",
    ] {
        let fields = format!("Content-Type: {kind}\r\n");
        all_arrive("POST /form", &fields, [b"sudo=root&_method=delete".as_slice(), br#"{"sudo":1}"#]);
    }
    let mut scene = super::scene();
    let (_, token) = scene.token("up:global:write");
    let answer = super::post(&scene, &token, "/form", "application/octet-stream", &binary);
    assert_eq!(answer.status, 200);
    assert!(scene.upstream.requests()[0].body == binary);
}

#[test]
fn where_a_definition_does_not_say_so_nothing_is_looked_at() {
    let definition = super::DEFINITION.replace("\"refused_in_bodies\": true,", "");
    let mut scene = crate::scene::Scene::of(valetkey_testkit::Recorder::start(), "", &definition, None);
    let (_, token) = scene.token("up:global:write");
    let answer = super::post(&scene, &token, "/form", "application/x-www-form-urlencoded", b"sudo=root");
    assert_eq!(answer.status, 200);
    assert_eq!(scene.upstream.requests()[0].body, b"sudo=root");
}
