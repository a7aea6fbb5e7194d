use crate::{connected::Connected, curl::curl};

const MASTER: &str = "the-master-credential-of-httpbin";

/// What stands in a reply where the service echoed the credential.
fn stars() -> String {
    "*".repeat(MASTER.len())
}

#[test]
fn reading_is_permitted_and_writing_refused_by_the_name_of_what_is_missing() {
    let httpbin = Connected::httpbin(MASTER);
    let reader = httpbin.token("reader", &["httpbin:global:read"]);
    let got = httpbin.curl(&reader, "/get?colour=red&colour=blue", &[]);
    assert_eq!(got.status, 200, "{got:?}");
    assert_eq!(got.json()["args"]["colour"], serde_json::json!(["red", "blue"]));

    for (method, path) in [("POST", "/post"), ("PUT", "/put"), ("PATCH", "/patch"), ("DELETE", "/delete")] {
        let refused = httpbin.curl(&reader, path, &["-X", method, "-d", "a=1"]);
        assert_eq!(refused.status, 403, "{refused:?}");
        assert_eq!(refused.value("valetkey-refused"), Some("insufficient_scope"));
        assert_eq!(refused.json()["missing"], serde_json::json!([["httpbin:global:write"]]));
    }

    let writer = httpbin.token("writer", &["httpbin:global:write"]);
    for (method, path) in [("POST", "/post"), ("PUT", "/put"), ("PATCH", "/patch"), ("DELETE", "/delete")] {
        let done = httpbin.curl(
            &writer,
            path,
            &["-X", method, "-d", r#"{"a":1}"#, "-H", "Content-Type: application/json"],
        );
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(done.json()["json"], serde_json::json!({"a": 1}), "{method}");
    }
    assert_eq!(httpbin.curl(&writer, "/get", &[]).status, 403, "writing does not imply reading");

    httpbin.folder.vk(&["token", "revoke", "reader"]).ok();
    assert_eq!(httpbin.curl(&reader, "/get", &[]).status, 401);
    assert_eq!(httpbin.curl(&writer, "/post", &["-d", "a=1"]).status, 200, "the other token goes on");
}

#[test]
fn the_service_gets_the_master_credential_and_its_echo_is_blotted_out() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("reader", &["httpbin:global:read"]);
    let bearer = httpbin.curl(&token, "/bearer", &[]);
    assert_eq!((bearer.status, &bearer.json()["authenticated"]), (200, &true.into()));
    assert_eq!(bearer.json()["token"], stars());

    let own = ["-H", "Cookie: session=1", "-H", "X-Forwarded-For: 10.0.0.1", "-H", "X-Mine: kept"];
    let echo = httpbin.curl(&token, "/headers", &own);
    let headers = echo.json()["headers"].clone();
    assert_eq!(headers["Authorization"], format!("Bearer {}", stars()));
    assert_eq!(headers["Host"], httpbin.server.address);
    assert_eq!(headers["X-Mine"], "kept");
    assert!(headers.get("Cookie").is_none() && headers.get("X-Forwarded-For").is_none(), "{headers}");
    for reply in [bearer, echo, httpbin.curl(&token, "/stream/3", &[])] {
        assert!(!reply.has(MASTER) && !reply.has(&token), "{reply:?}");
    }
    let set = httpbin.curl(&token, &format!("/response-headers?X-Echo={MASTER}"), &[]);
    assert_eq!(set.value("x-echo"), Some(stars().as_str()), "in a header too");
}

#[test]
fn a_basic_credential_opens_what_a_token_alone_does_not() {
    let httpbin = Connected::httpbin(MASTER);
    let arguments = [
        "service",
        "add",
        "basic",
        "--kind",
        "rest",
        "--url",
        &httpbin.server.url(),
        "--auth",
        "basic:owner",
    ];
    httpbin.folder.vk_told(MASTER, &arguments).ok();
    let token = httpbin.token("reader", &["httpbin:global:read", "basic:global:read"]);
    let path = format!("/basic-auth/owner/{MASTER}");
    let basic = Connected { service: "basic", ..httpbin };
    assert_eq!(basic.curl(&token, &path, &[]).json()["authenticated"], true);
    let echo = basic.curl(&token, "/headers", &[]).json()["headers"]["Authorization"].clone();
    assert!(echo.as_str().unwrap().trim_end_matches('*') == "Basic ", "blotted out in base64 too: {echo}");
    assert_eq!(basic.curl(&token, "/basic-auth/owner/other", &[]).status, 401, "the service's own");
    let direct = ["-H", &format!("Authorization: Bearer {token}"), &format!("{}{path}", basic.server.url())];
    assert_eq!(curl(&direct).status, 401, "the token is of no use to the service itself");
}

#[test]
fn redirects_pass_unfollowed_and_lead_through_the_gateway_where_they_stay_at_the_service() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("reader", &["httpbin:global:read"]);
    let away = httpbin.curl(&token, "/redirect-to?url=http://127.0.0.1:9/elsewhere", &[]);
    assert_eq!((away.status, away.value("location")), (302, Some("http://127.0.0.1:9/elsewhere")));

    let inside = format!("/redirect-to?status_code=307&url={}/get", httpbin.server.url());
    let here = httpbin.curl(&token, &inside, &[]);
    assert_eq!((here.status, here.value("location")), (307, Some(httpbin.url("/get").as_str())));
    let followed = httpbin.curl(&token, "/relative-redirect/3", &["-L"]);
    assert_eq!(followed.status, 200, "{followed:?}");
    assert!(followed.head.matches("302").count() == 3, "{}", followed.head);
}

#[test]
fn a_stream_an_image_and_a_status_arrive_as_they_were_sent() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("reader", &["httpbin:global:read"]);
    let stream = httpbin.curl(&token, "/stream/5", &[]);
    assert_eq!(stream.value("transfer-encoding"), Some("chunked"));
    let lines: Vec<serde_json::Value> =
        stream.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["id"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);

    for path in
        ["/image/png", "/image/jpeg", "/bytes/100000?seed=7", "/stream-bytes/100000?seed=7", "/encoding/utf8"]
    {
        let through = httpbin.curl(&token, path, &[]);
        let direct = curl(&[&format!("{}{path}", httpbin.server.url())]);
        assert_eq!((through.status, through.body == direct.body), (200, true), "{path}");
        assert_eq!(through.value("content-type"), direct.value("content-type"));
    }

    let teapot = httpbin.curl(&token, "/status/418", &[]);
    assert_eq!((teapot.status, teapot.value("valetkey-refused")), (418, None));
    assert!(teapot.text().contains("teapot"));
    let forbidden = httpbin.curl(&token, "/status/403", &[]);
    assert_eq!((forbidden.status, forbidden.value("valetkey-refused")), (403, None), "not the gateway's");
}

#[test]
fn text_that_is_compressed_so_that_it_can_not_be_searched_is_refused() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("reader", &["httpbin:global:read"]);
    let refused = httpbin.curl(&token, "/deflate", &["--compressed"]);
    assert_eq!((refused.status, refused.value("valetkey-refused")), (502, Some("upstream_failed")));
    assert!(refused.text().contains("compressed"), "{}", refused.text());
    let asked = httpbin.curl(&token, "/headers", &["--compressed"]);
    assert_eq!(
        asked.json()["headers"]["Accept-Encoding"],
        "gzip",
        "what can be searched, of all that curl takes"
    );
}
