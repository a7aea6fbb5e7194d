use std::collections::BTreeSet;

use valetkey_core::rules::Rules;
use valetkey_sandbox::{Operation, operations};

use crate::client::{ask, sandbox};

fn rules() -> &'static Rules {
    valetkey_catalog::kind("sandbox").unwrap().rules()
}

/// A path with the names of things that are there at the start.
fn filled(template: &str) -> String {
    template
        .replace("{namespace}", "web")
        .replace("{template}", "frontend")
        .replace("{environment}", "frontend-1")
        .replace("{account}", "builder")
        .replace("{user}", "guest")
}

fn body_of(operation: &Operation) -> &'static str {
    match (operation.method, operation.path) {
        ("POST", "/users") => r#"{"name":"new","title":"New"}"#,
        ("POST", "/namespaces") => r#"{"key":"new","title":"New"}"#,
        ("POST", "/namespaces/{namespace}/environments") => r#"{"name":"new","template":"backend"}"#,
        ("PUT", _) => r#"{"image":"images/new:1","memory_gib":2}"#,
        _ => "",
    }
}

#[test]
fn the_definition_has_exactly_what_the_server_offers_and_asks_the_same_for_it() {
    let rules = rules();
    let defined: BTreeSet<_> = rules
        .operations
        .iter()
        .map(|operation| {
            let [all_of] = operation.requires.as_slice() else { panic!("{}", operation.label) };
            let [permission] = all_of.as_slice() else { panic!("{}", operation.label) };
            (operation.label.to_string(), rules.permissions[permission.0].name.as_str())
        })
        .collect();
    let offered: BTreeSet<_> = operations()
        .map(|operation| (format!("{} {}", operation.method, operation.path), operation.permission))
        .collect();
    assert_eq!(defined, offered);
}

#[tokio::test]
async fn every_operation_of_the_definition_is_done_where_the_right_is_there() {
    for operation in operations() {
        let sandbox = sandbox().await;
        sandbox.give("global", "users.manage");
        let path = filled(operation.path);
        let reply = ask(&sandbox, operation.method, &path, body_of(&operation)).await;
        assert!(matches!(reply.status, 200 | 201 | 204), "{operation:?}: {} {}", reply.status, reply.body);
    }
}

#[tokio::test]
async fn every_operation_of_the_definition_is_refused_where_the_right_is_not_there() {
    let sandbox = sandbox().await;
    for operation in operations() {
        let context = if operation.path.contains("{namespace}") { "namespace=web" } else { "global" };
        sandbox.take(context, operation.permission);
        let reply = ask(&sandbox, operation.method, &filled(operation.path), body_of(&operation)).await;
        assert_eq!(reply.status, 403, "{operation:?}");
        assert_eq!(reply.json()["error"], "permission_denied");
        let description = reply.json()["error_description"].to_string();
        assert!(description.contains(operation.permission) && description.contains(context), "{description}");
        sandbox.give(context, operation.permission);
    }
}

#[tokio::test]
async fn what_the_definition_does_not_have_is_not_there() {
    let sandbox = sandbox().await;
    for path in
        ["/", "/nothing", "/me/", "/namespaces/web/nothing", "/namespaces/web/templates/frontend/more"]
    {
        assert_eq!(ask(&sandbox, "GET", path, "").await.status, 404, "{path}");
    }
    for (method, path) in [("POST", "/me"), ("PATCH", "/users/guest"), ("PUT", "/namespaces/web")] {
        let reply = ask(&sandbox, method, path, "").await;
        assert_eq!((reply.status, &reply.json()["error"]), (405, &"method_not_allowed".into()));
    }
}

#[tokio::test]
async fn the_owners_rights_are_told_in_words_that_the_definition_knows() {
    let sandbox = sandbox().await;
    let me = ask(&sandbox, "GET", "/me", "").await.json();
    assert_eq!(me["name"], "Sandbox owner");
    let rules = rules();
    let rights = me["rights"].as_array().unwrap();
    assert_eq!(rights.len(), 15);
    for right in rights {
        let context = right["context"].as_str().unwrap().parse().unwrap();
        let permission = rules.permission(right["permission"].as_str().unwrap()).unwrap();
        assert!(rules.assignable(permission, &context), "{right}");
    }
}
