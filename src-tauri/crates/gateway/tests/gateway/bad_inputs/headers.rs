//! Headers by which a client would speak as another, elsewhere, or with another method; and what replies must lose.

use valetkey_testkit::{MASTER, Recorder};

use super::{GRANTS, lines, none_arrives};
use crate::scene::{DEFINITION, Scene};

#[test]
fn row_8_path_override_headers_are_dropped() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token(GRANTS);
    let names = [
        "X-Original-URL",
        "X-Rewrite-URL",
        "x-original-path",
        "X-Forwarded-Prefix",
        "X-Forwarded-Host",
        "X-Forwarded-For",
        "Forwarded",
        "X-Forwarded-Uri",
        "X-Host",
        "Via",
        "Cookie",
        "Proxy-Authorization",
        "X-Real-IP",
    ];
    let fields = names.join(": /admin\r\n") + ": /admin\r\n";
    let answer = scene.raw(
        &token,
        &format!("GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{fields}\r\n"),
    );
    assert_eq!(answer.status, 200);
    let requests = scene.upstream.requests();
    assert_eq!(requests[0].line(), "GET /allowed HTTP/1.1");
    for name in names {
        assert!(requests[0].values(name).is_empty(), "{name} went on");
    }
}

#[test]
fn row_9_names_with_underscores_and_other_malformed_names() {
    none_arrives(
        400,
        &[
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHX_Forwarded_User: a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHAuthorization_: a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHContent_Length: 5\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHX Y: a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHX : a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHX\u{e9}: a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH folded: a\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHX: a\0b\r\n\r\n",
        ],
    );
}

#[test]
fn row_10_connection_may_not_name_what_must_stay() {
    none_arrives(
        400,
        &[
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHConnection: authorization\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHConnection: close, Host\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHConnection: Transfer-Encoding\r\n\r\n",
        ],
    );
}

#[test]
fn row_10_connection_may_not_name_the_injected_header_either() {
    let mut scene = Scene::of(Recorder::start(), "", DEFINITION, Some("header:X-Key"));
    let (_, token) = scene.token(GRANTS);
    let request =
        "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: x-key\r\n\r\n";
    assert_eq!(scene.raw(&token, request).status, 400);
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn row_11_method_overrides_by_query_are_refused() {
    lines(
        400,
        &[
            "/up/allowed?_method=DELETE",
            "/up/allowed?a=1&_METHOD=DELETE",
            "/up/allowed?%5fmethod=DELETE",
            "/up/allowed?x-http-method-override=PUT",
        ],
    );
}

#[test]
fn row_11_method_override_headers_are_dropped() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token(GRANTS);
    let request = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nX-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n\r\n";
    assert_eq!(scene.raw(&token, request).status, 200);
    assert!(!scene.upstream.requests()[0].head.to_lowercase().contains("override"));
}

#[test]
fn row_12_the_clients_own_key_never_goes_beside_the_injected_one() {
    let mut scene = Scene::of(Recorder::start(), "", DEFINITION, Some("header:X-Service-Key"));
    let (_, token) = scene.token(GRANTS);
    let own = "X-API-Key: mine\r\nx-api-key: mine\r\nPrivate-Token: mine\r\nX-Goog-Api-Key: mine\r\n";
    let answer = scene.raw(
        &token,
        &format!("GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n{own}\r\n"),
    );
    assert_eq!(answer.status, 200);
    let request = &scene.upstream.requests()[0];
    assert_eq!(request.values("x-service-key"), [MASTER]);
    assert!(
        !request.head.contains("mine")
            && !request.head.contains(&token)
            && request.values("authorization").is_empty()
    );
}

#[test]
fn row_12_a_second_key_in_the_services_own_header_is_two_credentials() {
    let mut scene = Scene::of(Recorder::start(), "", DEFINITION, Some("header:X-Service-Key"));
    let (_, token) = scene.token(GRANTS);
    let both = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nx-SERVICE-key: mine\r\n\r\n";
    assert_eq!(scene.raw(&token, both).status, 400);
    let alone = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nX-Service-Key: TOKEN\r\n\r\n";
    assert_eq!(scene.raw(&token, alone).status, 200);
    assert_eq!(scene.upstream.requests()[0].values("x-service-key"), [MASTER]);
}

#[test]
fn row_13_two_credentials_and_malformed_ones() {
    none_arrives(
        400,
        &[
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHAUTH\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTHAuthorization: Basic eA==\r\n\r\n",
        ],
    );
    none_arrives(
        401,
        &[
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN, Bearer TOKEN\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization:\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: TOKEN\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET /up/allowed?access_token=TOKEN HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nCookie: token=TOKEN\r\n\r\n",
        ],
    );
}

#[test]
fn row_22_replies_lose_what_only_browsers_want() {
    let upstream = Recorder::answering(
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-allow-credentials: true\r\nSet-Cookie: session=1\r\nSet-Cookie: b=2\r\n\
         Alt-Svc: h3=\":443\"\r\nClear-Site-Data: *\r\nStrict-Transport-Security: max-age=1\r\nService-Worker-Allowed: /\r\nRefresh: 0\r\n\
         Valetkey-Refused: forged\r\nX-Kept: yes\r\nContent-Length: 2\r\n\r\nok",
    );
    let mut scene = Scene::new(upstream);
    let (_, token) = scene.token(GRANTS);
    let answer = scene.ask(&token, "GET", "/up/allowed");
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    assert_eq!(answer.value("x-kept"), Some("yes"));
    let head = answer.head.to_lowercase();
    for gone in [
        "access-control",
        "set-cookie",
        "alt-svc",
        "clear-site",
        "strict-transport",
        "service-worker",
        "refresh",
        "valetkey-refused",
    ] {
        assert!(!head.contains(gone), "{gone} in {head}");
    }
}
