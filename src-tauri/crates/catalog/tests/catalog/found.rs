use std::fmt::Write as _;

use proptest::prelude::*;
use valetkey_catalog::Definition;
use valetkey_core::{
    grant::Context,
    http::Method,
    path::{Path, Query},
    rules::{Risk, Rules},
};

use super::{document, document_with};

fn rules(operations: &str) -> Rules {
    Definition::parse(&document(operations)).expect("the test's document is sound").compile()
}

#[test]
fn a_path_names_its_contexts_in_the_order_written() {
    let rules = rules(
        r#"{"method":"GET","path":"/{kind}/{o}/{r}","requires":[["contents.read"],["user.read"]],
            "contexts":{"user":"","repository":"{o}/{r}"}}"#,
    );
    let path = Path::parse("/x/Acme/caf%C3%A9").unwrap();
    let found = rules.router.find(Method::Get, path, None).unwrap();
    let contexts: Vec<Context> = rules.operations[found.operation]
        .contexts
        .iter()
        .map(|binding| rules.context_of(&rules.bind(binding, &found.parameters).unwrap()))
        .collect();
    assert_eq!(contexts, ["user", "repository=acme/café"].map(|text| text.parse().unwrap()));
}

#[test]
fn an_encoded_slash_is_no_border_between_the_parameters_of_a_context() {
    let rules = Definition::parse(&document_with(
        r#"{"method":"GET","path":"/{o}/{r}/{file}","requires":"contents.read","contexts":{"repository":"{o}/{r}"}}"#,
        r#"{"encoded_slash": true}"#,
    ))
    .unwrap()
    .compile();
    let bound = |path| {
        let found = rules.router.find(Method::Get, Path::parse(path).unwrap(), None).unwrap();
        rules.bind(&rules.operations[found.operation].contexts[0], &found.parameters).map(|bound| bound.value)
    };
    assert_eq!(bound("/acme/site/a%2Fb").as_deref(), Some("acme/site"));
    assert_eq!(bound("/acme%2Fsite/x/a"), None);
    assert_eq!(bound("/x/acme%2Fsite/a"), None);
}

#[test]
fn implied_permissions_are_closed_over_and_circles_are_no_harm() {
    let chain = r#"{
        "version": 1, "kind": "k", "title": "K", "description": "D", "operations": [],
        "permissions": [
            {"name": "a", "implies": ["b"]}, {"name": "b", "implies": ["c"]},
            {"name": "c", "implies": ["b"]}, {"name": "d", "implies": ["d"]}
        ]
    }"#;
    let rules = Definition::parse(chain).unwrap().compile();
    let closure = |name: &str| {
        let index = rules.permission(name).unwrap();
        rules.permissions[index.0]
            .closure
            .iter()
            .map(|p| rules.permissions[p.0].name.as_str())
            .collect::<String>()
    };
    assert_eq!(["a", "b", "c", "d"].map(closure), ["abc", "bc", "bc", "d"]);
}

#[test]
fn an_operation_mints_credentials_where_every_way_to_it_does() {
    let rules = rules(
        r#"{"method":"POST","path":"/keys","requires":"keys.create"},
           {"method":"POST","path":"/both","requires":[["keys.create","admin"],["keys.create"]]},
           {"method":"GET","path":"/keys","requires":[["keys.create"],["admin"]]},
           {"method":"DELETE","path":"/keys","requires":"admin","risk":"destructive"}"#,
    );
    let risks: Vec<Risk> = rules.operations.iter().map(|operation| operation.risk).collect();
    assert_eq!(risks, [Risk::MintsCredentials, Risk::MintsCredentials, Risk::Plain, Risk::Destructive]);
}

#[test]
fn a_query_tells_operations_apart() {
    let rules = rules(
        r#"{"method":"GET","path":"/r/info/refs","query":{"service":"git-upload-pack"},"requires":"contents.read"},
           {"method":"GET","path":"/r/info/refs","query":{"service":"git-receive-pack"},"requires":"admin"}"#,
    );
    let find = |query| {
        let path = Path::parse("/r/info/refs").unwrap();
        rules.router.find(Method::Get, path, Query::parse(query).ok()).map(|found| found.operation)
    };
    assert_eq!(find("service=git-upload-pack"), Some(0));
    assert_eq!(find("service=git-receive-pack"), Some(1));
    assert_eq!(find("service=other"), None);
    assert_eq!(&*rules.operations[0].label, "GET /r/info/refs?service=git-upload-pack");
}

#[test]
fn a_look_up_visits_as_many_nodes_among_10_as_among_10_000_operations() {
    let visits = |count: usize| {
        let mut operations = String::new();
        for n in 0..count {
            let comma = if n == 0 { "" } else { "," };
            let (group, item) = (n % 97, n / 97);
            write!(
                operations,
                r#"{comma}{{"method":"GET","path":"/groups{group}/{{id}}/items{item}/{{item}}","requires":"admin"}}"#
            )
            .unwrap();
        }
        let rules = rules(&operations);
        assert_eq!(rules.operations.len(), count);
        ["/groups3/7/items0/9", "/groups9/x/items0/y"]
            .map(|path| rules.router.find(Method::Get, Path::parse(path).unwrap(), None).unwrap().visits)
    };
    assert_eq!(visits(10), visits(10_000));
    assert_eq!(visits(10), [4, 4]);
}

/// How literal a segment of a template is; `None` where it does not fit `given`.
fn rank(segment: &str, given: &str) -> Option<(u8, usize)> {
    let Some((prefix, rest)) = segment.split_once('{') else { return (segment == given).then_some((3, 0)) };
    let (name, suffix) = rest.split_once('}')?;
    if name.ends_with("**") {
        return Some((0, 0));
    }
    let inner = given.strip_prefix(prefix)?.strip_suffix(suffix)?;
    let affixed = u8::from(!prefix.is_empty() || !suffix.is_empty());
    (!inner.is_empty()).then_some((1 + affixed, prefix.len() + suffix.len()))
}

/// The same for a whole path, from the left.
fn ranks(template: &str, path: &str) -> Option<Vec<(u8, usize)>> {
    let mut given = path[1..].split('/');
    let mut ranks = Vec::new();
    for segment in template[1..].split('/') {
        ranks.push(rank(segment, given.next()?)?);
        if segment.ends_with("**}") {
            return Some(ranks);
        }
    }
    given.next().is_none().then_some(ranks)
}

fn template() -> impl Strategy<Value = String> {
    let segment = prop_oneof![Just("a"), Just("b"), Just("v1"), Just("v{}"), Just("{}.x"), Just("{}")];
    (proptest::collection::vec(segment, 1..4), any::<bool>()).prop_map(|(segments, rest)| {
        let mut path = String::new();
        for (place, segment) in segments.iter().enumerate() {
            path.push('/');
            path.push_str(&segment.replace("{}", &format!("{{p{place}}}")));
        }
        path + if rest { "/{rest**}" } else { "" }
    })
}

proptest! {
    #[test]
    fn every_operation_is_found_by_its_own_path_or_a_more_literal_one_is(
        templates in proptest::collection::btree_set(template(), 1..20),
        value in prop_oneof![Just("z"), Just("a"), Just("1"), Just("v1"), Just("v.x")],
    ) {
        let operations: Vec<String> = templates
            .iter()
            .map(|path| format!(r#"{{"method":"POST","path":"{path}","requires":"admin"}}"#))
            .collect();
        let rules = rules(&operations.join(","));
        for template in &templates {
            let path: Vec<String> = template[1..]
                .split('/')
                .map(|segment| match segment.split_once('{') {
                    Some((prefix, rest)) => format!("{prefix}{value}{}", rest.split_once('}').unwrap().1),
                    None => segment.to_owned(),
                })
                .collect();
            let path = format!("/{}", path.join("/"));
            let found = rules.router.find(Method::Post, Path::parse(&path).unwrap(), None).unwrap();
            let best = templates.iter().filter_map(|other| Some((ranks(other, &path)?, other))).max().unwrap();
            prop_assert_eq!(ranks(&rules.operations[found.operation].template, &path).unwrap(), best.0, "{}", path);
        }
    }
}
