use std::fmt::Write;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn asked(body: &serde_json::Value) -> Result<GraphDocument, BodyError> {
    document(body.to_string().as_bytes())
}

fn query(text: &str) -> Result<GraphDocument, BodyError> {
    asked(&json!({ "query": text }))
}

/// `repository(owner=acme){issues{}}`, fragments as `on Type{…}`.
fn written(selections: &[Selection]) -> String {
    let one = |selection: &Selection| match selection {
        Selection::Field { name, arguments, selections } => {
            let arguments: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let arguments =
                if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(",")) };
            format!("{name}{arguments}{}", written(selections))
        }
        Selection::Fragment { on, selections } => {
            format!("on {}{}", on.as_deref().unwrap_or("?"), written(selections))
        }
    };
    if selections.is_empty() {
        return String::new();
    }
    format!("{{{}}}", selections.iter().map(one).collect::<Vec<_>>().join(" "))
}

fn selected(body: &serde_json::Value) -> String {
    let document = asked(body).unwrap();
    format!("{}{}", document.kind.as_str(), written(&document.selections))
}

#[test]
fn texts_come_from_literals_variables_and_defaults() {
    let text = "query Q($owner: String!, $name: String = \"site\", $n: Int) { \
                r: repository(owner: $owner, name: $name, first: $n, deep: {a: \"x\"}) { issues(first: 3) { nodes { title } } } }";
    let body = json!({"query": text, "variables": {"owner": "acme", "n": 3}});
    assert_eq!(selected(&body), "query{repository(owner=acme,name=site){issues{nodes{title}}}}");
    let body = json!({"query": text, "variables": {"owner": "acme", "name": "other"}, "operationName": "Q"});
    assert_eq!(selected(&body), "query{repository(owner=acme,name=other){issues{nodes{title}}}}");
    let body = json!({"query": text, "variables": {"owner": ["acme"], "name": null}, "operationName": null});
    assert_eq!(selected(&body), "query{repository{issues{nodes{title}}}}");
    assert_eq!(
        selected(&json!({"query": "{ repository(owner: \"acme\", name: \"\\u0073ite\") { id } }"})),
        "query{repository(owner=acme){id}}"
    );
    assert_eq!(
        selected(&json!({"query": "{ repository(owner: \"\"\"acme\"\"\", name: site) { id } }"})),
        "query{repository{id}}"
    );
}

#[test]
fn fragments_stand_where_they_are_used_and_directives_count_as_taken() {
    let text = "query { ...root @include(if: false) viewer @skip(if: true) { login } } \
                fragment root on Query { repository(owner: \"a\", name: \"b\") { ...issue ... { id } ... on Repository { name } } } \
                fragment issue on Repository { issues { totalCount } }";
    assert_eq!(
        selected(&json!({ "query": text })),
        "query{on Query{repository(owner=a,name=b){on Repository{issues{totalCount}} on ?{id} on Repository{name}}} viewer{login}}"
    );
}

#[test]
fn the_operation_that_is_meant_is_told_by_name() {
    let text = "query A { viewer { login } } mutation B { createIssue { id } } subscription C { x }";
    for (name, expected) in
        [("A", "query{viewer{login}}"), ("B", "mutation{createIssue{id}}"), ("C", "subscription{x}")]
    {
        assert_eq!(selected(&json!({"query": text, "operationName": name})), expected);
    }
    assert_eq!(query(text), Err(BodyError::GraphMeaning));
    for name in ["D", "", "a"] {
        assert_eq!(
            asked(&json!({"query": text, "operationName": name})),
            Err(BodyError::GraphMeaning),
            "{name}"
        );
    }
    assert_eq!(query("query A { a } query A { b }"), Err(BodyError::GraphMeaning));
    assert_eq!(query("fragment a on Query { b }"), Err(BodyError::GraphMeaning));
}

#[test]
fn what_a_server_could_read_otherwise_is_refused() {
    for text in [
        "",
        "{",
        "{ a } }",
        "{ a # \r b }",
        "{ a \u{b} }",
        "{ \u{feff}a \u{0}}",
        "type Query { a: Int } query { a }",
        "{ a(b: \"\\u{110000}\") }",
        "query { }",
    ] {
        assert_eq!(query(text).map(|_| ()), Err(BodyError::GraphDocument), "{text:?}");
    }
    for text in [
        "{ ...missing }",
        "{ a(b: \"1\", b: \"2\") }",
        "{ ...f } fragment f on Q { a } fragment f on Q { b }",
    ] {
        assert_eq!(query(text).map(|_| ()), Err(BodyError::GraphMeaning), "{text}");
    }
    for body in [
        json!([{"query": "{ a }"}]),
        json!({"query": ["{ a }"]}),
        json!({"variables": {}}),
        json!({"query": "{ a }", "extensions": {}}),
        json!({"query": "{ a }", "Query": "{ b }"}),
        json!({"query": "{ a }", "variables": "{}"}),
        json!({"id": "persisted"}),
    ] {
        assert_eq!(asked(&body), Err(BodyError::GraphRequest), "{body}");
    }
    assert_eq!(document(br#"{"query":"{ a }","query":"{ b }"}"#), Err(BodyError::Json));
    assert_eq!(document(br#"{"query":"{ a }","variables":{"a":"x","a":"y"}}"#), Err(BodyError::Json));
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = format!("{}{}", "{ a ".repeat(100), "}".repeat(100));
    assert_eq!(query(&deep), Err(BodyError::GraphDocument));
    assert_eq!(query("{ ...a } fragment a on Q { ...a }"), Err(BodyError::GraphDocument));
    let mut bomb = "{ ...f0 } ".to_owned();
    for level in 0..20 {
        let next = level + 1;
        write!(bomb, "fragment f{level} on Q {{ ...f{next} ...f{next} }} ").unwrap();
    }
    bomb.push_str("fragment f20 on Q { a }");
    assert_eq!(query(&bomb), Err(BodyError::GraphDocument));
    assert_eq!(query(&format!("{{ {} }}", "a ".repeat(40_000))), Err(BodyError::GraphDocument));
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(text in "([{}()\\[\\]:$@!=|#\",. \n\r]|\\.\\.\\.|query|fragment|on|[a-z]|\\\\|\"\"\"|\\\\u|[0-9]){0,60}") {
        let _ = query(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = document(&body);
    }
}
