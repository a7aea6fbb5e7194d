#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod bounds;

use serde_json::{Value, json};
use valetkey_catalog::{
    Definition, Error, Problem,
    import::{Basis, Imported, Note, Options, SkipReason, openapi},
};

/// A document of the third version with these paths, and what else is given.
fn document(paths: &Value, more: &Value) -> String {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Notes of a team", "version": "2.1", "description": "Notes. And more."},
        "servers": [{"url": "https://notes.example.com/api"}],
        "paths": paths,
    });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document.to_string()
}

fn import(text: &str) -> Imported {
    let imported = openapi(text, &Options::default()).unwrap();
    Definition::parse(&imported.definition).unwrap();
    imported
}

fn made(paths: &Value, more: &Value) -> Value {
    serde_json::from_str(&import(&document(paths, more)).definition).unwrap()
}

/// The one operation of `definition` at `path`.
fn operation<'d>(definition: &'d Value, method: &str, path: &str) -> &'d Value {
    let operations = definition["operations"].as_array().unwrap();
    let mut found = operations.iter().filter(|each| each["method"] == method && each["path"] == path);
    let operation = found.next().unwrap_or_else(|| panic!("{method} {path} is not in {definition}"));
    assert!(found.next().is_none(), "{method} {path} is there twice");
    operation
}

fn names(definition: &Value) -> Vec<&str> {
    definition["permissions"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap()).collect()
}

#[test]
fn a_tag_becomes_what_reads_and_what_writes() {
    let paths = json!({
        "/notes": {"get": {"tags": ["Team Notes", "other"]}, "post": {"tags": ["Team Notes"]}, "options": {"tags": ["Team Notes"]}},
        "/notes/{id}": {"delete": {"tags": ["Team Notes"]}, "head": {"tags": ["Team Notes"]}},
        "/v1/books": {"get": {}},
    });
    let tags = json!({"tags": [{"name": "Team Notes", "description": "What was noted. Long ago."}]});
    let definition = made(&paths, &tags);
    assert_eq!(names(&definition), ["team-notes.read", "team-notes.write", "books.read"]);
    let write = &definition["permissions"][1];
    assert_eq!(write["title"], "Team Notes: write");
    assert_eq!(write["group"], "Team Notes");
    assert_eq!(write["description"], "What was noted.");
    assert_eq!(write["risk"], "destructive");
    for (method, path, permission) in [
        ("GET", "/notes", "team-notes.read"),
        ("OPTIONS", "/notes", "team-notes.read"),
        ("HEAD", "/notes/{id}", "team-notes.read"),
        ("POST", "/notes", "team-notes.write"),
        ("DELETE", "/notes/{id}", "team-notes.write"),
        ("GET", "/v1/books", "books.read"),
    ] {
        assert_eq!(operation(&definition, method, path)["requires"], permission);
    }
    assert_eq!(definition["kind"], "notes-of-a-team");
    assert_eq!(definition["base_url"], "https://notes.example.com/api");
    assert_eq!(definition["source"], "OpenAPI 3.0.3 document “Notes of a team” 2.1");
}

#[test]
fn making_a_credential_is_a_permission_of_its_own() {
    let paths = json!({
        "/users/{id}/api-keys": {"post": {"tags": ["users"]}, "get": {"tags": ["users"]}, "delete": {"tags": ["users"]}},
        "/users": {"post": {"tags": ["users"]}},
        "/monkeys": {"post": {"tags": ["users"]}},
    });
    let definition = made(&paths, &json!({}));
    assert_eq!(names(&definition), ["users.read", "users.write", "users.credentials"]);
    assert_eq!(definition["permissions"][2]["risk"], "mints_credentials");
    assert_eq!(operation(&definition, "POST", "/users/{id}/api-keys")["requires"], "users.credentials");
    assert_eq!(operation(&definition, "DELETE", "/users/{id}/api-keys")["requires"], "users.write");
    assert_eq!(operation(&definition, "POST", "/monkeys")["requires"], "users.write");
}

#[test]
fn scopes_become_permissions_as_security_means_them() {
    let paths = json!({
        "/a": {"get": {"security": [{"oauth": ["note:read", "book:read"]}, {"oauth": ["admin"]}, {"key": []}]}},
        "/b": {"get": {}},
        "/c": {"get": {"security": [{"key": []}], "tags": ["c"]}},
        "/d": {"get": {"security": [], "tags": ["d"]}},
    });
    let more = json!({
        "security": [{"oauth": ["note:read"]}],
        "components": {"securitySchemes": {
            "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://x.example.com",
                "scopes": {"note:read": "Read notes", "unused": "Nothing"}}}},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }},
    });
    let definition = made(&paths, &more);
    assert_eq!(names(&definition), ["admin", "book.read", "note.read", "c.read", "d.read"]);
    assert_eq!(
        operation(&definition, "GET", "/a")["requires"],
        json!([["book.read", "note.read"], ["admin"]])
    );
    assert_eq!(operation(&definition, "GET", "/b")["requires"], "note.read");
    assert_eq!(operation(&definition, "GET", "/c")["requires"], "c.read");
    assert_eq!(operation(&definition, "GET", "/d")["requires"], "d.read");
    assert_eq!(definition["permissions"][2]["description"], "Read notes");
    assert_eq!(definition["permissions"][2]["group"], "Note");
    let imported = import(&document(&paths, &more));
    assert!(imported.preview.notes.contains(&Note::ScopesRenamed));
    assert!(imported.preview.notes.contains(&Note::Public { count: 1 }));

    let tags = Options { basis: Basis::Tags, ..Options::default() };
    let by_tags = openapi(&document(&paths, &more), &tags).unwrap();
    let by_tags: Value = serde_json::from_str(&by_tags.definition).unwrap();
    assert_eq!(names(&by_tags), ["a.read", "b.read", "c.read", "d.read"]);
}

#[test]
fn a_thing_with_a_collection_before_it_is_a_context() {
    let paths = json!({
        "/v3/repos": {"get": {}},
        "/v3/repos/{owner}": {"get": {}},
        "/v3/repos/{owner}/{repo}": {"get": {}, "delete": {}},
        "/v3/repos/{owner}/{repo}/issues": {"get": {}, "post": {}},
        "/v3/repos/{org}/{repo}/{ref}": {"get": {}},
        "/v3/few/{few}": {"get": {}, "put": {}, "patch": {}, "post": {}, "delete": {}},
        "/v3/{tenant}/a": {"get": {}},
    });
    let imported = import(&document(&paths, &json!({})));
    let contexts = &imported.preview.contexts;
    assert_eq!(contexts.len(), 1, "{contexts:?}");
    assert_eq!((contexts[0].name.as_str(), contexts[0].operations), ("repo", 5));
    assert_eq!(contexts[0].example, "/v3/repos/{owner}/{repo}");
    let definition: Value = serde_json::from_str(&imported.definition).unwrap();
    let bound = |method, path| operation(&definition, method, path)["contexts"].clone();
    assert_eq!(bound("POST", "/v3/repos/{owner}/{repo}/issues"), json!({"repo": "{owner}/{repo}"}));
    assert_eq!(bound("GET", "/v3/repos/{org}/{repo}/{ref}"), json!({"repo": "{org}/{repo}"}));
    assert_eq!(bound("GET", "/v3/repos"), Value::Null);
    assert_eq!(bound("GET", "/v3/repos/{owner}"), Value::Null);
    let repos =
        definition["permissions"].as_array().unwrap().iter().find(|each| each["name"] == "repos.read");
    assert_eq!(repos.unwrap()["contexts"], json!(["repo", "global"]));
}

#[test]
fn only_the_contexts_that_are_wanted_are_made() {
    let paths = json!({
        "/books/{id}": {"get": {}, "put": {}, "delete": {}}, "/books/{id}/a": {"get": {}}, "/books/{id}/b": {"get": {}},
    });
    let text = document(&paths, &json!({}));
    let none = openapi(&text, &Options { contexts: Some(&[]), ..Options::default() }).unwrap();
    assert_eq!(none.preview.contexts, []);
    assert!(!none.definition.contains("\"contexts\": ["));
    let wrong = openapi(&text, &Options { contexts: Some(&["boko".into()]), ..Options::default() });
    assert_eq!(wrong.unwrap_err().to_string(), "#/paths: unknown context “boko”; did you mean “book”?");
}

#[test]
fn operations_that_no_request_tells_apart_need_what_both_need() {
    let paths = json!({
        "/a/{x}": {"get": {"tags": ["one"]}},
        "/a/{y}": {"get": {"tags": ["two"]}},
        "/{x}/c": {"get": {"tags": ["three"]}},
    });
    let definition = made(&paths, &json!({}));
    assert_eq!(operation(&definition, "GET", "/a/{x}")["requires"], json!(["one.read", "two.read"]));
    assert_eq!(operation(&definition, "GET", "/{x}/c")["requires"], "three.read");
    assert_eq!(
        operation(&definition, "GET", "/a/c")["requires"],
        json!(["one.read", "two.read", "three.read"])
    );
}

#[test]
fn what_can_not_be_taken_is_named_with_its_reason() {
    let paths = json!({
        "/a": {"get": {}, "trace": {}},
        "/b//c": {"get": {}},
        "/d": {"$ref": "https://elsewhere.example.com/paths.json#/d"},
        "/e": {"$ref": "#/paths/~1a"},
        "/f": {"$ref": "#/paths/~1f"},
        "/g": {"get": {"servers": [{"url": "https://uploads.example.com"}]}},
        "/h": {"servers": [{"url": "https://notes.example.com/api/v2"}], "get": {}},
        "i": {"get": {}},
        "x-j": {"get": {}},
    });
    let imported = import(&document(&paths, &json!({})));
    let skipped: Vec<_> =
        imported.preview.skipped.iter().map(|each| (&*each.method, &*each.path, &each.reason)).collect();
    let elsewhere = SkipReason::Reference { reference: "https://elsewhere.example.com/paths.json#/d".into() };
    let uploads = SkipReason::OtherServer { server: "https://uploads.example.com".into() };
    assert_eq!(skipped.len(), 6, "{skipped:?}");
    for expected in [
        ("TRACE", "/a", &SkipReason::Method),
        ("TRACE", "/e", &SkipReason::Method),
        ("", "/d", &elsewhere),
        ("GET", "/g", &uploads),
    ] {
        assert!(skipped.contains(&expected), "{expected:?} in {skipped:?}");
    }
    for (method, path) in [("GET", "/b//c"), ("", "i")] {
        assert!(
            skipped
                .iter()
                .any(|each| (each.0, each.1) == (method, path) && matches!(each.2, SkipReason::Path(_)))
        );
    }
    let definition: Value = serde_json::from_str(&imported.definition).unwrap();
    operation(&definition, "GET", "/e");
    operation(&definition, "GET", "/v2/h");
}

#[test]
fn credentials_are_sent_as_the_document_says_and_no_caller_brings_another() {
    let schemes = json!({"components": {"securitySchemes": {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "sudo": {"type": "apiKey", "in": "header", "name": "Sudo"},
        "query": {"type": "apiKey", "in": "query", "name": "api_key"},
        "basic": {"type": "http", "scheme": "basic"},
    }}});
    let paths = json!({"/a": {"get": {}, "delete": {"requestBody": {}}}});
    let definition = made(&paths, &schemes);
    assert_eq!(definition["credential_form"], "header:Sudo");
    assert_eq!(definition["client_headers"], json!(["Sudo"]));
    assert_eq!(
        definition["switches"],
        json!({"bodies": ["DELETE"], "refused_parameters": ["access_token", "api_key"]})
    );
    let notes = import(&document(&paths, &schemes)).preview.notes;
    assert!(notes.contains(&Note::KeyInQuery { parameter: "api_key".into() }));
    assert!(notes.contains(&Note::SchemeUnusable { name: "cookie".into() }));

    let with_bearer = json!({"components": {"securitySchemes": {
        "sudo": {"type": "apiKey", "in": "header", "name": "Sudo"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }}});
    let definition = made(&paths, &with_bearer);
    assert_eq!(definition["credential_form"], "bearer");
    assert_eq!(definition["switches"]["dropped_headers"], json!(["Sudo"]));
    let basic = json!({"components": {"securitySchemes": {"basic": {"type": "http", "scheme": "Basic"}}}});
    assert_eq!(made(&paths, &basic)["credential_form"], "basic:");
}

#[test]
fn swagger_2_is_read_in_yaml_too() {
    let text = "
swagger: 2.0
info: {title: Old, version: 1.10}
host: old.example.com
basePath: /v1
schemes: [http, https]
securityDefinitions:
  token: {type: apiKey, in: header, name: Authorization}
  oauth: {type: oauth2, flow: implicit, scopes: {'read:a': Read it, x-note: {a: b}}}
parameters:
  Body: {in: body, name: body}
paths:
  /a/{id}:
    x-something: [1]
    parameters: [{$ref: '#/parameters/Body'}]
    get: {security: [{oauth: ['read:a']}]}
    delete: &same
      tags: [a]
    put: *same
";
    let imported = import(text);
    assert_eq!(imported.preview.format, "Swagger 2.0");
    assert_eq!(imported.preview.version, "1.10");
    let definition: Value = serde_json::from_str(&imported.definition).unwrap();
    assert_eq!(definition["base_url"], "https://old.example.com/v1");
    assert_eq!(definition["credential_form"], "bearer");
    assert_eq!(definition["switches"]["bodies"], json!(["GET", "DELETE"]));
    assert_eq!(names(&definition), ["read.a", "a.write"]);
}

#[test]
fn a_server_is_found_or_asked_for() {
    let at = |servers: Value, location: Option<&str>| {
        let text = document(&json!({"/a": {"get": {}}}), &json!({"servers": servers}));
        let imported = openapi(&text, &Options { location, ..Options::default() }).unwrap();
        let definition: Value = serde_json::from_str(&imported.definition).unwrap();
        (
            definition["base_url"].as_str().map(str::to_owned),
            definition["needs_base_url"].as_bool(),
            imported.preview.notes,
        )
    };
    let (base, needs, _) =
        at(json!([{"url": "http://plain.example.com"}, {"url": "https://a.example.com/x/"}]), None);
    assert_eq!((base.as_deref(), needs), (Some("https://a.example.com/x"), None));
    let (base, needs, notes) = at(
        json!([{"url": "https://{tenant}.example.com/{v}", "variables": {"tenant": {"default": "demo"}, "v": {"default": 2}}}]),
        None,
    );
    assert_eq!((base.as_deref(), needs), (Some("https://demo.example.com/2"), Some(true)));
    assert!(notes.contains(&Note::ServerVaries { url: "https://demo.example.com/2".into() }));
    let (base, needs, notes) = at(json!([{"url": "/api"}]), None);
    assert_eq!((base, needs), (None, None));
    assert!(notes.contains(&Note::NoHost { path: "/api".into() }));
    let (base, _, _) = at(json!([{"url": "/api"}]), Some("https://docs.example.com:8443/openapi.json?x"));
    assert_eq!(base.as_deref(), Some("https://docs.example.com:8443/api"));
    let (base, _, notes) = at(json!([{"url": "http://plain.example.com"}]), None);
    assert_eq!(base, None);
    assert!(matches!(notes[0], Note::Server { .. }));
}

#[test]
fn what_is_no_document_says_where_and_why() {
    let error = |text: &str| openapi(text, &Options::default()).unwrap_err();
    assert_eq!(
        error("{\"openapi\": \"3.0.0\",\n \"paths\": []}").to_string(),
        "line 2, column 10: invalid type: sequence, expected an object of paths"
    );
    assert!(matches!(error("{"), Error::Malformed { line: 1, .. }));
    assert!(matches!(error("openapi: 3.0.0\npaths:\n  /a: {get: x}"), Error::MalformedLine { line: 3, .. }));
    assert!(matches!(
        error("{\"openapi\":\"3.0.0\",\"paths\":{\"/a\":{},\"/a\":{}}}"),
        Error::Malformed { .. }
    ));
    assert_eq!(error("{}"), Error::Refused { place: "#".into(), problem: Problem::NotOpenApi });
    assert!(matches!(
        error("{\"openapi\": \"4.0\"}"),
        Error::Refused { problem: Problem::OpenApiVersion { .. }, .. }
    ));
    assert!(matches!(
        error("{\"swagger\": \"1.2\"}"),
        Error::Refused { problem: Problem::OpenApiVersion { .. }, .. }
    ));
    assert!(matches!(
        error("{\"openapi\": \"3.0.0\"}"),
        Error::Refused { problem: Problem::NoOperation, .. }
    ));
    assert_eq!(error(&" ".repeat((32 << 20) + 1)), Error::TooLarge);
}
