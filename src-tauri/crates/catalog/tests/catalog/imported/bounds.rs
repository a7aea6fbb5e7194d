//! Large documents, and such as are made to do harm.

use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};
use valetkey_catalog::{
    Definition, Error, Problem,
    import::{Basis, Options, openapi},
};

use super::{document, import};

/// A document as large as GitHub's own: about as many operations, and megabytes of schemas.
fn large() -> String {
    let mut paths = String::new();
    for thing in 0..600 {
        let schema = format!("{{\"type\":\"object\",\"description\":\"{}\"}}", "of a thing ".repeat(900));
        let get = format!(
            "{{\"tags\":[\"tag {}\"],\"responses\":{{\"200\":{{\"content\":{{\"application/json\":{{\"schema\":{schema}}}}}}}}}}}",
            thing % 60
        );
        write!(
            paths,
            "{}\"/repos/{{owner}}/{{repo}}/thing{thing}/{{id}}\":{{\"get\":{get},\"put\":{get}}}",
            if thing == 0 { "" } else { "," }
        )
        .unwrap();
    }
    format!("{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"Large\"}},\"paths\":{{{paths}}}}}")
}

#[test]
fn a_document_of_twelve_megabytes_is_imported_in_less_than_two_seconds() {
    let text = large();
    assert!(text.len() > 11 << 20, "{}", text.len());
    let begin = std::time::Instant::now();
    let imported = openapi(&text, &Options::default()).unwrap();
    let took = begin.elapsed();
    assert_eq!((imported.preview.operations, imported.preview.contexts.len()), (1200, 1));
    assert!(took.as_secs_f64() < 2.0, "{took:?}");
}

#[test]
fn a_document_made_to_be_slow_comes_to_an_end() {
    let deep = format!("{{\"openapi\":\"3.0.0\",\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(openapi(&deep, &Options::default()).is_err());
    let long = format!("/{}", "{a}".repeat(40_000));
    let tag = "t".repeat(100_000);
    let paths = json!({
        long: {"get": {}},
        "/a": {"get": {"tags": [tag]}, "put": {"security": vec![json!({"s": ["x"]}); 10_000]}},
        "/b": {"get": {"security": (0..10_000).map(|n| json!({"s": [n.to_string()]})).collect::<Vec<_>>()}},
    });
    let imported = import(&document(&paths, &json!({})));
    assert_eq!((imported.preview.operations, imported.preview.skipped.len()), (2, 2));
}

/// Something that may stand in a document, and often at the wrong place.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~é\u{202E}]{0,12}".prop_map(Value::from),
        "(/([a-z{}.:?=*%;]{0,6}|\\{[a-z]{1,3}\\})){1,4}".prop_map(Value::from),
        Just(json!("#/paths/~1a")),
        Just(json!("oauth2")),
        Just(json!("query")),
    ];
    let name = prop_oneof![
        Just("get".to_owned()),
        Just("put".to_owned()),
        Just("$ref".to_owned()),
        Just("tags".to_owned()),
        Just("security".to_owned()),
        Just("parameters".to_owned()),
        Just("servers".to_owned()),
        Just("url".to_owned()),
        "(/([a-z]{0,4}|\\{[a-z]{1,3}\\})){1,4}",
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_imported_is_a_sound_definition(
        paths in proptest::collection::vec(("(/([a-z.]{1,3}|[a-z]?\\{[a-z?=+/]{0,3}\\}[a-z.]?)){1,5}", proptest::collection::vec(0..8_usize, 1..4)), 1..20),
        tags in proptest::collection::vec("[ -~é]{0,6}", 8),
    ) {
        let methods = ["get", "put", "post", "delete", "head", "patch", "options", "trace"];
        let item = |uses: &[usize]| -> Value {
            uses.iter().map(|&n| (methods[n].to_owned(), json!({"tags": [tags[n]], "security": [{"s": [tags[7 - n]]}]}))).collect::<serde_json::Map<_, _>>().into()
        };
        let paths: serde_json::Map<_, _> = paths.iter().map(|(path, uses)| (path.clone(), item(uses))).collect();
        for basis in [Basis::Scopes, Basis::Tags] {
            match openapi(&document(&paths.clone().into(), &json!({})), &Options { basis, ..Options::default() }) {
                Ok(imported) => prop_assert!(Definition::parse(&imported.definition).is_ok()),
                Err(error) => prop_assert_eq!(error, Error::Refused { place: "#/paths".into(), problem: Problem::NoOperation }),
            }
        }
    }

    #[test]
    fn nothing_like_a_document_makes_the_import_panic(paths in anything(), security in anything(), components in anything(), info in anything()) {
        for version in [json!({"openapi": "3.1.0"}), json!({"swagger": "2.0"})] {
            let mut document = version;
            document.as_object_mut().unwrap().extend([
                ("paths".to_owned(), json!({"/a/{b}": paths, "/a/c": {"get": {}}})),
                ("security".to_owned(), security.clone()),
                ("components".to_owned(), components.clone()),
                ("info".to_owned(), info.clone()),
            ]);
            let _ = openapi(&document.to_string(), &Options::default());
        }
    }

    #[test]
    fn no_text_makes_the_import_panic(text in "\\PC*", yaml in "([a-z&*:?!|>'\"#%@`{}\\[\\],~<-]|\n|  |: |- |/a|paths|openapi|3.0.0){0,60}") {
        let _ = openapi(&text, &Options::default());
        let _ = openapi(&yaml, &Options::default());
    }
}
