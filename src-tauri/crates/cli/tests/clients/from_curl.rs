use valetkey_testkit::Recorder;

use crate::{
    connected::Connected,
    curl::{curl, curl_told},
};

const MASTER: &str = "the-master-credential-of-httpbin";

#[test]
fn a_token_is_taken_as_bearer_as_password_and_on_the_services_own_name() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("curl", &["httpbin:global:read"]);
    let url = httpbin.url("/bearer");
    let bearer = format!("Authorization: Bearer {token}");
    let port = httpbin.gateway.address.rsplit_once(':').unwrap().1;
    let by_name = format!("http://httpbin.localhost:{port}/bearer");
    for arguments in [
        &["--oauth2-bearer", &token, &url][..],
        &["-H", &format!("Authorization: token {token}"), &url],
        &["-u", &format!("anyone:{token}"), &url],
        &["-u", &format!("anyone:{token}"), "--anyauth", &url],
        &[&format!("http://anyone:{token}@{}/httpbin/bearer", httpbin.gateway.address)],
        &["-H", &bearer, "--resolve", &format!("httpbin.localhost:{port}:127.0.0.1"), &by_name],
    ] {
        let reply = curl(arguments);
        assert_eq!(reply.status, 200, "{arguments:?}: {reply:?}");
        assert_eq!(reply.json()["authenticated"], true);
        assert!(!reply.has(MASTER) && !reply.has(&token), "{reply:?}");
    }

    let none = curl(&[&url]);
    assert_eq!((none.status, none.head.matches("www-authenticate").count()), (401, 2), "{none:?}");
    let wrong = curl(&["-u", "anyone:not-a-token", &url]);
    assert_eq!((wrong.status, wrong.value("valetkey-refused")), (401, Some("invalid_token")));
}

#[test]
fn head_ranges_and_http_1_0_work_as_without_a_gateway() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("curl", &["httpbin:global:read"]);
    let head = httpbin.curl(&token, "/bytes/1234", &["-I"]);
    assert_eq!((head.status, head.value("content-length")), (200, Some("1234")));
    assert_eq!(head.text(), head.head, "curl shows the head for a body, and nothing follows it");
    let both = httpbin.curl(&token, "/bytes/1234", &["-I", "-o", "/dev/null", &httpbin.url("/get")]);
    assert_eq!((both.status, both.connections), (200, 1), "the length that HEAD states is not waited for");

    let part = httpbin.curl(&token, "/range/1000", &["-r", "10-19"]);
    assert_eq!((part.status, part.text().as_str()), (206, "klmnopqrst"));
    assert_eq!(part.value("content-range"), Some("bytes 10-19/1000"));

    let old = httpbin.curl(&token, "/stream/3", &["--http1.0"]);
    assert_eq!((old.status, old.text().lines().count()), (200, 3));
    assert_eq!(old.value("transfer-encoding"), None, "an HTTP/1.0 client knows no chunks");
    assert_eq!(httpbin.curl(&token, "/stream/3", &[]).text(), old.text());
}

#[test]
fn two_requests_go_over_one_connection_also_after_a_refusal() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("curl", &["httpbin:global:read"]);
    let second = httpbin.url("/get?second=1");
    for (first, status) in [("/get", "200"), ("/status/404", "404"), ("/status/200?access_token=x", "400")] {
        let both = httpbin.curl(&token, first, &["-o", "/dev/null", &second]);
        assert!(both.head.starts_with(&format!("HTTP/1.1 {status} ")), "{}", both.head);
        assert_eq!((both.status, both.connections), (200, 1), "{first}: {both:?}");
    }
}

#[test]
fn the_unix_socket_serves_a_client_that_believes_it_talks_to_the_service() {
    let httpbin = Connected::httpbin(MASTER);
    let token = httpbin.token("curl", &["httpbin:global:read"]);
    let socket = httpbin.folder.profile().join("gateway.sock");
    let asked = |path: &str, arguments: &[&str]| {
        let (url, user) = (format!("{}{path}", httpbin.server.url()), format!("anyone:{token}"));
        let over = ["--unix-socket", socket.to_str().unwrap(), "-u", &user, &url];
        curl(&[&over[..], arguments].concat())
    };
    let reply = asked("/bearer", &[]);
    assert_eq!((reply.status, &reply.json()["authenticated"]), (200, &true.into()));
    assert_eq!(asked("/post", &["-d", "a=1"]).json()["missing"][0][0], "httpbin:global:write");
    let elsewhere = asked("/get", &["-H", "Host: elsewhere.example"]);
    assert_eq!((elsewhere.status, elsewhere.value("valetkey-refused")), (404, Some("service_unknown")));
    let redirected = asked("/relative-redirect/2", &["-L"]);
    assert_eq!(redirected.status, 200, "{redirected:?}");
}

#[test]
fn an_upload_from_standard_input_arrives_whole_and_a_refused_one_not_at_all() {
    let httpbin = Connected::httpbin(MASTER);
    let recorder = Recorder::start();
    let added = ["service", "add", "store", "--kind", "rest", "--url", &recorder.url()];
    httpbin.folder.vk_told(MASTER, &added).ok();
    let store = Connected { service: "store", ..httpbin };
    let token = store.token("curl", &["store:global:write"]);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0] ^ 0x5a).collect();
    let (user, url) = (format!("anyone:{token}"), store.url("/file"));
    for (arguments, framing) in [
        (&["-T", "-", "-H", "Expect: 100-continue"][..], "transfer-encoding"),
        (&["-T", "-", "-H", "Expect:"], "transfer-encoding"),
        (&["-X", "PUT", "--data-binary", "@-", "-H", "Expect: 100-continue"], "content-length"),
    ] {
        let before = recorder.requests().len();
        let told = curl_told(&bytes, &[&["-u", &user, &url][..], arguments].concat());
        assert_eq!((told.status, told.text().as_str()), (200, "ok"), "{arguments:?}");
        let expects = arguments.contains(&"Expect: 100-continue");
        assert_eq!(told.head.contains("100 Continue"), expects, "{}", told.head);
        let arrived = recorder.requests().split_off(before);
        assert_eq!(arrived.len(), 1, "{arguments:?}");
        assert_eq!(arrived[0].values(framing).len(), 1, "{}", arrived[0].head);
        assert_eq!(arrived[0].values("authorization"), [format!("Bearer {MASTER}")]);
        assert!(arrived[0].body == bytes, "{arguments:?}: another body");
    }

    let before = recorder.requests().len();
    let reader = store.token("reader", &["store:global:read"]);
    let user = format!("anyone:{reader}");
    let refused = curl_told(&bytes, &["-u", &user, &url, "-T", "-", "-H", "Expect: 100-continue"]);
    assert_eq!(refused.json()["missing"][0][0], "store:global:write");
    assert!(!refused.head.contains("100 Continue"), "nobody asks for a body that is refused");
    assert_eq!(recorder.requests().len(), before);
}
