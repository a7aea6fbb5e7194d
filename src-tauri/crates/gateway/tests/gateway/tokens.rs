//! Who gets through, and what the others are told.

use valetkey_core::time::Timestamp;
use valetkey_core::token::{Status, Token};
use valetkey_testkit::{MASTER, Recorder};

use crate::scene::{Scene, refused};

#[test]
fn an_allowed_request_goes_out_with_the_master_credential_in_place_of_the_token() {
    let mut scene = Scene::new(Recorder::start());
    let (record, token) = scene.token("up:global:see");
    let answer = scene.ask(&token, "GET", "/up/allowed?page=2");
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    let requests = scene.upstream.requests();
    assert_eq!(requests[0].line(), "GET /allowed?page=2 HTTP/1.1");
    assert_eq!(requests[0].values("authorization"), [format!("Bearer {MASTER}")]);
    assert_eq!(requests[0].values("host"), [scene.upstream.address().to_string()]);
    assert!(!requests[0].head.contains(&token));

    let entries = scene.log.entries();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].token, entries[0].operation.as_str()), (Some(record.id), "GET /allowed"));
    let closing = scene.log.closing(0);
    assert_eq!((closing.status, closing.received), (200, 2));
}

#[test]
fn a_missing_permission_is_named_with_everything_that_would_do() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:area=web:item.see");
    let answer = scene.ask(&token, "PUT", "/up/areas/web/items/7");
    assert_eq!((answer.status, refused(&answer)), (403, "insufficient_scope"));
    let mut body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    body["request_id"] = "[id]".into();
    body["hint"] = body["hint"].as_str().unwrap().replace(&token[5..13], "[token]").into();
    insta::assert_json_snapshot!(body, @r#"
    {
      "error": "insufficient_scope",
      "error_description": "this token lacks up:area=web:item.change",
      "held": [
        "up:area=web:item.see"
      ],
      "hint": "the owner can grant it: vk token update [token] --add up:area=web:item.change",
      "message": "this token lacks up:area=web:item.change",
      "missing": [
        [
          "up:area=web:item.change"
        ]
      ],
      "needed": [
        [
          "up:area=web:item.change"
        ]
      ],
      "operation": "PUT /areas/{area}/items/{item}",
      "request_id": "[id]",
      "service": "up"
    }
    "#);
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn a_context_ends_where_it_says() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("up:area=web:item.see");
    assert_eq!(scene.ask(&token, "GET", "/up/areas/web/items").status, 200);
    for other in
        ["/up/areas/ops/items", "/up/areas/WEB/items", "/up/areas/web%20/items", "/up/areas/webb/items"]
    {
        assert_eq!(scene.ask(&token, "GET", other).status, 403, "{other}");
    }
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn what_the_definition_does_not_know_no_limited_token_can_do() {
    let mut scene = Scene::new(Recorder::start());
    let (_, limited) = scene.token("up:global:* up:area=web:*");
    let (_, full) = scene.token("**");
    let answer = scene.ask(&limited, "GET", "/up/elsewhere");
    assert_eq!((answer.status, refused(&answer)), (403, "operation_unknown"));
    assert_eq!(scene.ask(&full, "GET", "/up/elsewhere").status, 200);
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn minting_a_credential_needs_a_grant_by_name_also_with_full_access() {
    let mut scene = Scene::new(Recorder::start());
    let mint = "POST /up/areas/web/keys HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n\r\n";
    for access in ["**", "up:area=web:*", "up:area=ops:key.make"] {
        let (_, token) = scene.token(access);
        assert_eq!(scene.raw(&token, mint).status, 403, "{access}");
    }
    let (_, token) = scene.token("up:area=web:key.make");
    assert_eq!(scene.raw(&token, mint).status, 200);
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn wrong_unknown_expired_disabled_and_revoked_look_the_same_from_outside() {
    let mut scene = Scene::new(Recorder::start());
    let (revoked, revoked_token) = scene.token("**");
    let (disabled, disabled_token) = scene.token("**");
    let (expired, expired_token) = scene.token("**");
    scene.policy.put(Token { status: Status::Revoked { at: Timestamp::from_millis(1) }, ..revoked });
    scene.policy.put(Token { status: Status::Disabled, ..disabled });
    scene.policy.put(Token { expires: Some(Timestamp::from_millis(1_000_000)), ..expired });
    scene.apply();
    let (_, unknown) = valetkey_core::token::TokenSecret::generate().unwrap();
    let mut wrong = unknown.expose().to_owned();
    wrong.replace_range(20..21, if wrong.as_bytes()[20] == b'x' { "y" } else { "x" });

    let strip = |text: String| text.split("\"request_id\"").next().unwrap().to_owned();
    let answers: Vec<_> = [wrong.as_str(), unknown.expose(), &expired_token, &disabled_token, &revoked_token]
        .iter()
        .map(|token| scene.ask(token, "GET", "/up/allowed"))
        .collect();
    for answer in &answers {
        assert_eq!((answer.status, refused(answer)), (401, "invalid_token"));
        assert_eq!(
            answer.value("www-authenticate"),
            Some("Bearer realm=\"valetkey\", error=\"invalid_token\"")
        );
        assert_eq!(strip(answer.text()), strip(answers[0].text()));
    }
    let reasons: Vec<_> = scene.log.entries().into_iter().map(|entry| entry.reason).collect();
    let expected = ["not in the form of a token", "unknown", "expired", "disabled", "revoked"];
    assert_eq!(reasons, expected.map(|why| format!("invalid_token: {why}")));
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn clients_of_registries_are_asked_for_a_password_and_read_why_in_their_list_of_errors() {
    let mut scene = Scene::new(Recorder::start());
    let (_, limited) = scene.token("up:area=web:item.see");
    for service in ["up", "nobody"] {
        let unsigned = format!("GET /{service}/v2/ HTTP/1.1\r\nHost: HOST\r\n\r\n");
        let asked = scene.raw(&limited, &unsigned);
        assert_eq!((asked.status, asked.value("www-authenticate")), (401, Some("Basic realm=\"valetkey\"")));
        assert!(
            asked.text().contains(r#""errors":[{"code":"UNAUTHORIZED","message":"send a personal token"#)
        );
    }
    let refused = scene.ask(&limited, "GET", "/up/v2/acme/site/tags/list");
    assert_eq!(refused.status, 403);
    assert!(
        refused.text().contains(r#""errors":[{"code":"DENIED""#)
            && refused.text().contains(r#""error":"operation_unknown""#)
    );
    let elsewhere = scene.ask(&limited, "GET", "/up/elsewhere");
    assert!(!elsewhere.text().contains("errors"), "{}", elsewhere.text());
}

#[test]
fn a_service_is_unknown_only_to_a_valid_token() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    assert_eq!(scene.ask(&token, "GET", "/nowhere/x").status, 404);
    assert_eq!(scene.ask("vkey_wrong", "GET", "/nowhere/x").status, 401);
}

#[test]
fn a_token_can_look_at_itself_and_end_itself() {
    let mut scene = Scene::new(Recorder::start());
    let (record, token) = scene.token("up:global:see");
    let answer = scene.ask(&token, "GET", "/.valetkey/token");
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["id"], record.id.to_string());
    assert_eq!(body["access"], "limited");
    assert_eq!(body["grants"][0], "up:global:see");

    let mut client = scene.connect();
    let request = scene.fill(
        &token,
        "DELETE /.valetkey/token HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    );
    client.send(request).unwrap();
    let revocation = scene.revocations.blocking_recv().unwrap();
    assert_eq!(revocation.token, record.id);
    scene.policy.put(Token { status: Status::Revoked { at: Timestamp::from_millis(2) }, ..record });
    scene.apply();
    revocation.done.send(Ok(())).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    assert_eq!(scene.ask(&token, "GET", "/.valetkey/token").status, 401);
    assert_eq!(scene.ask(&token, "GET", "/.valetkey/other").status, 401);
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn nothing_is_forwarded_that_can_not_be_recorded() {
    let mut scene = Scene::new(Recorder::start());
    let (_, token) = scene.token("**");
    scene.log.set_failing(true);
    let answer = scene.ask(&token, "GET", "/up/allowed");
    assert_eq!((answer.status, refused(&answer)), (503, "activity_unavailable"));
    assert_eq!(scene.upstream.bytes(), b"");
    scene.log.set_failing(false);
    assert_eq!(scene.ask(&token, "GET", "/up/allowed").status, 200);
}
