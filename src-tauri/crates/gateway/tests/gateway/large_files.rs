//! The reply to a batch of git-lfs, which says where files are and with which credential.

use std::{io::Write, sync::Arc};

use serde_json::{Value, json};
use valetkey_testkit::{Answer, MASTER, Recorder};

use crate::scene::{REST, Scene, refused};

const BATCH: &str = "/up/acme/site.git/info/lfs/objects/batch";

/// A service that answers with this body, `HOST` being its own, in this framing.
fn service(body: impl Into<String>, fields: &'static str) -> Scene {
    let body = body.into();
    let upstream = Recorder::scripted(Arc::new(move |request, stream| {
        let body = body.replace("HOST", request.values("host")[0]);
        let framing = if fields.contains("chunked") {
            format!("\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
        } else {
            format!("content-length: {}\r\n\r\n{body}", body.len())
        };
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.git-lfs+json\r\n{fields}{framing}")?;
        Ok(true)
    }));
    Scene::of(upstream, "", REST, None)
}

fn actions(actions: &Value) -> String {
    json!({"transfer": "basic", "objects": [{"oid": "0a1b", "size": 7, "actions": actions}]}).to_string()
}

fn batch(scene: &mut Scene, path: &str) -> Answer {
    let (_, token) = scene.token("up:global:write");
    scene.ask(&token, "POST", path)
}

#[test]
fn what_the_service_keeps_itself_is_led_back_without_its_credential() {
    let own = json!({
        "download": {
            "href": "http://HOST/acme/site.git/gitlab-lfs/objects/0a1b",
            "header": {"authorization": "Basic bG9uZ2xpdmVk", "Content-Type": "application/octet-stream"},
            "expires_in": 7200
        },
        "verify": {"href": "http://HOST/acme/site.git/info/lfs/verify"}
    });
    for fields in ["", "transfer-encoding: chunked\r\n"] {
        let mut scene = service(actions(&own), fields);
        let answer = batch(&mut scene, BATCH);
        let reply: Value = serde_json::from_slice(answer.text().as_bytes()).unwrap();
        let at = format!("http://{}/up/acme/site.git", scene.gateway.addresses()[0]);
        let expected = json!({
            "download": {
                "href": format!("{at}/gitlab-lfs/objects/0a1b"),
                "header": {"Content-Type": "application/octet-stream"},
                "expires_in": 7200
            },
            "verify": {"href": format!("{at}/info/lfs/verify")}
        });
        assert_eq!(reply["objects"][0]["actions"], expected);
        assert_eq!(scene.upstream.requests()[0].values("accept-encoding"), ["identity"]);
    }
}

#[test]
fn what_is_signed_for_a_storage_elsewhere_stays_and_a_credential_does_not() {
    let elsewhere = |authorization: &str| json!({"upload": {"href": "https://storage.example/0a1b?signature=7", "header": {"Authorization": authorization}}});
    for signed in ["AWS4-HMAC-SHA256 Credential=a", "RemoteAuth b"] {
        let mut scene = service(actions(&elsewhere(signed)), "");
        let reply: Value = serde_json::from_slice(batch(&mut scene, BATCH).text().as_bytes()).unwrap();
        assert_eq!(reply["objects"][0]["actions"], elsewhere(signed));
    }
    for credential in ["Basic bG9uZ2xpdmVk", "bearer longlived", "token longlived", MASTER] {
        let mut scene = service(actions(&elsewhere(credential)), "");
        let text = batch(&mut scene, BATCH).text();
        assert!(text.contains("signature=7") && !text.contains(credential), "{text}");
    }
}

#[test]
fn a_reply_that_is_no_such_list_goes_to_nobody_and_other_replies_pass() {
    for (body, fields) in [
        ("<html>Basic bG9uZ2xpdmVk", ""),
        ("{\"objects\": [{\"actions\": \"Basic bG9uZ2xpdmVk\"}]}", ""),
        (
            "{\"objects\": [{\"actions\": {\"download\": {\"header\": {\"Authorization\": \"Basic bG9uZ2xpdmVk\"}}}}]}",
            "",
        ),
        ("{\"objects\": []}", "content-encoding: gzip\r\n"),
    ] {
        let answer = batch(&mut service(body, fields), BATCH);
        assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"), "{body}");
        assert!(!answer.text().contains("bG9uZ2xpdmVk"));
    }
    let body = "{\"objects\":  [ \"http://HOST/left-as-it-is\" ]}";
    let mut scene = service(body, "");
    let text = batch(&mut scene, "/up/acme/site.git/info/lfs/locks").text();
    assert_eq!(text, body.replace("HOST", scene.upstream.requests()[0].values("host")[0]));
}
