//! Whom the gateway answers at all: hosts, web pages, other protocols.

use valetkey_testkit::Recorder;

use super::none_arrives;
use crate::scene::{Scene, refused};

#[test]
fn row_20_hosts_that_are_not_ours() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let port = scene.gateway.addresses()[0].port();
    let other = port.wrapping_add(1);
    let hosts = [
        String::new(),
        format!(":{port}"),
        "evil.com".into(),
        format!("evil.com:{port}"),
        format!("127.0.0.1.evil.com:{port}"),
        format!("localhost.:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.1:{port}"),
        format!("127.0.0.1:{other}"),
        "127.0.0.1".into(),
        "localhost".into(),
        format!("127.0.0.1:{port}, evil.com"),
        format!("user@127.0.0.1:{port}"),
        format!("127.0.0.1:0{port}"),
        format!("up.localhost.evil.com:{port}"),
        format!("2130706433:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
    ];
    for host in &hosts {
        let answer = scene.raw(
            &token,
            &format!("GET /up/allowed HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
        );
        assert_eq!((answer.status, refused(&answer)), (421, "host_refused"), "{host:?}");
        assert_eq!(answer.value("connection"), Some("close"), "{host:?}");
    }
    for fields in ["", "Host: HOST\r\nHost: HOST\r\n", "Host: HOST\r\nHost: evil.com\r\n"] {
        let answer = scene
            .raw(&token, &format!("GET /up/allowed HTTP/1.1\r\n{fields}Authorization: Bearer TOKEN\r\n\r\n"));
        assert_eq!(answer.status, 421, "{fields:?}");
    }
    let absolute = scene.raw(
        &token,
        "GET http://HOST/up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    );
    assert_eq!(absolute.status, 400);
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn row_21_browsers_are_refused_before_the_token_is_looked_at() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let port = scene.gateway.addresses()[0].port();
    let own = format!("Origin: http://127.0.0.1:{port}");
    for field in [
        "Origin: null",
        "Origin: https://evil.com",
        own.as_str(),
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: navigate",
    ] {
        for authorization in ["Authorization: Bearer TOKEN\r\n", ""] {
            let answer = scene.raw(
                &token,
                &format!("GET /up/allowed HTTP/1.1\r\nHost: HOST\r\n{authorization}{field}\r\n\r\n"),
            );
            assert_eq!((answer.status, refused(&answer)), (403, "cross_origin"), "{field}");
        }
    }
    let preflight = scene.raw(&token, "OPTIONS /up/allowed HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.com\r\nAccess-Control-Request-Method: POST\r\n\r\n");
    assert_eq!(preflight.status, 403);
    assert!(!preflight.head.to_lowercase().contains("access-control-"), "{}", preflight.head);
    assert_eq!(preflight.value("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn row_27_other_protocols() {
    none_arrives(
        400,
        &[
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET /up/allowed HTTP/2\r\nHost: HOST\r\nAUTH\r\n",
            "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "TRACE /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n",
            "get /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n",
            "GET * HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n",
            "GET /up/allowed HTTP/1.1\nHost: HOST\n\n",
            "\r\nGET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n",
            "\u{16}\u{3}\u{1}\r\n\r\n",
        ],
    );
}
