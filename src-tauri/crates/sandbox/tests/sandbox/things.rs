use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::client::{MASTER, ask, sandbox, send};

#[tokio::test]
async fn a_dev_environment_lives_from_creation_to_deletion() {
    let sandbox = sandbox().await;
    let all = "/namespaces/web/environments";
    let one = "/namespaces/web/environments/mine";
    let created = ask(&sandbox, "POST", all, r#"{"name":"mine","template":"backend"}"#).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.json(), json!({"name": "mine", "template": "backend", "state": "stopped"}));
    let state = |reply: crate::client::Reply| reply.json()["state"].as_str().unwrap().to_owned();
    assert_eq!(state(ask(&sandbox, "POST", &format!("{one}/start"), "").await), "running");
    assert_eq!(state(ask(&sandbox, "GET", one, "").await), "running");
    assert_eq!(state(ask(&sandbox, "POST", &format!("{one}/stop"), "").await), "stopped");
    assert_eq!(ask(&sandbox, "GET", &format!("{one}/log"), "").await.body, "created\nstarted\nstopped\n");
    assert_eq!(ask(&sandbox, "GET", all, "").await.json().as_array().unwrap().len(), 3);
    assert_eq!(ask(&sandbox, "DELETE", one, "").await.status, 204);
    assert_eq!(ask(&sandbox, "GET", one, "").await.status, 404);
}

#[tokio::test]
async fn what_can_not_be_done_says_why() {
    let sandbox = sandbox().await;
    let environments = "/namespaces/web/environments";
    for (method, path, body, status, error) in [
        ("POST", environments, r#"{"name":"backend-1","template":"backend"}"#, 409, "exists"),
        ("POST", environments, r#"{"name":"x","template":"none"}"#, 422, "invalid"),
        ("POST", environments, r#"{"name":"../x","template":"backend"}"#, 422, "invalid"),
        ("POST", environments, r#"{"name":"x"}"#, 400, "malformed"),
        ("POST", environments, "", 400, "malformed"),
        ("POST", environments, r#"{"name":"x","template":"backend","more":1}"#, 400, "malformed"),
        ("POST", "/namespaces", r#"{"key":"web","title":"Again"}"#, 409, "exists"),
        ("GET", "/namespaces/none", "", 404, "not_found"),
        ("DELETE", "/namespaces/web/templates/none", "", 404, "not_found"),
        ("POST", "/namespaces/web/service-accounts/none/token", "", 404, "not_found"),
    ] {
        let reply = ask(&sandbox, method, path, body).await;
        assert_eq!((reply.status, &reply.json()["error"]), (status, &error.into()), "{method} {path} {body}");
    }
}

#[tokio::test]
async fn a_namespace_holds_only_so_much() {
    let sandbox = sandbox().await;
    for number in 2..1000 {
        let body = format!(r#"{{"name":"e{number}","template":"backend"}}"#);
        assert_eq!(ask(&sandbox, "POST", "/namespaces/web/environments", &body).await.status, 201);
    }
    let body = r#"{"name":"one-more","template":"backend"}"#;
    assert_eq!(ask(&sandbox, "POST", "/namespaces/web/environments", body).await.json()["error"], "full");
}

#[tokio::test]
async fn a_followed_log_goes_on_until_the_sandbox_stops() {
    let sandbox = sandbox().await;
    let path = "/namespaces/web/environments/backend-1/log?follow=1";
    let mut stream = send(&sandbox, &format!("Bearer {MASTER}"), "GET", path, "").await;
    let mut text = String::new();
    while !text.contains("data: still here (2)\n\n") {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "ended after {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    assert!(text.contains("data: created\n\n") && text.contains("data: started\n\n"), "{text}");
    let address = sandbox.base_url();
    sandbox.stop().await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    let gone = tokio::net::TcpStream::connect(address.strip_prefix("http://").unwrap()).await;
    assert!(gone.is_err(), "the port is free");
}

#[tokio::test]
async fn a_sandbox_that_is_let_go_of_ends_what_is_open() {
    let sandbox = sandbox().await;
    let path = "/namespaces/web/environments/backend-1/log?follow=1";
    let mut stream = send(&sandbox, &format!("Bearer {MASTER}"), "GET", path, "").await;
    stream.readable().await.unwrap();
    drop(sandbox);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.starts_with(b"HTTP/1.1 200"));
}
