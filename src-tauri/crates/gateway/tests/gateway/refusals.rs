//! A service that refuses what was permitted: its owner is told, the request is not kept waiting.

use valetkey_gateway::{Accepted, ServiceRefused};
use valetkey_testkit::{MASTER, PolicyBuilder, Recorder};

use crate::scene::Scene;

const GET: &str = "GET /up/allowed HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";

fn scene(status: &str) -> Scene {
    Scene::new(Recorder::answering(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")))
}

#[test]
fn a_services_own_refusal_of_a_permitted_request_is_reported() {
    for (status, code) in [("403 Forbidden", 403), ("401 Unauthorized", 401)] {
        let mut scene = scene(status);
        let (_, token) = scene.token("**");
        assert_eq!(scene.raw(&token, GET).status, code);
        let ServiceRefused { service, status, accepted } = scene.refusals.blocking_recv().unwrap();
        assert_eq!((service.as_str(), status, accepted), ("up", code, None));
    }
}

#[test]
fn other_replies_and_refusals_of_the_gateway_are_not() {
    let mut scene = scene("404 Not Found");
    let (_, token) = scene.token("**");
    assert_eq!(scene.raw(&token, GET).status, 404);
    let (_, other) = scene.token("up:area=b:item.see");
    assert_eq!(scene.raw(&other, GET).status, 403);
    assert!(scene.refusals.try_recv().is_err());
}

#[test]
fn nobody_taking_the_reports_keeps_no_request_waiting() {
    let mut scene = scene("403 Forbidden");
    let (_, token) = scene.token("**");
    for _ in 0..100 {
        assert_eq!(scene.raw(&token, GET).status, 403);
    }
}

const DEFINITION: &str = r#"{"version":1,"kind":"test","title":"Test","description":"For tests.",
    "permissions":[{"name":"item.see"}],
    "operations":[{"method":"GET","path":"/allowed","requires":"item.see"}],
    "switches":{"accepted_headers":["x-accepted-permissions","x-accepted-scopes"]}}"#;

/// After a service that says what it accepts has answered with this status and these fields.
fn answered(status: &str, fields: &str) -> Scene {
    let upstream = Recorder::answering(format!("HTTP/1.1 {status}\r\n{fields}content-length: 0\r\n\r\n"));
    let policy = PolicyBuilder::new().service("up", &upstream.url(), DEFINITION, None);
    let mut scene = Scene::with(upstream, policy);
    let (_, token) = scene.token("up:global:item.see");
    scene.raw(&token, GET);
    scene
}

#[test]
fn what_a_service_accepts_is_reported_where_it_refuses_and_says_so() {
    let accepts = |mut scene: Scene| {
        let Accepted { operation, text } = scene.refusals.blocking_recv()?.accepted?;
        assert_eq!(&*operation, "GET /allowed");
        Some(String::from(text))
    };
    let both = "X-Accepted-Scopes: repo\r\nX-Accepted-Permissions: items=write,more=read; all=write\r\n";
    assert_eq!(
        accepts(answered("403 Forbidden", both)).as_deref(),
        Some("items=write, more=read; all=write"),
        "in the order of the definition"
    );
    let scopes = "X-Accepted-Permissions:\r\nX-Accepted-Scopes: repo, public_repo\r\n";
    assert_eq!(accepts(answered("403 Forbidden", scopes)).as_deref(), Some("repo, public_repo"));
    assert_eq!(accepts(answered("404 Not Found", scopes)).as_deref(), Some("repo, public_repo"));
    assert!(answered("200 OK", both).refusals.try_recv().is_err());
    assert!(answered("404 Not Found", "").refusals.try_recv().is_err());
}

#[test]
fn what_has_another_shape_or_holds_the_credential_is_not_reported() {
    for odd in [
        "x-accepted-scopes: 16C7e42F292c6912E7710c838347Ae178B4a\r\n".to_owned(),
        format!("x-accepted-scopes: {MASTER}\r\n"),
    ] {
        assert_eq!(answered("403 Forbidden", &odd).refusals.blocking_recv().unwrap().accepted, None, "{odd}");
    }
}
