//! Inputs that have led past some gateway before; each with the number of its row in the project's list of them.

use valetkey_core::activity::Outcome;
use valetkey_testkit::{MASTER, Recorder};

use crate::scene::{DEFINITION, Scene, refused};

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

#[test]
fn row_1_dot_segments_in_any_spelling() {
    lines(
        400,
        &[
            "/up/allowed/../admin",
            "/up/allowed/%2e%2e/admin",
            "/up/allowed/.%2e/admin",
            "/up/allowed/%2E%2E/admin",
            "/up/./allowed",
            "/up/allowed/..",
        ],
    );
}

#[test]
fn row_2_encoded_separators_and_backslashes() {
    lines(
        400,
        &[
            "/up/allowed%2Fadmin",
            "/up/allowed%2fadmin",
            "/up/allowed%5Cadmin",
            "/up/allowed\\admin",
            "/up\\allowed",
        ],
    );
}

#[test]
fn row_3_parameters_controls_and_fragments() {
    lines(
        400,
        &[
            "/up/allowed;/../admin",
            "/up/allowed;x=1",
            "/up/allowed%00",
            "/up/allowed%0d%0aX:y",
            "/up/allowed%0D%0A",
            "/up/allowed%23",
            "/up/allowed#",
            "/up/allowed#/admin",
            "/up/allowed%7F",
        ]
        .iter()
        .filter(|target| **target != "/up/allowed%23")
        .copied()
        .collect::<Vec<_>>(),
    );
    // An encoded `#` is data in a segment; no operation has it, so it is refused for want of one.
    lines(403, &["/up/allowed%23"]);
}

#[test]
fn row_4_the_query_is_no_part_of_the_path() {
    lines(403, &["/up/admin?x=/allowed", "/up/admin?/allowed"]);
}

#[test]
fn row_5_double_encoding() {
    lines(400, &["/up/%252e%252e/admin", "/up/allowed%252Fadmin", "/up/%25"]);
}

#[test]
fn row_6_case_and_prefix() {
    lines(403, &["/up/ALLOWED", "/up/allowedX", "/up/allowed/", "/up/allowe", "/up/allowed/x"]);
    lines(404, &["/UP/allowed", "/upx/allowed"]);
}

#[test]
fn row_7_empty_segments() {
    lines(400, &["//admin", "//up/allowed", "/up//allowed", "/up/allowed//admin", "/up/allowed//"]);
}

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
fn row_14_lengths_that_can_be_read_in_two_ways() {
    let requests: Vec<String> = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: +5",
        "Content-Length: 005",
        "Content-Length: 5,5",
        "Content-Length: 0x5",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 18446744073709551616",
        "Content-Length: -1",
        "Content-Length:",
    ]
    .iter()
    .map(|fields| {
        format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH{fields}\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    })
    .collect();
    none_arrives(400, &requests.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn row_14_after_a_framing_error_the_connection_ends_and_the_rest_is_never_parsed() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let hidden =
        scene.fill(&token, "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    let length = hidden.len() + 5;
    let request = scene.fill(
        &token,
        &format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    );
    let mut client = scene.connect();
    client.send(request).unwrap();
    let everything = String::from_utf8(client.rest().unwrap()).unwrap();
    assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{everything}");
    assert!(everything.to_lowercase().contains("connection: close"));
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn row_15_transfer_encodings_other_than_chunked() {
    let requests: Vec<String> = [
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding:\r\n",
    ]
    .iter()
    .map(|fields| format!("POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAUTH{fields}\r\n\r\n0\r\n\r\n"))
    .collect();
    none_arrives(400, &requests.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn row_16_http_1_0_has_no_body() {
    none_arrives(
        400,
        &[
            "POST /up/allowed HTTP/1.0\r\nHost: HOST\r\nAUTHTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /up/allowed HTTP/1.0\r\nHost: HOST\r\nAUTHContent-Length: 2\r\n\r\nhi",
        ],
    );
}

#[test]
fn row_17_chunks_that_can_be_read_in_two_ways() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:global:change");
    for chunk in [
        "+3\r\nabc",
        "-1\r\n",
        "11111111111111111\r\n",
        "0x3\r\nabc",
        "3 \r\nabc",
        "3\nabc",
        " 3\r\nabc",
        "g\r\n",
        "\r\n3\r\nabc",
        "3;a=b\r\nabc",
        "0\r\nTrailer: x\r\n\r\n",
    ] {
        let request = format!(
            "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}\r\n0\r\n\r\n"
        );
        let answer = scene.raw(&token, &request);
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{chunk:?}");
    }
    let long = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(9000));
    let request = format!(
        "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n{long}"
    );
    assert_eq!(scene.raw(&token, &request).status, 400);
    assert_eq!(scene.upstream.bytes(), b"", "a byte reached the service");
}

#[test]
fn row_17_a_later_malformed_chunk_never_completes_the_request() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:global:change");
    let request = "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n+3\r\ndef\r\n0\r\n\r\n";
    let answer = scene.raw(&token, request);
    assert_eq!(answer.status, 400);
    assert!(scene.upstream.wait_until(|_, closed| closed == 1));
    assert!(scene.upstream.requests().is_empty(), "the service was given a whole request");
}

#[test]
fn row_18_what_follows_an_upgrade_is_judged_for_itself() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token(GRANTS);
    let upgrade = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let admin = "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    let mut client = scene.connect();
    client.send(scene.fill(&token, &format!("{upgrade}{admin}"))).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    let second = client.answer(false).unwrap();
    assert_eq!((second.status, refused(&second)), (403, "insufficient_scope"));
    let requests = scene.upstream.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].values("upgrade").is_empty() && requests[0].values("connection").is_empty());
}

#[test]
fn row_18_without_a_101_nothing_flows_through_an_upgrade_that_is_allowed() {
    let definition =
        DEFINITION.replacen("\"permissions\"", "\"switches\": {\"upgrade\": true}, \"permissions\"", 1);
    let upstream = Recorder::answering("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n");
    let mut scene = Scene::of(upstream, "", &definition, None);
    let (_, token) = scene.token(GRANTS);
    let upgrade = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let admin = "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    let mut client = scene.connect();
    client.send(scene.fill(&token, &format!("{upgrade}{admin}"))).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 426);
    assert_eq!(client.answer(false).unwrap().status, 403);
    let requests = scene.upstream.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].values("upgrade"), ["websocket"]);
}

#[test]
fn row_19_after_an_early_refusal_the_rest_of_the_body_is_never_parsed() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    let hidden =
        scene.fill(&token, "GET /up/admin HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    for (authorization, status) in
        [("Bearer vkey_wrong", 401), ("Bearer TOKEN\r\nOrigin: https://evil.com", 403)]
    {
        let mut client = scene.connect();
        let head = format!(
            "POST /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n{hidden}",
            hidden.len()
        );
        client.send(scene.fill(&token, &head)).unwrap();
        let everything = String::from_utf8(client.rest().unwrap()).unwrap();
        assert!(everything.starts_with(&format!("HTTP/1.1 {status} ")), "{everything}");
        assert_eq!(everything.matches("HTTP/1.1 ").count(), 1, "{everything}");
    }
    assert_eq!(scene.upstream.bytes(), b"");
}

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

#[test]
fn bodies_where_no_definition_wants_one() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    for method in ["GET", "DELETE"] {
        let answer = scene.raw(&token, &format!("{method} /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 2\r\n\r\nhi"));
        assert_eq!((answer.status, answer.value("connection")), (400, Some("close")), "{method}");
    }
    assert_eq!(scene.upstream.bytes(), b"");
}
