//! A service that refuses what was permitted: its owner is told, the request is not kept waiting.

use valetkey_gateway::ServiceRefused;
use valetkey_testkit::Recorder;

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
        let ServiceRefused { service, status } = scene.refusals.blocking_recv().unwrap();
        assert_eq!((service.as_str(), status), ("up", code));
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
