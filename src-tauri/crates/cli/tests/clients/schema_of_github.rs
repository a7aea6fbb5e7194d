//! What the definition says of GitHub's GraphQL, against the schema that GitHub publishes.

use std::fs;

use serde_json::Value;

use crate::tried::packages;

const DEFINITION: &str = include_str!("../../../catalog/definitions/github.json");

fn named<'v>(list: &'v Value, name: &str) -> Option<&'v Value> {
    list.as_array()?.iter().find(|item| item["name"] == name)
}

/// The type behind lists and what can't be null.
fn innermost(of: &Value) -> &str {
    if of["ofType"].is_null() { of["name"].as_str().unwrap() } else { innermost(&of["ofType"]) }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap())
}

/// What a context's value names in braces.
fn parameters(value: &str) -> impl Iterator<Item = &str> {
    value.split('{').skip(1).map(|piece| piece.split('}').next().unwrap())
}

#[test]
fn every_type_field_and_argument_of_the_map_is_in_the_schema() {
    let text =
        fs::read_to_string(packages().join("node_modules/@octokit/graphql-schema/schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let schema = &schema["__schema"]["types"];
    let definition: Value = serde_json::from_str(DEFINITION).unwrap();
    let map = &definition["graphql"]["types"];
    let schema_name = |name: &str| {
        let of = named(map, name).unwrap();
        of["is"].as_str().unwrap_or_else(|| of["name"].as_str().unwrap()).to_owned()
    };
    for of in map.as_array().unwrap() {
        let name = schema_name(of["name"].as_str().unwrap());
        let published = named(schema, &name).unwrap_or_else(|| panic!("{name} is not in the schema"));
        for further in texts(&of["may_be"]).map(schema_name) {
            assert!(named(&published["possibleTypes"], &further).is_some(), "{name} is never {further}");
        }
        for field in of["fields"].as_array().unwrap() {
            for called in texts(&field["names"]) {
                let known = named(&published["fields"], called);
                let known = known.unwrap_or_else(|| panic!("{name}.{called} is not in the schema"));
                let gives = innermost(&known["type"]);
                let has_fields = ["OBJECT", "INTERFACE", "UNION"].map(Value::from);
                let has_fields = has_fields.contains(&named(schema, gives).unwrap()["kind"]);
                let led = field["type"].as_str().map(schema_name);
                assert_eq!(led.as_deref(), has_fields.then_some(gives), "{name}.{called}");
                for value in field["contexts"].as_object().into_iter().flat_map(|kinds| kinds.values()) {
                    for argument in parameters(value.as_str().unwrap()) {
                        let known = named(&known["args"], argument);
                        assert_eq!(
                            known.map(|known| innermost(&known["type"])),
                            Some("String"),
                            "{name}.{called}({argument})"
                        );
                    }
                }
            }
        }
    }
}
