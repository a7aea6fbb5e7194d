//! GraphQL, field by field.

use serde_json::{Value, json};
use valetkey_testkit::Answer;

use super::{Framed, post, request, scene};
use crate::scene::{Scene, refused};

const JSON: &str = "application/json";

fn asked(scene: &Scene, token: &str, body: &Value) -> Answer {
    post(scene, token, "/graphql", JSON, body.to_string().as_bytes())
}

fn query(scene: &Scene, token: &str, text: &str) -> Answer {
    asked(scene, token, &json!({ "query": text }))
}

const SITE: &str = r#"{ repository(owner: "acme", name: "site") { id people { login } } }"#;

#[test]
fn exactly_the_grants_of_all_its_fields_are_needed() {
    let mut scene = scene();
    for (access, status) in [
        ("up:repository=acme/site:read up:repository=acme/site:people", 200),
        ("up:global:read up:global:people", 200),
        ("up:repository=acme/site:read", 403),
        ("up:repository=acme/site:people", 403),
        ("up:repository=acme/other:read up:repository=acme/other:people", 403),
        ("**", 200),
    ] {
        let (_, token) = scene.token(access);
        let answer = query(&scene, &token, SITE);
        assert_eq!(answer.status, status, "{access}: {}", answer.text());
        if status == 403 {
            assert_eq!(refused(&answer), "insufficient_scope", "{access}");
        }
    }
    let (_, none) = scene.token("up:global:profile");
    let answer = query(&scene, &none, SITE);
    for missing in ["up:repository=acme/site:read", "up:repository=acme/site:people"] {
        assert!(answer.text().contains(missing), "all that is missing is told at once: {}", answer.text());
    }
    assert_eq!(scene.upstream.requests().len(), 3);
    let entries = scene.log.entries();
    assert_eq!(entries[0].operation, "POST /graphql query repository");
    assert_eq!(entries[0].context, "repository=acme/site");
}

#[test]
fn what_was_judged_arrives_byte_by_byte() {
    let mut scene = scene();
    let (_, token) = scene.token("up:repository=acme/site:read up:global:profile");
    for body in [
        r#"{"query":"{ viewer { login } }"}"#,
        "\n{ \"variables\" : {\"o\":\"acme\",\"n\":\"si\\u0074e\",\"first\":3},\r\n\t\"query\":\"query Q($o:String!,$n:String!){r:repository(owner:$o,name:$n){...f}} fragment f on Repository{id}\", \"operationName\":\"Q\" }",
        r#"{"query":"query A { viewer { login } } query B { repository(owner: \"acme\", name: \"site\") { name } }","operationName":"B"}"#,
    ] {
        for framed in Framed::ALL {
            let fields = "Content-Type: application/json\r\n";
            let bytes = request(&scene, &token, "POST /graphql", fields, framed, body.as_bytes());
            let answer = scene.raw_bytes(&bytes);
            assert_eq!(answer.status, 200, "{body} {framed:?}: {}", answer.text());
            assert_eq!(scene.upstream.requests().pop().unwrap().body, body.as_bytes());
        }
    }
}

#[test]
fn fields_that_nobody_knows_are_refused_by_name() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:people up:global:profile");
    for (text, named) in [
        ("{ viewer { login email } }", "User.email"),
        ("{ nodes(ids: []) { id } }", "Query.nodes"),
        (
            r#"{ repository(owner: "acme", name: "site") { owner { repositories { name } } } }"#,
            "User.repositories",
        ),
        ("{ ... { secret } }", "Query.secret"),
        ("{ viewer { ...f } } fragment f on User { login hidden }", "User.hidden"),
        ("{ viewer { x: email @skip(if: true) } }", "User.email"),
        ("{ __schema { types { name } } }", "Query.__schema"),
        ("{ __type(name: \"User\") { name } }", "Query.__type"),
        ("{ viewer { login { a } } }", "User.login.a"),
        ("mutation { addStar(id: 1) { id } }", "mutation.addStar"),
        ("subscription { stars { id } }", "subscription.stars"),
        ("query A { viewer { login } } mutation B { addStar { id } }", ""),
    ] {
        let answer = query(&scene, &token, text);
        if named.is_empty() {
            assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{text}");
        } else {
            assert_eq!(
                (answer.status, refused(&answer)),
                (403, "operation_unknown"),
                "{text}: {}",
                answer.text()
            );
            assert!(answer.text().contains(named), "{text}: {}", answer.text());
        }
    }
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn where_a_context_is_not_plainly_named_only_a_global_grant_will_do() {
    let mut scene = scene();
    let (_, limited) = scene.token("up:repository=acme/site:read");
    let (_, global) = scene.token("up:global:read");
    let with = |text: &str, variables: Value| json!({"query": text, "variables": variables});
    let variable = "query($o: String!, $n: String = \"site\") { repository(owner: $o, name: $n) { id } }";
    for body in [
        with(variable, json!({"o": "acme", "n": "other"})),
        with(variable, json!({"o": "acme/site"})),
        with(variable, json!({"o": ["acme"]})),
        with(variable, json!({"o": null})),
        with(variable, json!({})),
        with(variable, json!({"o": "acme", "n": null})),
        with("{ repository(owner: \"acme\", name: \"s\\u0069te\") { id } }", json!({})),
        with("{ repository(owner: \"\"\"acme\"\"\", name: \"site\") { id } }", json!({})),
        with("{ repository(owner: acme, name: site) { id } }", json!({})),
        with("{ repository(name: \"site\") { id } }", json!({})),
        with(
            "{ a: repository(owner: \"acme\", name: \"site\") { id } b: repository(owner: \"acme\", name: \"other\") { id } }",
            json!({}),
        ),
    ] {
        let answer = asked(&scene, &limited, &body);
        assert_eq!((answer.status, refused(&answer)), (403, "insufficient_scope"), "{body}");
        assert_eq!(asked(&scene, &global, &body).status, 200, "{body}");
    }
    assert_eq!(asked(&scene, &limited, &with(variable, json!({"o": "acme"}))).status, 200);
    assert!(scene.upstream.requests().len() == 12, "none of the limited token's but the last");
}

#[test]
fn what_is_not_one_document_in_json_is_refused() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:people up:global:profile");
    let viewer = "{ viewer { login } }";
    for body in [
        json!([{ "query": viewer }]).to_string(),
        json!(viewer).to_string(),
        json!({}).to_string(),
        json!({"query": null}).to_string(),
        json!({"query": [viewer]}).to_string(),
        json!({"query": viewer, "extensions": {"persistedQuery": {"sha256Hash": "x"}}}).to_string(),
        json!({"id": "persisted"}).to_string(),
        json!({"query": viewer, "Query": viewer}).to_string(),
        json!({"query": viewer, "variables": "{}"}).to_string(),
        json!({"query": viewer, "operationName": "Other"}).to_string(),
        json!({"query": "query A { viewer { login } } query B { viewer { login } }"}).to_string(),
        json!({"query": "query A { viewer { login } } query A { secret }", "operationName": "A"}).to_string(),
        json!({"query": "{ viewer { login }"}).to_string(),
        json!({"query": ""}).to_string(),
        json!({"query": "type User { login: String }"}).to_string(),
        json!({"query": "{ viewer { ...missing } }"}).to_string(),
        json!({"query": "{ viewer { ...f } } fragment f on User { ...f }"}).to_string(),
        json!({"query": "{ viewer { login } } #\r{ secret }"}).to_string(),
        json!({"query": format!("{{ viewer {} }}", "{ a ".repeat(100))}).to_string(),
        format!("{{\"query\":{viewer:?},\"query\":\"{{ secret }}\"}}"),
        format!("{{\"query\":{viewer:?},\"sudo\":1}}"),
        format!("\u{feff}{{\"query\":{viewer:?}}}"),
        format!("{{\"query\":{viewer:?}}}{{}}"),
        viewer.to_owned(),
    ] {
        let answer = post(&scene, &token, "/graphql", JSON, body.as_bytes());
        assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{body}: {}", answer.text());
    }
    for kind in [
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
    ] {
        let body = json!({ "query": viewer }).to_string();
        assert_eq!(post(&scene, &token, "/graphql", kind, body.as_bytes()).status, 400, "{kind}");
    }
    let long = json!({"query": format!("{viewer}{}", " ".repeat(256 * 1024))}).to_string();
    assert_eq!(post(&scene, &token, "/graphql", JSON, long.as_bytes()).status, 400);
    assert_eq!(scene.upstream.connections(), 0);
}

#[test]
fn a_query_string_asks_nothing() {
    let mut scene = scene();
    let (_, token) = scene.token("up:global:read up:global:people up:global:profile");
    for method in ["GET", "HEAD", "POST"] {
        let mut client = scene.connect();
        let head = format!(
            "{method} /up/graphql?query=%7Bviewer%7Blogin%7D%7D HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"
        );
        client.send(scene.fill(&token, &head)).unwrap();
        let answer = client.answer(method == "HEAD").unwrap();
        assert_eq!((answer.status, refused(&answer)), (403, "operation_unknown"), "{method}");
    }
    let smuggled = post(
        &scene,
        &token,
        "/graphql?query=%7Bsecret%7D",
        JSON,
        json!({"query": "{ viewer { login } }"}).to_string().as_bytes(),
    );
    assert_eq!(smuggled.status, 403, "{}", smuggled.text());
    assert_eq!(scene.upstream.connections(), 0);
}
