//! What includes what, judged by what is decided.

use std::collections::BTreeSet;

use proptest::{collection::btree_set, prelude::*, sample::select};
use valetkey_core::{
    covers,
    decision::{self, Request},
    grant::{Access, Grant},
    http::Method,
    path::Path,
    policy::Snapshot,
    rights::Rights,
    rules::EndpointSet,
    token::Presented,
    tokens::{Inactive, gained, inactive, judge_grant},
};
use valetkey_testkit::PolicyBuilder;

use super::NOW;

/// A team's settings for a repository are of the team's organization, whoever owns the repository.
const DEFINITION: &str = r#"{
    "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
    "contexts": [{"name": "repository", "fold_case": true}, {"name": "organization", "fold_case": true}, {"name": "me", "sole": true}],
    "permissions": [
        {"name": "see", "contexts": ["global", "organization", "repository", "me"]},
        {"name": "change", "contexts": ["global", "organization", "repository"], "implies": ["see"]},
        {"name": "all", "contexts": ["organization", "repository"], "implies": ["change", "key"]},
        {"name": "key", "contexts": ["global", "organization", "repository"], "risk": "mints_credentials"},
        {"name": "team", "contexts": ["global", "organization", "repository"]},
        {"name": "whole", "contexts": ["global"], "implies": ["team", "all"]}
    ],
    "operations": [
        {"method": "GET", "path": "/repos/{owner}/{name}", "requires": "see", "contexts": {"repository": "{owner}/{name}", "organization": "{owner}"}},
        {"method": "PUT", "path": "/repos/{owner}/{name}", "requires": "change", "contexts": {"repository": "{owner}/{name}", "organization": "{owner}"}},
        {"method": "DELETE", "path": "/repos/{owner}/{name}", "requires": [["all"], ["change", "key"]], "contexts": {"repository": "{owner}/{name}", "organization": "{owner}"}},
        {"method": "POST", "path": "/repos/{owner}/{name}/keys", "requires": ["see", "key"], "contexts": {"repository": "{owner}/{name}", "organization": "{owner}"}},
        {"method": "PUT", "path": "/teams/{org}/repos/{owner}/{name}", "requires": "team", "contexts": {"repository": "{owner}/{name}", "organization": "{org}"}},
        {"method": "GET", "path": "/orgs/{org}", "requires": [["see"], ["team"]], "contexts": {"organization": "{org}"}},
        {"method": "GET", "path": "/me", "requires": "see", "contexts": {"me": ""}},
        {"method": "GET", "path": "/repos", "requires": "see"},
        {"method": "DELETE", "path": "/", "requires": "whole"},
        {"method": "GET", "path": "/", "requires": "nothing"}
    ]
}"#;

const REQUESTS: [(Method, &str); 19] = [
    (Method::Get, "/repos/acme/site"),
    (Method::Get, "/repos/ACME/Tool"),
    (Method::Get, "/repos/other/site"),
    (Method::Put, "/repos/acme/site"),
    (Method::Put, "/repos/acme/tool"),
    (Method::Put, "/repos/other/site"),
    (Method::Delete, "/repos/acme/site"),
    (Method::Delete, "/repos/acme/tool"),
    (Method::Post, "/repos/acme/site/keys"),
    (Method::Post, "/repos/acme/tool/keys"),
    (Method::Put, "/teams/acme/repos/acme/site"),
    (Method::Put, "/teams/other/repos/acme/site"),
    (Method::Put, "/teams/acme/repos/other/site"),
    (Method::Get, "/orgs/acme"),
    (Method::Get, "/orgs/other"),
    (Method::Get, "/me"),
    (Method::Get, "/repos"),
    (Method::Delete, "/"),
    (Method::Get, "/"),
];

fn grants() -> impl Strategy<Value = BTreeSet<Grant>> {
    let contexts = select(vec![
        "global",
        "repository=acme/site",
        "repository=Acme/Site",
        "repository=acme/tool",
        "repository=other/site",
        "organization=acme",
        "organization=Other",
        "me",
    ]);
    let text = (contexts, select(vec!["see", "change", "all", "key", "team", "whole", "*"]))
        .prop_map(|(context, permission)| format!("up:{context}:{permission}").parse().unwrap());
    btree_set(text, 1..5)
}

fn access() -> impl Strategy<Value = Access> {
    prop_oneof![1 => Just(Access::Full), 9 => grants().prop_map(Access::Limited)]
}

fn rights() -> impl Strategy<Value = Rights> {
    prop_oneof![1 => Just(Rights::All), 3 => grants().prop_map(only)]
}

fn only(grants: BTreeSet<Grant>) -> Rights {
    Rights::Only(grants.into_iter().map(|grant| (grant.context, grant.permission)).collect())
}

fn policy(rights: Rights) -> PolicyBuilder {
    PolicyBuilder::new().service_with_rights("up", "http://127.0.0.1:9", DEFINITION, None, rights)
}

fn permitted(policy: &mut PolicyBuilder, access: &Access) -> BTreeSet<(Method, &'static str)> {
    let (_, secret) = policy.token(&access.to_string());
    let presented = Presented::recognise(secret.as_bytes()).unwrap();
    let snapshot = policy.snapshot();
    REQUESTS.into_iter().filter(|asked| decide(&snapshot, &presented, *asked)).collect()
}

fn decide(snapshot: &Snapshot, presented: &Presented, (method, path): (Method, &str)) -> bool {
    let request =
        Request { endpoints: EndpointSet::ALL, method, path: Path::parse(path).unwrap(), query: None };
    decision::decide(snapshot, presented, "up", request, NOW).is_ok()
}

fn limited(grants: &[&str]) -> Access {
    grants.join(" ").parse().unwrap()
}

proptest! {
    #[test]
    fn what_is_covered_permits_nothing_that_the_other_does_not(rights in rights(), wide in access(), narrow in access()) {
        let mut policy = policy(rights);
        if covers(&wide, &narrow, policy.services()) {
            let (narrow, wide) = (permitted(&mut policy, &narrow), permitted(&mut policy, &wide));
            prop_assert!(narrow.is_subset(&wide), "{:?}", narrow.difference(&wide));
        }
    }

    #[test]
    fn every_access_covers_itself_and_each_part_of_it(grants in grants(), place in any::<prop::sample::Index>()) {
        let policy = policy(Rights::All);
        let one = place.get(&grants.iter().cloned().collect::<Vec<_>>()).clone();
        let all = Access::Limited(grants);
        prop_assert!(covers(&all, &all, policy.services()));
        prop_assert!(covers(&all, &Access::Limited([one].into()), policy.services()));
    }

    #[test]
    fn a_grant_that_can_be_made_is_one_that_is_active(rights in grants(), grants in grants()) {
        let policy = policy(only(rights));
        let snapshot = policy.snapshot();
        for grant in grants {
            if judge_grant(&grant, policy.services()).is_ok() {
                prop_assert_eq!(inactive(&grant, snapshot.service("up").map(|service| &**service)), None, "{}", grant);
            }
        }
    }

    #[test]
    fn what_is_had_in_a_wider_context_or_by_a_wider_permission_can_be_granted(grants in grants()) {
        for wide in &grants {
            let policy = policy(only([wide.clone()].into()));
            for narrow in &grants {
                let one = |grant: &Grant| Access::Limited([grant.clone()].into());
                if covers(&one(wide), &one(narrow), policy.services()) {
                    let judged = judge_grant(narrow, policy.services());
                    let made = !matches!(judged, Err(valetkey_core::Error::OwnerLacks { .. }));
                    prop_assert!(made || permitted(&mut self::policy(Rights::All), &one(narrow)).len() <= 1, "{wide} {narrow}");
                }
            }
        }
    }
}

#[test]
fn a_narrower_grant_in_place_of_a_wide_one_widens_nothing() {
    let policy = policy(Rights::All);
    let widens = |before: &[&str], after: &[&str]| {
        gained(&limited(before), &limited(after), policy.services()).is_some()
    };
    assert!(!widens(&["up:global:change"], &["up:repository=acme/site:see"]));
    assert!(!widens(&["up:organization=acme:change"], &["up:repository=Acme/site:see"]));
    assert!(!widens(&["up:repository=acme/site:change"], &["up:repository=ACME/Site:change"]));
    assert!(!widens(&["up:global:*"], &["up:organization=acme:change"]));
    assert!(widens(&["up:repository=acme/site:see"], &["up:organization=acme:see"]));
    assert!(widens(&["up:organization=acme:see"], &["up:repository=other/site:see"]));
    assert!(widens(&["up:global:see"], &["up:global:change"]));
    assert!(
        widens(&["up:global:see", "up:global:change"], &["up:global:*"]),
        "`*` takes in what is not known yet"
    );
}

#[test]
fn what_is_gained_is_just_what_is_new() {
    let policy = policy(Rights::All);
    let (before, after) =
        (["up:organization=acme:change"], ["up:repository=acme/site:see", "up:repository=other/site:see"]);
    let gained = |before: &Access, after: &Access| gained(before, after, policy.services());
    assert_eq!(gained(&limited(&before), &limited(&after)), Some(limited(&["up:repository=other/site:see"])));
    assert_eq!(gained(&limited(&before), &Access::Full), Some(Access::Full));
    assert_eq!(gained(&Access::Full, &Access::Full), None);
}

#[test]
fn an_organization_does_not_cover_a_repository_for_what_may_be_asked_of_it_under_another() {
    let policy = policy(Rights::All);
    let widens = |before: &str, after: &str| {
        gained(&limited(&[before]), &limited(&[after]), policy.services()).is_some()
    };
    assert!(widens("up:organization=acme:team", "up:repository=acme/site:team"));
    assert!(!widens("up:organization=acme:see", "up:repository=acme/site:see"));
}

#[test]
fn full_access_does_not_cover_what_mints_by_its_name_and_covers_all_else() {
    let policy = policy(Rights::All);
    let widens = |after: &[&str]| gained(&Access::Full, &limited(after), policy.services()).is_some();
    assert!(widens(&["up:global:see", "up:global:key"]));
    assert!(!widens(&["up:global:key"]), "that alone opens nothing");
    assert!(!widens(&["up:global:whole", "up:organization=acme:*"]));
}

#[test]
fn a_right_brings_what_comes_with_it() {
    let grant = |text: &str| text.parse::<Grant>().unwrap();
    let had = |rights: &[&str], wanted: &str| {
        let policy = policy(only(rights.iter().map(|text| grant(text)).collect()));
        judge_grant(&grant(wanted), policy.services()).is_ok()
    };
    assert!(had(&["up:organization=acme:change"], "up:repository=acme/site:see"));
    assert!(had(&["up:repository=Acme/Site:change"], "up:repository=acme/site:see"));
    assert!(!had(&["up:repository=acme/site:change"], "up:repository=acme/tool:see"));
    assert!(!had(&["up:repository=acme/site:change"], "up:global:see"));
    assert!(!had(&["up:global:see"], "up:global:change"));
    assert!(had(&["up:global:whole"], "up:repository=acme/site:all"));
}

#[test]
fn a_grant_of_which_the_owner_has_only_a_part_gives_that_part_and_says_so() {
    let grant: Grant = "up:global:change".parse().unwrap();
    let mut policy = policy(only(["up:organization=acme:see".parse().unwrap()].into()));
    let why = inactive(&grant, policy.snapshot().service("up").map(|service| &**service));
    assert_eq!(why, Some(Inactive::OwnerHasPart));
    let permitted = permitted(&mut policy, &Access::Limited([grant].into()));
    assert!(permitted.contains(&(Method::Get, "/repos/ACME/Tool")), "{permitted:?}");
    assert!(!permitted.contains(&(Method::Put, "/repos/acme/site")), "{permitted:?}");
    assert!(!permitted.contains(&(Method::Get, "/repos/other/site")), "{permitted:?}");
}
