//! GraphQL, judged field by field.

use valetkey_core::{
    body::{Contents, GraphDocument, GraphKind, Selection},
    decision::{self, Refusal, Request, Verdict},
    http::Method,
    path::Path,
    rules::EndpointSet,
    suggestion::{Suggestion, Use, Why, suggest},
    token::Presented,
};
use valetkey_testkit::PolicyBuilder;

use super::NOW;

const DEFINITION: &str = r#"{
    "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
    "contexts": [{"name": "area", "fold_case": true}],
    "permissions": [
        {"name": "see", "contexts": ["global", "area"]},
        {"name": "notes", "contexts": ["global", "area"]},
        {"name": "other", "contexts": ["global", "area"]}
    ],
    "operations": [{"method": "POST", "path": "/graphql", "graphql": true, "requires": "nothing"}],
    "graphql": {"introspection": true, "types": [
        {"name": "Query", "fields": [
            {"names": ["me"], "requires": "nothing", "type": "Me"},
            {"names": ["area"], "requires": "see", "type": "Area", "contexts": {"area": "{name}"}}
        ]},
        {"name": "Me", "fields": [{"names": ["login"], "requires": "nothing"}]},
        {"name": "Area", "fields": [
            {"names": ["title"], "requires": "nothing"},
            {"names": ["notes"], "requires": "notes", "type": "Thing"},
            {"names": ["near"], "requires": "nothing", "type": "NamedArea"}
        ]},
        {"name": "NamedArea", "is": "Area", "fields": [{"names": ["title"], "requires": "nothing"}]},
        {"name": "Thing", "may_be": ["Note"], "fields": [{"names": ["id"], "requires": "nothing"}]},
        {"name": "Note", "fields": [{"names": ["text"], "requires": "nothing"}]}
    ]}
}"#;

fn field(name: &str, selections: Vec<Selection>) -> Selection {
    Selection::Field { name: name.into(), arguments: Vec::new(), selections }
}

fn area(name: &str, selections: Vec<Selection>) -> Selection {
    Selection::Field { name: "area".into(), arguments: vec![("name".into(), name.into())], selections }
}

fn on(name: Option<&str>, selections: Vec<Selection>) -> Selection {
    Selection::Fragment { on: name.map(Into::into), selections }
}

fn document(kind: GraphKind, selections: Vec<Selection>) -> Contents {
    Contents::Graph(GraphDocument { kind, selections })
}

fn query(selections: Vec<Selection>) -> Contents {
    document(GraphKind::Query, selections)
}

fn request() -> Request<'static> {
    Request {
        endpoints: EndpointSet::ALL,
        method: Method::Post,
        path: Path::parse("/graphql").unwrap(),
        query: None,
    }
}

fn policy() -> PolicyBuilder {
    PolicyBuilder::new().service("up", "http://127.0.0.1:9", DEFINITION, None)
}

/// The label of what is permitted.
fn decide(access: &str, contents: &Contents) -> Result<String, Refusal> {
    let mut policy = policy();
    let (_, secret) = policy.token(access);
    let presented = Presented::recognise(secret.as_bytes()).unwrap();
    let snapshot = policy.snapshot();
    match decision::decide(&snapshot, &presented, "up", request(), NOW)? {
        Verdict::Permit(permit) => Ok(permit.label().unwrap().into_owned()),
        Verdict::Pending(pending) => Ok(pending.decide(contents)?.label().unwrap().into_owned()),
    }
}

fn unknown(decided: Result<String, Refusal>) -> Vec<String> {
    match decided {
        Err(Refusal::FieldsUnknown(unknown)) => unknown.fields.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn missing(decided: Result<String, Refusal>) -> Vec<String> {
    match decided {
        Err(Refusal::InsufficientScope(shortfall)) => {
            shortfall.missing.concat().iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

const BOTH: &str = "up:area=a:see up:area=a:notes";

#[test]
fn a_fragment_is_judged_as_what_it_is_put_into() {
    let notes = |on_what| {
        query(vec![area("A", vec![field("notes", vec![on(on_what, vec![field("text", vec![])])])])])
    };
    assert_eq!(decide(BOTH, &notes(Some("Note"))), Ok("POST /graphql query area".to_owned()));
    assert_eq!(unknown(decide(BOTH, &notes(None))), ["Thing.text"]);
    assert_eq!(unknown(decide(BOTH, &notes(Some("Me")))), ["Thing as Me.text"]);
    let at_root =
        query(vec![on(Some("Query"), vec![on(None, vec![area("a", vec![field("title", vec![])])])])]);
    assert_eq!(decide(BOTH, &at_root), Ok("POST /graphql query area".to_owned()));
}

#[test]
fn a_type_seen_from_elsewhere_is_taken_for_what_the_schema_calls_it_and_has_no_more_fields_than_it_says() {
    let near = |inner| query(vec![area("a", vec![field("near", vec![on(Some("Area"), vec![inner])])])]);
    assert!(decide(BOTH, &near(field("title", vec![]))).is_ok());
    assert_eq!(unknown(decide(BOTH, &near(field("notes", vec![field("id", vec![])])))), ["NamedArea.notes"]);
    let by_entry = query(vec![area(
        "a",
        vec![field("near", vec![on(Some("NamedArea"), vec![field("title", vec![])])])],
    )]);
    assert_eq!(unknown(decide(BOTH, &by_entry)), ["NamedArea as NamedArea.title"]);
}

#[test]
fn the_same_field_for_two_things_needs_a_grant_for_each() {
    let two = query(vec![area("a", vec![field("title", vec![])]), area("b", vec![field("title", vec![])])]);
    assert_eq!(missing(decide(BOTH, &two)), ["up:area=b:see"]);
    assert!(decide("up:area=a:see up:area=b:see", &two).is_ok());
    let unnamed = query(vec![field("area", vec![field("title", vec![])])]);
    assert_eq!(missing(decide(BOTH, &unnamed)), ["up:global:see"]);
}

#[test]
fn all_that_is_missing_is_told_at_once_and_what_is_unknown_comes_first() {
    let notes = || area("a", vec![field("notes", vec![field("id", vec![])])]);
    assert_eq!(
        missing(decide("up:area=a:other", &query(vec![notes()]))),
        ["up:area=a:see", "up:area=a:notes"]
    );
    let strange = (0..20).map(|number| field(&format!("strange{number}"), vec![])).chain([notes()]);
    let told = unknown(decide("up:area=a:other", &query(strange.collect())));
    assert_eq!((told.len(), told.last().map(String::as_str)), (16, Some("Query.strange15")));
    assert_eq!(unknown(decide(BOTH, &document(GraphKind::Mutation, vec![notes()]))), ["mutation.area"]);
    assert_eq!(
        unknown(decide(BOTH, &document(GraphKind::Subscription, vec![notes()]))),
        ["subscription.area"]
    );
}

#[test]
fn the_schema_and_what_is_open_need_a_grant_in_the_service_and_none_in_particular() {
    let open = query(vec![
        field("me", vec![field("login", vec![]), field("__typename", vec![])]),
        field("__schema", vec![field("types", vec![field("name", vec![])])]),
    ]);
    assert_eq!(decide("up:area=b:other", &open), Ok("POST /graphql query me".to_owned()));
    assert!(matches!(decide("elsewhere:global:see", &open), Err(Refusal::InsufficientScope(_))));
    let below = query(vec![area("a", vec![field("__schema", vec![])])]);
    assert_eq!(unknown(decide(BOTH, &below)), ["Area.__schema"]);
}

fn suggestion(access: &str, label: &str) -> Suggestion {
    let mut policy = policy();
    let (token, _) = policy.token(access);
    let snapshot = policy.snapshot();
    let used = Use {
        service: "up".into(),
        operation: label.into(),
        context: "area=a".into(),
        requests: 1,
        last: NOW,
    };
    suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), &[used])
}

#[test]
fn a_suggestion_keeps_every_grant_that_graphql_may_have_needed() {
    let grants = |suggestion: &Suggestion| -> Vec<String> {
        suggestion.grants.iter().map(|suggested| suggested.grant.to_string()).collect()
    };
    let access = "up:area=a:see up:area=b:notes up:global:other";
    let of_area = suggestion(access, "POST /graphql query area");
    assert_eq!(grants(&of_area), ["up:area=a:see", "up:area=b:notes"]);
    assert_eq!(of_area.unused.iter().map(ToString::to_string).collect::<Vec<_>>(), ["up:global:other"]);
    assert!(of_area.uncovered.is_empty());
    let open = suggestion(access, "POST /graphql query me");
    assert_eq!((grants(&open).len(), open.uncovered.len()), (1, 0), "any grant will do: {open:?}");
    let full = suggestion("**", "POST /graphql");
    assert_eq!(full.uncovered.iter().map(|uncovered| uncovered.why).collect::<Vec<_>>(), [Why::FieldsUntold]);
    assert!(full.grants.is_empty());
}
