//! The section `graphql`, as it is taken and refused.

use valetkey_catalog::Definition;

use super::document;

const OPERATION: &str = r#"{"method":"POST","path":"/graphql","graphql":true,"requires":"nothing"}"#;

/// A definition with these types.
fn with_types(types: &str) -> String {
    document(OPERATION).replacen(
        r#""operations""#,
        &format!(r#""graphql": {{"types": [{types}]}}, "operations""#),
        1,
    )
}

fn error_of(types: &str) -> String {
    match Definition::parse(&with_types(types)) {
        Ok(_) => panic!("taken: {types}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn one_type_of_the_schema_may_be_listed_several_times_as_long_as_a_fragment_means_one_of_them() {
    let types = r#"{"name":"Query","fields":[{"names":["a"],"requires":"admin","type":"User"},{"names":["b"],"requires":"nothing","type":"NamedUser"}]},
        {"name":"User","fields":[{"names":["key"],"requires":"nothing"}]},
        {"name":"NamedUser","is":"User","fields":[{"names":["login"],"requires":"nothing"}]}"#;
    let definition = Definition::parse(&with_types(types)).unwrap();
    let graph = definition.rules().graph.as_ref().unwrap();
    assert_eq!(graph.types.iter().map(|of| &*of.is).collect::<Vec<_>>(), ["Query", "User", "User"]);
    assert!(!graph.types[2].fields.contains_key("key"));
    let actor = r#"{"name":"Actor","may_be":["User","NamedUser"],"fields":[]}"#;
    assert_eq!(
        error_of(&format!("{types},{actor}")),
        "graphql.types[3].may_be: the same as graphql.types[1]"
    );
}

#[test]
fn what_could_not_be_judged_is_refused_at_its_place() {
    let fields = |fields: &str| format!(r#"{{"name":"Query","fields":[{fields}]}}"#);
    for (types, place) in [
        (fields(r#"{"names":["a"],"requires":"admins"}"#), "graphql.types[0].fields[0].requires: unknown permission “admins”"),
        (fields(r#"{"names":["a"],"requires":[["admin"],["contents.read"]]}"#), "graphql.types[0].fields[0].requires: "),
        (fields(r#"{"names":["a"],"requires":"keys.create"}"#), "graphql.types[0].fields[0].requires: "),
        (fields(r#"{"names":["a"],"requires":"admin","type":"Usr"}"#), "graphql.types[0].fields[0].type: unknown type “Usr”"),
        (fields(r#"{"names":["a","a"],"requires":"admin"}"#), "graphql.types[0].fields[0].names: "),
        (fields(r#"{"names":["__type"],"requires":"admin"}"#), "graphql.types[0].fields[0].names: "),
        (
            fields(r#"{"names":["a"],"requires":"admin","contexts":{"repositories":"{owner}"}}"#),
            "graphql.types[0].fields[0].contexts: unknown context “repositories”",
        ),
        (r#"{"name":"1st","fields":[]}"#.to_owned(), "graphql.types[0].name: "),
        (r#"{"name":"User","is":"__User","fields":[]}"#.to_owned(), "graphql.types[0].is: "),
        (r#"{"name":"User","fields":[]},{"name":"User","fields":[]}"#.to_owned(), "graphql.types[1].name: the same as graphql.types[0]"),
        (
            r#"{"name":"User","fields":[{"names":["a"],"requires":"admin","contexts":{"repository":"{owner}"}}]}"#.to_owned(),
            "graphql.types[0].fields[0].contexts: ",
        ),
    ] {
        let error = error_of(&types);
        assert!(error.starts_with(place), "{error}");
    }
    let without = Definition::parse(&document(OPERATION)).map(drop).map_err(|error| error.to_string());
    assert_eq!(without, Err("operations[0].graphql: the definition has no section “graphql”".to_owned()));
}
