//! Things that paths call by their numbers too: what a definition may say of that, and what is found.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use valetkey_catalog::Definition;
use valetkey_core::{http::Method, path::Path, rules::Rules};

/// Repositories by `owner/name` and by number, below accounts whose names could be numbers.
fn document(by_number: &str, resolve: &str) -> String {
    format!(
        r#"{{
            "version": 1, "kind": "forge", "title": "Forge", "description": "Made for tests.",
            "endpoints": {{"git": {{"base_url": "{{origin}}"}}}},
            "contexts": [
                {{"name": "repository", "resolve": {{"path": "/repos/{{**}}", "by_number": "/numbers/{{}}", "id": "id", "name": "path"}}}},
                {{"name": "account", "resolve": {{"path": "/accounts/{{}}", "id": "id", "name": "name"{resolve}}}}},
                {{"name": "branch"}}
            ],
            "permissions": [{{"name": "read", "contexts": ["global", "repository", "account", "branch"]}}],
            "operations": [
                {{"method": "GET", "path": "/repos/{{owner}}/{{repo}}/b/{{branch}}", "requires": "read",
                  "contexts": {{"repository": "{{owner}}/{{repo}}", "account": "{{owner}}", "branch": "{{branch}}"}}}},
                {{"method": "POST", "path": "/repos/{{owner}}/{{repo}}", "requires": "read"}},
                {{"method": "GET", "path": "/accounts/{{name}}/{{rest**}}", "requires": "read", "contexts": {{"account": "{{name}}"}}}},
                {{"method": "POST", "path": "/accounts/{{name}}", "requires": "read"}},
                {{"method": "GET", "path": "/repos/{{owner}}/{{repo}}/pack", "requires": "read", "endpoint": "git"}}
            ],
            "by_number": [{by_number}]
        }}"#
    )
}

const PAIRS: &str = r#"
    {"path": "/repos/{o}/{r}", "also": "/numbers/{id}", "contexts": {"repository": "{id}"}},
    {"path": "/accounts/{a}", "also": "/by/{id}/x", "contexts": {"account": "{id}"}}"#;

fn rules(by_number: &str, resolve: &str) -> Rules {
    Definition::parse(&document(by_number, resolve)).unwrap().compile()
}

fn error_of(by_number: &str, resolve: &str) -> String {
    Definition::parse(&document(by_number, resolve)).unwrap_err().to_string()
}

/// Label and contexts of what is found.
fn found(rules: &Rules, method: Method, path: &str) -> Option<(String, Vec<String>)> {
    let found = rules.router.find(method, Path::parse(path).unwrap(), None)?;
    let contexts = rules.contexts_of(&found).map(|bound| rules.context_of(&bound).to_string()).collect();
    Some((rules.operations[found.operation].label.to_string(), contexts))
}

#[test]
fn what_is_below_one_path_is_below_the_other_with_the_contexts_that_a_number_names() {
    let rules = rules(PAIRS, r##", "mark": "#""##);
    let branch = "GET /repos/{owner}/{repo}/b/{branch}";
    for (method, path, label, contexts) in [
        (
            Method::Get,
            "/repos/acme/site/b/main",
            branch,
            &["repository=acme/site", "account=acme", "branch=main"][..],
        ),
        (Method::Get, "/numbers/42/b/main", branch, &["repository=42", "branch=main"]),
        (Method::Post, "/numbers/42", "POST /repos/{owner}/{repo}", &[]),
        (Method::Get, "/by/7/x/a/b", "GET /accounts/{name}/{rest**}", &["account=#7"]),
        (Method::Get, "/accounts/7/a", "GET /accounts/{name}/{rest**}", &["account=7"]),
        (Method::Get, "/accounts/%237/a", "GET /accounts/{name}/{rest**}", &[]),
    ] {
        let expected = (label.to_owned(), contexts.iter().map(|&context| context.to_owned()).collect());
        assert_eq!(found(&rules, method, path), Some(expected), "{path}");
    }
    for path in ["/numbers/site/b/main", "/numbers/042/b/main", "/numbers/42/pack", "/numbers/42", "/numbers"]
    {
        assert_eq!(found(&rules, Method::Get, path), None, "{path}");
    }
}

#[test]
fn the_other_path_is_refused_where_it_is_not_plain_or_is_taken() {
    let one = |path: &str, also: &str| format!(r#"{{"path": "{path}", "also": "{also}"}}"#);
    let plain = "must be a path of text and plain parameters {name}, at least one of them";
    for (path, also, place, text) in [
        ("/repos/{o}/{r}", "/numbers", "also", "/numbers"),
        ("/repos/{o}/{r}", "/numbers/{id**}", "also", "/numbers/{id**}"),
        ("/repos/{o}/{r}", "/numbers/x{id}", "also", "/numbers/x{id}"),
        ("/repos/{o}/{r}/", "/numbers/{id}", "path", "/repos/{o}/{r}/"),
        ("/repos", "/numbers/{id}", "path", "/repos"),
    ] {
        assert_eq!(error_of(&one(path, also), ""), format!("by_number[0].{place}: “{text}” {plain}"));
    }
    let unknown = r#"{"path": "/repos/{o}/{r}", "also": "/numbers/{id}", "contexts": {"repository": "{o}"}}"#;
    assert_eq!(error_of(unknown, ""), "by_number[0].contexts.repository: the path has no parameter “o”");
    let taken =
        [one("/repos/{o}/{r}/b/{b}", "/numbers/{x}/{y}/{z}"), one("/accounts/{a}", "/numbers/{x}/{y}/{z}")];
    assert!(Definition::parse(&document(&taken.join(","), "")).is_ok(), "a rest is no end");
    let taken = [one("/repos/{o}/{r}", "/numbers/{x}"), one("/accounts/{a}", "/numbers/{y}")].join(",");
    assert!(error_of(&taken, "").starts_with("operations[3]: "), "{}", error_of(&taken, ""));
}

#[test]
fn what_could_be_a_name_marks_no_number() {
    assert_eq!(
        error_of(PAIRS, r#", "mark": "n""#),
        "contexts[1].resolve.mark: “n” can't mark numbers; # can"
    );
    let malformed = r#", "by_number": "/numbers""#;
    assert_eq!(
        error_of(PAIRS, malformed),
        "contexts[1].resolve.by_number: “/numbers” is not a path with one segment {}, or with {**}, for the name of what is asked about"
    );
}
