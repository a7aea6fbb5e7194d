use serde_json::json;

use crate::client::{MASTER, ask, ask_as, sandbox};

#[tokio::test]
async fn without_a_known_credential_there_is_nothing_but_401() {
    let sandbox = sandbox().await;
    let bearer = format!("Bearer {MASTER}x");
    let basic = format!("Basic {MASTER}");
    for authorization in ["", "Bearer", "Bearer ", &bearer, &basic, MASTER] {
        for (method, path) in [("GET", "/me"), ("GET", "/nothing"), ("PATCH", "/me"), ("POST", "/namespaces")]
        {
            let reply = ask_as(&sandbox, authorization, method, path, "").await;
            assert_eq!(reply.status, 401, "{authorization:?} {method} {path}");
            assert_eq!(reply.json()["error"], "unauthenticated");
            assert!(reply.head.contains("www-authenticate: bearer"), "{}", reply.head);
            assert!(!reply.body.contains(MASTER));
        }
    }
}

#[tokio::test]
async fn the_owner_is_no_administrator_and_only_looks_in_ops() {
    let sandbox = sandbox().await;
    for (method, path, status) in [
        ("GET", "/users", 200),
        ("DELETE", "/users/guest", 403),
        ("GET", "/namespaces/ops/environments", 200),
        ("POST", "/namespaces/ops/environments/runbook-1/start", 403),
        ("POST", "/namespaces/web/environments/frontend-1/start", 200),
        ("POST", "/namespaces/ops/service-accounts/builder/token", 403),
        ("DELETE", "/namespaces/ops", 403),
    ] {
        assert_eq!(ask(&sandbox, method, path, "").await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn whoever_creates_a_namespace_has_every_right_in_it_while_it_is_there() {
    let sandbox = sandbox().await;
    let created = ask(&sandbox, "POST", "/namespaces", r#"{"key":"lab","title":"Laboratory"}"#).await;
    assert_eq!((created.status, created.json()), (201, json!({"key": "lab", "title": "Laboratory"})));
    let rights = |me: serde_json::Value| {
        let rights = me["rights"].as_array().unwrap().clone();
        rights.iter().filter(|right| right["context"] == "namespace=lab").count()
    };
    assert_eq!(rights(ask(&sandbox, "GET", "/me", "").await.json()), 8);
    let template = r#"{"image":"i","memory_gib":1}"#;
    assert_eq!(ask(&sandbox, "PUT", "/namespaces/lab/templates/one", template).await.status, 200);
    assert_eq!(ask(&sandbox, "DELETE", "/namespaces/lab", "").await.status, 204);
    assert_eq!(ask(&sandbox, "GET", "/namespaces/lab", "").await.status, 404);
    assert_eq!(rights(ask(&sandbox, "GET", "/me", "").await.json()), 0);
}

#[tokio::test]
async fn the_list_of_namespaces_is_what_the_caller_has_rights_in() {
    let sandbox = sandbox().await;
    let both = json!([{"key": "ops", "title": "Operations"}, {"key": "web", "title": "Web shop"}]);
    assert_eq!(ask(&sandbox, "GET", "/namespaces", "").await.json(), both);
    for permission in ["namespace.view", "template.view", "environment.view"] {
        sandbox.take("namespace=ops", permission);
    }
    let web = json!([{"key": "web", "title": "Web shop"}]);
    assert_eq!(ask(&sandbox, "GET", "/namespaces", "").await.json(), web);
}

#[tokio::test]
async fn a_minted_token_outlives_rights_but_not_its_namespace() {
    let sandbox = sandbox().await;
    let minted = ask(&sandbox, "POST", "/namespaces/web/service-accounts/builder/token", "").await;
    assert_eq!(minted.status, 201);
    let bearer = format!("Bearer {}", minted.json()["token"].as_str().unwrap());
    sandbox.take("namespace=web", "service-account.token");
    let me = ask_as(&sandbox, &bearer, "GET", "/me", "").await.json();
    assert_eq!(me["name"], "builder of web");
    assert_eq!(ask_as(&sandbox, &bearer, "GET", "/namespaces/web/templates", "").await.status, 200);
    assert_eq!(ask_as(&sandbox, &bearer, "DELETE", "/namespaces/web", "").await.status, 403);
    assert_eq!(ask_as(&sandbox, &bearer, "GET", "/namespaces/ops", "").await.status, 403);
    assert_eq!(ask(&sandbox, "DELETE", "/namespaces/web", "").await.status, 204);
    assert_eq!(ask_as(&sandbox, &bearer, "GET", "/me", "").await.status, 401);
}
