//! Over whatever way a body comes.

use valetkey_testkit::Recorder;

use super::{DEFINITION, Framed, request, scene};
use crate::{
    https::{self, secure, trusting},
    proxy::{self, Proxied},
    scene::refused,
};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

#[test]
fn requests_behind_a_judged_body_are_judged_for_themselves() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:write");
    let upload = br#"{"operation":"upload"}"#;
    for framed in Framed::ALL {
        let before = scene.upstream.requests().len();
        let get =
            scene.fill(&token, "GET /up/form HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
        let all = [
            request(&scene, &token, "POST /acme/site/batch", JSON, framed, upload),
            request(&scene, &token, "POST /form", FORM, framed, b"a=1"),
            get.clone().into_bytes(),
            request(&scene, &token, "PUT /form", FORM, framed, b"a=1&sudo=1"),
            get.into_bytes(),
        ]
        .concat();
        let mut client = scene.connect();
        client.send(all).unwrap();
        let statuses: Vec<_> = (0..4).map(|_| client.answer(false).unwrap().status).collect();
        assert_eq!(statuses, [200, 200, 200, 400], "{framed:?}");
        assert_eq!(client.rest().unwrap(), b"", "what follows a refused body is never parsed");
        let requests = scene.upstream.requests().split_off(before);
        let arrived: Vec<_> = requests.iter().map(|request| (request.line(), &request.body[..])).collect();
        let expected = [
            ("POST /acme/site/batch HTTP/1.1", &upload[..]),
            ("POST /form HTTP/1.1", b"a=1"),
            ("GET /form HTTP/1.1", b""),
        ];
        assert_eq!(arrived, expected, "{framed:?}");
    }
}

#[test]
fn a_request_hidden_in_a_refused_body_is_never_parsed() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:write");
    let hidden =
        scene.fill(&token, "GET /up/form HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    for body in [format!("sudo=1&a={hidden}"), format!("{hidden}&sudo=1")] {
        for framed in Framed::ALL {
            let mut client = scene.connect();
            client.send(request(&scene, &token, "POST /form", FORM, framed, body.as_bytes())).unwrap();
            let everything = String::from_utf8(client.rest().unwrap()).unwrap();
            assert!(everything.starts_with("HTTP/1.1 400 "), "{everything}");
            assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{everything}");
        }
    }
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn a_body_that_comes_byte_by_byte_is_judged_as_a_whole() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    for framed in Framed::ALL {
        let mut client = scene.connect();
        for byte in request(&scene, &token, "POST /form", FORM, framed, b"title=x&s%75do=1") {
            // A gateway that has seen enough has refused and closed.
            let _ = client.send([byte]);
        }
        let answer = client.answer(false).unwrap();
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{framed:?}");
    }
    assert_eq!(scene.upstream.connections(), 0);
    let mut client = scene.connect();
    for byte in request(&scene, &token, "POST /form", FORM, Framed::Chunks(1), b"title=x") {
        client.send([byte]).unwrap();
    }
    assert_eq!(client.answer(false).unwrap().status, 200);
    assert_eq!(scene.upstream.requests()[0].body, b"title=x");
}

#[test]
fn http_1_0_brings_no_body() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:write");
    let head = "POST /up/form HTTP/1.0\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n";
    let answer = scene.raw(&token, &format!("{head}{FORM}Content-Length: 3\r\n\r\na=1"));
    assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"));
    // What stands behind a head without a length is no body.
    let answer = scene.raw(&token, &format!("{head}{FORM}\r\nsudo=1"));
    assert_eq!(answer.status, 200);
    let requests = scene.upstream.requests();
    assert_eq!((requests.len(), requests[0].body.as_slice()), (1, b"".as_slice()));
}

#[test]
fn it_is_the_same_behind_tls() {
    let (mut scene, pem) = secure(scene());
    let (_, token) = scene.token("up:global:write");
    for (framed, body, status) in [
        (Framed::Length, "a=1", "200"),
        (Framed::Length, "a=1&sudo=1", "400"),
        (Framed::Chunks(1), "a=1&b=2", "200"),
        (Framed::Chunks(1), "a=1&%73udo=1", "400"),
    ] {
        let fields = format!("Connection: close\r\n{FORM}");
        let request = request(&scene, &token, "POST /form", &fields, framed, body.as_bytes());
        let request = String::from_utf8(request).unwrap();
        let reply = https::ask(&scene, trusting(&pem), "127.0.0.1", &request).unwrap();
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{body}: {reply}");
    }
    let arrived: Vec<_> = scene.upstream.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(arrived, [b"a=1".as_slice(), b"a=1&b=2"]);
}

#[test]
fn it_is_the_same_in_a_tunnel() {
    let mut proxied = Proxied::of(Recorder::start(), DEFINITION);
    let (_, token) = proxied.token("up:repository=acme/site:read up:global:people");
    let upload = r#"{"operation":"upload"}"#;
    let download = r#"{"operation":"download"}"#;
    let query = r#"{"query":"{ repository(owner: \"acme\", name: \"site\") { people { login } } }"}"#;
    for (path, body, status) in [
        ("/acme/site/batch", download, 200),
        ("/graphql", query, 200),
        ("/acme/site/batch", upload, 403),
        ("/acme/site/batch", r#"{"operation":"download","sudo":1}"#, 400),
        ("/graphql", r#"{"query":"{ viewer { login } }"}"#, 403),
    ] {
        let head = proxied.request("POST", path, &format!("{JSON}Content-Length: {}\r\n", body.len()));
        let answer = proxy::ask(&mut proxied.tunnel(&token), &format!("{head}{body}"));
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
    }
    let arrived: Vec<_> = proxied.scene.upstream.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(arrived, [download.as_bytes(), query.as_bytes()]);
}
