use proptest::prelude::*;
use valetkey_catalog::{Definition, Error};

use super::{document, document_with};

fn error_of(json: &str) -> String {
    match Definition::parse(json) {
        Ok(_) => panic!("taken: {json}"),
        Err(error) => error.to_string(),
    }
}

fn error_in(operations: &str) -> String {
    error_of(&document(operations))
}

#[test]
fn errors_name_the_place_and_the_nearest_known_name() {
    assert_eq!(
        error_in(
            r#"{"method":"GET","path":"/a","requires":"admin"},
               {"method":"GET","path":"/b","requires":[["admin"],["content.read"]]}"#
        ),
        "operations[1].requires: unknown permission “content.read”; did you mean “contents.read”?"
    );
    assert_eq!(
        error_in(
            r#"{"method":"GET","path":"/{owner}","requires":"admin","contexts":{"repository":"{ower}"}}"#
        ),
        "operations[0].contexts.repository: the path has no parameter “ower”; did you mean “owner”?"
    );
    assert_eq!(
        error_in(r#"{"method":"GET","path":"/{a}","requires":"admin","contexts":{"repositories":"{a}"}}"#),
        "operations[0].contexts: unknown context “repositories”; did you mean “repository”?"
    );
    assert_eq!(
        error_in(r#"{"method":"TRACE","path":"/a","requires":"admin"}"#),
        "operations[0].method: “TRACE” is not a method: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"
    );
}

#[test]
fn malformed_json_is_placed_by_line_and_column() {
    let wrong = document(r#"{"method":"GET","path":"/a","requires":"admin","color":"red"}"#);
    let Err(Error::Malformed { line, column, problem }) = Definition::parse(&wrong) else { panic!("taken") };
    assert_eq!(line, 15);
    assert!(column > 50, "{column}");
    assert!(problem.starts_with("unknown field `color`"), "{problem}");
    assert!(error_of("{\n  \"version\": 1,\n").starts_with("line 3, column 0"));
    assert!(error_of("").starts_with("line 1, column 0"));
}

#[test]
fn a_later_version_is_named_before_its_fields_are() {
    assert_eq!(
        error_of(r#"{"version": 2, "novelty": []}"#),
        "version: version 2 is not known; this program reads version 1"
    );
    assert!(error_of("{}").contains("missing field `version`"));
}

#[test]
fn an_operation_is_never_free_by_accident() {
    for empty in ["[]", "[[]]", r#"[["admin"],[]]"#] {
        let error = error_in(&format!(r#"{{"method":"GET","path":"/a","requires":{empty}}}"#));
        assert!(
            error.starts_with("operations[0].requires: an empty list would allow every token"),
            "{error}"
        );
    }
    assert!(error_in(r#"{"method":"GET","path":"/a"}"#).contains("missing field `requires`"));
    let free = document(r#"{"method":"GET","path":"/a","requires":"nothing"}"#);
    assert_eq!(Definition::parse(&free).unwrap().rules().operations[0].requires, vec![Vec::new()]);
    assert!(
        error_in(r#"{"method":"POST","path":"/a","requires":"nothing","risk":"mints_credentials"}"#)
            .contains("must require a permission")
    );
}

#[test]
fn what_no_grant_could_allow_is_refused() {
    assert_eq!(
        error_in(r#"{"method":"PUT","path":"/{a}","requires":"contents.write"}"#),
        "operations[0].requires: “contents.write” can be granted neither globally nor in a context that this path names"
    );
}

#[test]
fn the_same_operation_twice_is_refused_whatever_its_parameters_are_called() {
    assert_eq!(
        error_in(
            r#"{"method":"GET","path":"/{a}/x","query":{"p":"1","q":"2"},"requires":"admin"},
               {"method":"GET","path":"/{b}/x","query":{"q":"2","p":"1"},"requires":"contents.read"}"#
        ),
        "operations[1]: the same as operations[0]"
    );
    assert_eq!(
        error_in(r#"{"method":"GET","path":"/{a}/{a}","requires":"admin"}"#),
        "operations[0].path: the same as the parameter {a} before it"
    );
}

#[test]
fn an_endpoint_that_could_take_the_credential_to_another_host_is_refused() {
    let with = |endpoints: &str, operation: &str| {
        let document = document(&format!(r#"{{"method":"GET","path":"/a","requires":"admin"{operation}}}"#));
        document.replacen("\"permissions\"", &format!("\"endpoints\": {endpoints}, \"permissions\""), 1)
    };
    let git = r#"{"git": {"base_url": "https://git.example.com", "elsewhere": "{origin}/git"}}"#;
    assert!(Definition::parse(&with(git, r#", "endpoint": "git""#)).is_ok());
    assert_eq!(
        error_of(&with(git, r#", "endpoint": "gid""#)),
        "operations[0].endpoint: unknown endpoint “gid”; did you mean “git”?"
    );
    for (endpoint, place) in [
        (r#"{"git": {"base_url": "https://git.example.com"}}"#, "endpoints.git.elsewhere: where this"),
        (
            r#"{"git": {"base_url": "https://git.example.com", "elsewhere": "https://git.example.com"}}"#,
            "endpoints.git.elsewhere: where this",
        ),
        (r#"{"git": {"base_url": "http://git.example.com"}}"#, "endpoints.git.base_url: the base URL"),
        (r#"{"git": {"base_url": "{origin}.evil.example"}}"#, "endpoints.git.base_url: “{origin}.evil"),
        (r#"{"git": {"base_url": "{origin}:1"}}"#, "endpoints.git.base_url: “{origin}:1”"),
        (r#"{"git": {"base_url": "{base}/"}}"#, "endpoints.git.base_url: “{base}/”"),
        (r#"{"git": {"base_url": "{base}", "credential_form": "cookie"}}"#, "endpoints.git.credential_form"),
        (r#"{"Git": {"base_url": "{base}"}}"#, "endpoints.Git: “Git” is not an endpoint's name"),
    ] {
        let error = error_of(&with(endpoint, ""));
        assert!(error.starts_with(place), "{endpoint}: {error}");
    }
    let many: Vec<_> = (0..16).map(|number| format!(r#""e{number}": {{"base_url": "{{base}}"}}"#)).collect();
    assert!(error_of(&with(&format!("{{{}}}", many.join(",")), "")).contains("more than 15"));
}

#[test]
fn paths_that_a_request_could_not_have_are_refused() {
    for path in ["a", "//", "/a//b", "/a/..", "/a%2e", "/a%2Fb", "/a b", "/a?b", "/{a", "/{a**}/b", "/{a}{b}"]
    {
        let error = error_in(&format!(r#"{{"method":"GET","path":"{path}","requires":"admin"}}"#));
        assert!(error.starts_with("operations[0].path: "), "{path}: {error}");
    }
    let enabled = r#"{"encoded_slash": true}"#;
    let operation = r#"{"method":"GET","path":"/a%2Fb","requires":"admin"}"#;
    assert!(Definition::parse(&document_with(operation, enabled)).is_ok());
}

#[test]
fn a_context_that_two_paths_could_spell_is_refused() {
    let whole =
        r#"{"method":"GET","path":"/{o}/{r}","requires":"admin","contexts":{"repository":"{o}/{r}"}}"#;
    assert!(Definition::parse(&document(whole)).is_ok());
    let slashes = r#"{"encoded_slash": true}"#;
    assert!(Definition::parse(&document_with(whole, slashes)).is_ok());
    let rest =
        r#"{"method":"GET","path":"/{o}/{r**}","requires":"admin","contexts":{"repository":"{o}/{r}"}}"#;
    assert!(error_of(&document_with(rest, slashes)).contains("could be read two ways"));
    for value in ["{o}{r}", "{o}-{r}"] {
        let error = error_in(&whole.replace("{o}/{r}\"}", &format!("{value}\"}}")));
        assert!(error.contains("could be read two ways"), "{value}: {error}");
    }
    for (kind, value) in [("repository", ""), ("repository", "a b"), ("user", "{o}"), ("repository", "{o")] {
        let error = error_in(&format!(
            r#"{{"method":"GET","path":"/{{o}}","requires":"admin","contexts":{{"{kind}":"{value}"}}}}"#
        ));
        assert!(error.starts_with(&format!("operations[0].contexts.{kind}: ")), "{error}");
    }
}

#[test]
fn what_is_closed_is_judged_like_an_operation_and_is_none() {
    let closed = |entries: &str| {
        document(r#"{"method":"GET","path":"/{a**}","requires":"admin"}"#).replacen(
            r#""operations""#,
            &format!(r#""closed": [{entries}], "operations""#),
            1,
        )
    };
    let sound = Definition::parse(&closed(r#"{"method":"GET","path":"/x/{b}"}"#)).unwrap();
    assert_eq!(sound.rules().operations.len(), 1);
    for (entries, place) in [
        (r#"{"method":"GET","path":"/{z**}"}"#, "closed[0]: the same as operations[0]"),
        (r#"{"method":"GET","path":"/x"},{"method":"GET","path":"/x"}"#, "closed[1]: the same as closed[0]"),
        (r#"{"method":"GET","path":"/x//y"}"#, "closed[0].path: "),
        (r#"{"method":"TRACE","path":"/x"}"#, "closed[0].method: "),
    ] {
        let error = error_of(&closed(entries));
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
fn query_conditions_are_taken_only_in_a_spelling_that_matches() {
    for query in [
        r#"{"a b":"1"}"#,
        r#"{"a":"1+2"}"#,
        r#"{"a":"%20"}"#,
        r#"{"_method":"x"}"#,
        r#"{"":""}"#,
        r#"{"a":"1","A":"2"}"#,
        r#"{"[a]":"1"}"#,
        r#"{"a":"1&b=2"}"#,
        r#"{"token":"1"}"#,
    ] {
        let operation = format!(r#"{{"method":"GET","path":"/a","requires":"admin","query":{query}}}"#);
        let error = error_of(&document_with(&operation, r#"{"refused_parameters":["token"]}"#));
        assert!(error.starts_with("operations[0].query: "), "{query}: {error}");
    }
}

#[test]
fn switches_and_headers_that_could_have_no_effect_are_refused() {
    for (switches, place) in [
        (r#"{"bodies":["POST"]}"#, "switches.bodies[0]"),
        (r#"{"bodies":["delete"]}"#, "switches.bodies[0]"),
        (r#"{"refused_parameters":["[a"]}"#, "switches.refused_parameters[0]"),
        (r#"{"refused_parameters":["ok","a b"]}"#, "switches.refused_parameters[1]"),
        (r#"{"dropped_headers":["Authorization"]}"#, "switches.dropped_headers[0]"),
        (r#"{"dropped_headers":["Sudo","sudo"]}"#, "switches.dropped_headers[1]"),
        (r#"{"dropped_headers":["Content-Length"]}"#, "switches.dropped_headers[0]"),
        (r#"{"dropped_headers":["a_b"]}"#, "switches.dropped_headers[0]"),
    ] {
        let error = error_of(&document_with("", switches));
        assert!(error.starts_with(&format!("{place}: ")), "{error}");
    }
    assert!(error_of(&document_with("", r#"{"upgrades":true}"#)).contains("unknown field `upgrades`"));
}

#[test]
fn every_other_field_is_judged_too() {
    let sound = document("");
    assert!(Definition::parse(&sound).is_ok());
    for (part, wrong, place) in [
        (r#""kind": "forge""#, r#""kind": "Forge""#, "kind"),
        (r#""title": "Forge""#, r#""title": " ""#, "title"),
        ("Made for tests.", r"Made \u202Efor tests.", "description"),
        (r#""name": "repository""#, r#""name": "global""#, "contexts[0].name"),
        (r#""name": "user""#, r#""name": "repository""#, "contexts[1].name"),
        (r#""name": "admin""#, r#""name": "nothing""#, "permissions[4].name"),
        (r#""name": "admin""#, r#""name": "a:b""#, "permissions[4].name"),
        (r#""name": "admin""#, r#""name": "keys.create""#, "permissions[4].name"),
        (r#""name": "admin""#, r#""name": "admin", "contexts": []"#, "permissions[4].contexts"),
        (r#""name": "admin""#, r#""name": "admin", "contexts": ["usr"]"#, "permissions[4].contexts[0]"),
        (r#""implies": ["contents.read"]"#, r#""implies": ["x"]"#, "permissions[1].implies[0]"),
        (r#""version": 1"#, r#""version": 1, "base_url": "http://example.com""#, "base_url"),
        (r#""version": 1"#, r#""version": 1, "credential_form": "cookie""#, "credential_form"),
        (r#""version": 1"#, r#""version": 1, "client_headers": ["authorization"]"#, "client_headers[0]"),
    ] {
        let error = error_of(&sound.replacen(part, wrong, 1));
        assert!(error.starts_with(&format!("{place}: ")), "{wrong}: {error}");
    }
    assert!(
        error_of(&sound.replacen(r#""version": 1"#, r#""version": 1, "version": 1"#, 1))
            .contains("duplicate")
    );
}

#[test]
fn crowds_that_would_be_searched_one_by_one_are_refused() {
    let affixed = |count: usize| {
        let one = |n| format!(r#"{{"method":"GET","path":"/x/{{a}}:verb{n}/y","requires":"admin"}}"#);
        document(&(0..count).map(one).collect::<Vec<_>>().join(","))
    };
    assert!(Definition::parse(&affixed(64)).is_ok());
    assert_eq!(error_of(&affixed(65)), "operations[64]: more than 64 entries");
    let queried = |count: usize| {
        let one = |n| format!(r#"{{"method":"GET","path":"/x","query":{{"n":"{n}"}},"requires":"admin"}}"#);
        document(&(0..count).map(one).collect::<Vec<_>>().join(","))
    };
    assert!(Definition::parse(&queried(64)).is_ok());
    assert_eq!(error_of(&queried(65)), "operations[64]: more than 64 entries");
}

#[test]
fn a_document_of_more_than_32_mib_is_not_read() {
    assert_eq!(Definition::parse(&" ".repeat((32 << 20) + 1)).unwrap_err(), Error::TooLarge);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = Definition::parse(&text);
    }

    #[test]
    fn nothing_like_json_makes_the_parser_panic(
        tokens in proptest::collection::vec(prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("1"), Just("null"), Just("true"),
            Just("\"version\":1,"), Just("\"kind\""), Just("\"permissions\":["), Just("\"operations\":["),
            Just("\"path\":\"/{a**}\""), Just("\"requires\":[["), Just("\"\\u0000\""), Just("-1e999"),
        ], 0..40),
    ) {
        let _ = Definition::parse(&tokens.concat());
    }

    #[test]
    fn no_damage_to_a_definition_makes_the_parser_panic(
        start in 0usize..9000,
        length in 0usize..40,
        put in "[ -~]{0,12}|[{}/*%]{1,4}|é",
    ) {
        let mut text = include_str!("../../definitions/sandbox.json").to_owned();
        let start = start.min(text.len());
        let end = (start + length).min(text.len());
        text.replace_range(start..end, &put);
        let _ = Definition::parse(&text);
    }
}
