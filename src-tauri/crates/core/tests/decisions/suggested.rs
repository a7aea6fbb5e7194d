//! What is suggested, over random policies and requests.

use std::collections::BTreeSet;

use proptest::{collection::btree_set, prelude::*, sample::select};
use valetkey_core::{
    decision::{self, Request, Verdict},
    grant::{Access, Context, Grant},
    http::Method,
    path::Path,
    rights::Rights,
    rules::EndpointSet,
    suggestion::{Search, Suggestion, Use, Why, suggest},
    time::Timestamp,
    token::Presented,
};
use valetkey_testkit::PolicyBuilder;

use crate::{DEFINITION, NOW, grants, permitted, policy, requests, rights};

type Asked = (Method, &'static str);

fn access() -> impl Strategy<Value = Access> {
    prop_oneof![1 => Just(Access::Full), 4 => grants().prop_map(Access::Limited)]
}

/// What a token with this access recorded of those of `asked` that were permitted, and which those were.
fn recorded(rights: &Rights, access: &Access, asked: &BTreeSet<Asked>) -> (Vec<Use>, Vec<Asked>) {
    let mut policy = policy(rights);
    let (_, secret) = policy.token(&access.to_string());
    let presented = Presented::recognise(secret.as_bytes()).unwrap();
    let snapshot = policy.snapshot();
    let (mut uses, mut permitted) = (Vec::new(), Vec::new());
    for (place, &(method, path)) in asked.iter().enumerate() {
        let request =
            Request { endpoints: EndpointSet::ALL, method, path: Path::parse(path).unwrap(), query: None };
        if let Ok(Verdict::Permit(permit)) = decision::decide(&snapshot, &presented, "up", request, NOW) {
            permitted.push((method, path));
            uses.push(Use {
                service: "up".into(),
                operation: permit.operation().map_or("GET (unknown)".into(), |known| known.label.clone()),
                context: permit.context().map(|context| context.to_string()).unwrap_or_default().into(),
                requests: 1 + place as u64,
                last: NOW,
            });
        }
    }
    (uses, permitted)
}

fn suggestion(rights: &Rights, access: &Access, uses: &[Use]) -> Suggestion {
    let mut policy = policy(rights);
    let (token, _) = policy.token(&access.to_string());
    let snapshot = policy.snapshot();
    suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), uses)
}

fn grants_of(suggestion: &Suggestion) -> BTreeSet<Grant> {
    suggestion.grants.iter().map(|suggested| suggested.grant.clone()).collect()
}

/// What of all requests these grants allow; none where there are none.
fn allowed(rights: &Rights, grants: &BTreeSet<Grant>) -> BTreeSet<Asked> {
    if grants.is_empty() { BTreeSet::new() } else { permitted(rights, &Access::Limited(grants.clone())) }
}

/// What a grant's permission brings with it, by the definition of these tests.
fn with(grant: &Grant) -> &'static [&'static str] {
    match grant.permission.to_string().as_str() {
        "see" => &["see"],
        "change" => &["change", "see"],
        "all" => &["all", "change", "see"],
        "mint" => &["mint"],
        _ => &["all", "change", "see", "*"],
    }
}

/// Whether a token with this access has all that `grant` gives.
fn has(access: &Access, grant: &Grant) -> bool {
    let Access::Limited(held) = access else { return true };
    with(grant).iter().all(|permission| {
        held.iter().any(|held| {
            (held.context == Context::Global || held.context == grant.context)
                && with(held).contains(permission)
        })
    })
}

/// What grants give away, by the definition of these tests.
fn cost(grants: &BTreeSet<Grant>) -> [usize; 5] {
    let mut pairs = BTreeSet::new();
    for grant in grants {
        pairs.extend(with(grant).iter().map(|permission| (grant.context.clone(), *permission)));
    }
    let mint = |(_, permission): &&(Context, &str)| *permission == "mint";
    let minting = pairs.iter().filter(mint).count();
    let globally = pairs.iter().filter(mint).filter(|(context, _)| *context == Context::Global).count();
    let global = pairs.iter().filter(|(context, _)| *context == Context::Global).count();
    [globally, minting, global, pairs.len(), grants.len()]
}

/// Every set of up to three grants.
fn small_sets() -> Vec<BTreeSet<Grant>> {
    let mut all: Vec<Grant> = Vec::new();
    for context in ["global", "area=a", "area=b", "area=c", "me"] {
        for permission in ["see", "change", "all", "mint"] {
            all.push(format!("up:{context}:{permission}").parse().unwrap());
        }
    }
    let mut sets: BTreeSet<BTreeSet<Grant>> = BTreeSet::from([BTreeSet::new()]);
    for _ in 0..3 {
        let wider = sets.iter().flat_map(|set| {
            all.iter().map(|grant| set.iter().cloned().chain([grant.clone()]).collect::<BTreeSet<_>>())
        });
        sets = wider.chain(sets.iter().cloned()).collect();
    }
    sets.into_iter().collect()
}

proptest! {
    #[test]
    fn what_is_suggested_allows_all_that_was_used_and_nothing_that_was_not_allowed(
        rights in rights(), access in access(), asked in btree_set(select(requests()), 1..8)
    ) {
        let (uses, done) = recorded(&rights, &access, &asked);
        let suggestion = suggestion(&rights, &access, &uses);
        prop_assert_eq!(suggestion.search, Search::Exhaustive);
        for uncovered in &suggestion.uncovered {
            // Full access has what the owner's rights imply, and a grant only what they name; and one that names what mints
            // could do more with it than full access and `*` can.
            let implied = access == Access::Full && rights != Rights::All;
            let mints = done[uncovered.place].0 == Method::Delete;
            let known = match uncovered.why {
                Why::OperationUnknown => true,
                Why::NotHeld => implied || mints,
                Why::ServiceGone | Why::ContextUntold | Why::FieldsUntold => false,
            };
            prop_assert!(known, "{uncovered:?} {:?}", uses[uncovered.place]);
        }
        let grants = grants_of(&suggestion);
        let after = allowed(&rights, &grants);
        for (place, asked) in done.iter().enumerate() {
            let covered = suggestion.uncovered.iter().all(|uncovered| uncovered.place != place);
            prop_assert_eq!(covered, after.contains(asked), "{:?} by {:?}", asked, grants);
            let named = suggestion.grants.iter().any(|suggested| suggested.uses.contains(&place));
            prop_assert_eq!(covered, named, "each is named with what it needs");
        }
        prop_assert!(after.is_subset(&permitted(&rights, &access)), "{grants:?}");
    }

    #[test]
    fn no_suggested_grant_can_be_dropped(
        rights in rights(), access in access(), asked in btree_set(select(requests()), 1..8)
    ) {
        let (uses, done) = recorded(&rights, &access, &asked);
        let grants = grants_of(&suggestion(&rights, &access, &uses));
        let covered: Vec<_> = done.into_iter().filter(|asked| allowed(&rights, &grants).contains(asked)).collect();
        for grant in &grants {
            let mut fewer = grants.clone();
            fewer.remove(grant);
            let after = allowed(&rights, &fewer);
            prop_assert!(covered.iter().any(|asked| !after.contains(asked)), "{grant} of {grants:?}");
        }
    }

    #[test]
    fn a_present_grant_is_unused_just_where_no_request_rested_on_it(
        rights in rights(), grants in grants(), asked in btree_set(select(requests()), 1..6)
    ) {
        let access = Access::Limited(grants.clone());
        let (uses, done) = recorded(&rights, &access, &asked);
        let unused: BTreeSet<_> = suggestion(&rights, &access, &uses).unused.into_iter().collect();
        let used: BTreeSet<_> = grants.difference(&unused).cloned().collect();
        prop_assert!(unused.is_subset(&grants));
        let after = allowed(&rights, &used);
        prop_assert!(done.iter().all(|asked| after.contains(asked)), "without {unused:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_other_small_set_that_covers_the_uses_gives_away_less(
        access in access(), asked in btree_set(select(requests()), 1..5)
    ) {
        let rights = Rights::All;
        let (uses, done) = recorded(&rights, &access, &asked);
        let grants = grants_of(&suggestion(&rights, &access, &uses));
        let covered: BTreeSet<_> = done.into_iter().filter(|asked| allowed(&rights, &grants).contains(asked)).collect();
        let mine = cost(&grants);
        for other in small_sets().into_iter().filter(|other| cost(other) < mine) {
            let after = allowed(&rights, &other);
            let does = covered.is_subset(&after) && other.iter().all(|grant| has(&access, grant));
            prop_assert!(!does, "{other:?} would do in place of {grants:?} for {covered:?}");
        }
    }
}

fn uses(of: &[(&str, &str)]) -> Vec<Use> {
    let used = |(operation, context): &(&str, &str)| Use {
        service: "up".into(),
        operation: (*operation).into(),
        context: (*context).into(),
        requests: 1,
        last: Timestamp::from_millis(1),
    };
    of.iter().map(used).collect()
}

#[test]
fn many_ways_to_the_same_end_are_cut_short_and_still_cover_everything() {
    let mut permissions: Vec<String> = Vec::new();
    let mut operations: Vec<String> = Vec::new();
    for nth in 0..40 {
        permissions.push(format!(r#"{{"name": "p{nth}", "title": "p", "group": "g", "description": "d"}}"#));
        let ways: Vec<String> = (0..40)
            .filter(|other| (nth * 7 + other * 5) % 4 != 0)
            .map(|other| format!(r#"["p{other}"]"#))
            .collect();
        operations
            .push(format!(r#"{{"method": "GET", "path": "/{nth}", "requires": [{}]}}"#, ways.join(", ")));
        operations.push(format!(
            r#"{{"method": "PUT", "path": "/{nth}", "requires": [["p{nth}", "p{}"], ["p{}", "p{}"]]}}"#,
            (nth + 3) % 40,
            (nth + 1) % 40,
            (nth + 17) % 40
        ));
    }
    let definition = format!(
        r#"{{"version": 1, "kind": "test", "title": "T", "description": "d", "permissions": [{}], "operations": [{}]}}"#,
        permissions.join(", "),
        operations.join(", ")
    );
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", &definition, None);
    let (token, _) = policy.token("**");
    let made: Vec<String> = (0..40).flat_map(|nth| [format!("GET /{nth}"), format!("PUT /{nth}")]).collect();
    let uses = uses(&made.iter().map(|operation| (operation.as_str(), "")).collect::<Vec<_>>());
    let snapshot = policy.snapshot();
    let suggestion = suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), &uses);
    assert_eq!(suggestion.search, Search::CutShort);
    assert_eq!(suggestion.uncovered, []);
    let covered: BTreeSet<usize> =
        suggestion.grants.iter().flat_map(|suggested| suggested.uses.iter().copied()).collect();
    assert_eq!(covered.len(), uses.len());
}

#[test]
fn what_a_record_does_not_tell_is_said_and_not_guessed() {
    let definition = DEFINITION.replace(
        r#"{"method": "GET", "path": "/areas", "#,
        r#"{"method": "GET", "path": "/me/{other}/{area}", "requires": "change", "contexts": {"me": "", "area": "{area}"}},
        {"method": "GET", "path": "/areas", "#,
    );
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", &definition, None);
    let (token, _) = policy.token("up:area=a:all");
    let snapshot = policy.snapshot();
    let uses = uses(&[
        ("GET /me/{other}/{area}", "me"),
        ("PUT /areas/{area}", "area=a"),
        ("GET /gone", ""),
        ("PUT /areas/{area}", "area=b"),
    ]);
    let suggestion = suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), &uses);
    let whys: Vec<_> =
        suggestion.uncovered.iter().map(|uncovered| (uncovered.place, uncovered.why)).collect();
    assert_eq!(whys, [(0, Why::ContextUntold), (2, Why::OperationUnknown), (3, Why::NotHeld)]);
    assert_eq!(grants_of(&suggestion), BTreeSet::from(["up:area=a:change".parse().unwrap()]));
    assert_eq!(suggestion.unused, []);
    let reach = &suggestion.reach[0];
    assert_eq!((reach.now, reach.then, reach.all), (4, 3, 7), "DELETE is lost");
}

#[test]
fn what_a_record_says_that_a_thing_is_called_besides_leads_to_the_grant_of_that_name() {
    let definition = r#"{
        "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
        "contexts": [
            {"name": "repository", "fold_case": true, "resolve": {"path": "/repos/{**}", "by_number": "/repositories/{}", "id": "id", "name": "path"}},
            {"name": "owner", "fold_case": true}
        ],
        "permissions": [{"name": "see", "contexts": ["global", "repository", "owner"]}],
        "operations": [
            {"method": "GET", "path": "/repos/{owner}/{repo}/issues", "requires": "see", "contexts": {"repository": "{owner}/{repo}", "owner": "{owner}"}}
        ],
        "by_number": [{"path": "/repos/{owner}/{repo}", "also": "/repositories/{id}", "contexts": {"repository": "{id}"}}]
    }"#;
    let operation = "GET /repos/{owner}/{repo}/issues";
    for (access, recorded, suggested) in [
        (
            "repository=acme/site",
            &["repository=acme/site", "repository=42 repository=acme/site"][..],
            "repository=acme/site",
        ),
        (
            "owner=acme",
            &["repository=acme/site", "repository=42 repository=acme/site"],
            "repository=acme/site",
        ),
        ("repository=42", &["repository=42", "repository=acme/site repository=42"], "repository=42"),
    ] {
        let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", definition, None);
        let (token, _) = policy.token(&format!("up:{access}:see up:repository=acme/other:see"));
        let snapshot = policy.snapshot();
        let uses = uses(&recorded.iter().map(|context| (operation, *context)).collect::<Vec<_>>());
        let suggestion = suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), &uses);
        let expected: Grant = format!("up:{suggested}:see").parse().unwrap();
        assert_eq!(grants_of(&suggestion), BTreeSet::from([expected]), "{access}");
        assert_eq!(suggestion.uncovered, []);
        let unused: Vec<String> = suggestion.unused.iter().map(ToString::to_string).collect();
        assert_eq!(unused, ["up:repository=acme/other:see"], "{access}");
    }
}

#[test]
fn a_grant_that_may_name_the_same_thing_otherwise_is_kept() {
    let definition = r#"{
        "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
        "contexts": [
            {"name": "project", "resolve": {"path": "/projects/{}", "id": "id", "name": "path", "inside": {"group": "group.id"}}},
            {"name": "group", "resolve": {"path": "/groups/{}", "id": "id", "name": "path"}}
        ],
        "permissions": [{"name": "see", "contexts": ["global", "project", "group"]}, {"name": "change", "contexts": ["global", "project", "group"]}],
        "operations": [
            {"method": "GET", "path": "/projects/{id}/issues", "requires": "see", "contexts": {"project": "{id}"}},
            {"method": "GET", "path": "/projects/{id}", "requires": "see", "contexts": {"project": "{id}"}},
            {"method": "GET", "path": "/groups/{id}", "requires": "see", "contexts": {"group": "{id}"}}
        ]
    }"#;
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", definition, None);
    let access = "up:project=acme:see up:project=8:see up:group=acme:see up:group=acme:change";
    let (token, _) = policy.token(access);
    let snapshot = policy.snapshot();
    let uses = uses(&[("GET /projects/{id}/issues", "project=7")]);
    let suggestion = suggest(snapshot.tokens().by_id(token.id).unwrap(), snapshot.services(), &uses);
    let kept: BTreeSet<Grant> =
        ["up:project=acme:see", "up:group=acme:see"].map(|grant| grant.parse().unwrap()).into();
    assert_eq!(grants_of(&suggestion), kept);
    assert_eq!(suggestion.uncovered, []);
    let unused: Vec<String> = suggestion.unused.iter().map(ToString::to_string).collect();
    assert_eq!(unused, ["up:group=acme:change", "up:project=8:see"]);
}
