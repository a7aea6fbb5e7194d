//! Properties of the decision, over random policies and requests.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod covered;
mod explained;
mod graph;
mod suggested;

use std::collections::BTreeSet;

use proptest::{collection::btree_set, prelude::*, sample::select};
use valetkey_core::{
    decision::{self, Refusal, Request, TokenProblem},
    grant::{Access, Grant, Granted},
    http::Method,
    path::Path,
    policy::Snapshot,
    rights::Rights,
    rules::EndpointSet,
    time::Timestamp,
    token::{Presented, Status, Token},
    tokens::TokenChange,
};
use valetkey_testkit::PolicyBuilder;

const DEFINITION: &str = r#"{
    "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
    "contexts": [{"name": "area"}, {"name": "me", "sole": true}],
    "permissions": [
        {"name": "see", "contexts": ["global", "area", "me"]},
        {"name": "change", "contexts": ["global", "area"], "implies": ["see"]},
        {"name": "all", "contexts": ["global", "area"], "implies": ["change"]},
        {"name": "mint", "contexts": ["global", "area"], "risk": "mints_credentials"}
    ],
    "operations": [
        {"method": "GET", "path": "/areas/{area}", "requires": "see", "contexts": {"area": "{area}"}},
        {"method": "PUT", "path": "/areas/{area}", "requires": "change", "contexts": {"area": "{area}"}},
        {"method": "DELETE", "path": "/areas/{area}", "requires": [["all"], ["change", "mint"]], "contexts": {"area": "{area}"}},
        {"method": "POST", "path": "/areas/{area}/key", "requires": "mint", "contexts": {"area": "{area}"}},
        {"method": "GET", "path": "/me", "requires": "see", "contexts": {"me": ""}},
        {"method": "GET", "path": "/areas", "requires": "see"}
    ]
}"#;

const NOW: Timestamp = Timestamp::from_millis(1000);

fn grants() -> impl Strategy<Value = BTreeSet<Grant>> {
    let text =
        (select(vec!["global", "area=a", "area=b", "me"]), select(vec!["see", "change", "all", "mint", "*"]))
            .prop_map(|(context, permission)| format!("up:{context}:{permission}").parse().unwrap());
    btree_set(text, 1..6)
}

fn rights() -> impl Strategy<Value = Rights> {
    prop_oneof![
        1 => Just(Rights::All),
        3 => grants().prop_map(|grants| {
            Rights::Only(grants.into_iter().map(|grant| (grant.context, grant.permission)).collect())
        }),
    ]
}

fn requests() -> Vec<(Method, &'static str)> {
    let mut all = vec![(Method::Get, "/me"), (Method::Get, "/areas"), (Method::Get, "/elsewhere")];
    for path in ["/areas/a", "/areas/b", "/areas/c"] {
        all.extend([(Method::Get, path), (Method::Head, path), (Method::Put, path), (Method::Delete, path)]);
    }
    all.extend([(Method::Post, "/areas/a/key"), (Method::Post, "/areas/b/key")]);
    all
}

fn policy(rights: &Rights) -> PolicyBuilder {
    PolicyBuilder::new().service_with_rights("up", "http://127.0.0.1:9", DEFINITION, None, rights.clone())
}

/// What of all requests a token with this access may do.
fn permitted(rights: &Rights, access: &Access) -> BTreeSet<(Method, &'static str)> {
    let mut policy = policy(rights);
    let (_, token) = policy.token(&access.to_string());
    let presented = Presented::recognise(token.as_bytes()).unwrap();
    let snapshot = policy.snapshot();
    requests().into_iter().filter(|asked| decide(&snapshot, &presented, *asked).is_ok()).collect()
}

fn decide(snapshot: &Snapshot, presented: &Presented, (method, path): (Method, &str)) -> Result<(), Refusal> {
    let request =
        Request { endpoints: EndpointSet::ALL, method, path: Path::parse(path).unwrap(), query: None };
    decision::decide(snapshot, presented, "up", request, NOW).map(drop)
}

proptest! {
    #[test]
    fn taking_a_grant_away_never_widens(rights in rights(), grants in grants(), place in any::<prop::sample::Index>()) {
        let all = permitted(&rights, &Access::Limited(grants.clone()));
        let mut fewer = grants.clone();
        fewer.remove(place.get(&grants.iter().cloned().collect::<Vec<_>>()));
        if !fewer.is_empty() {
            prop_assert!(permitted(&rights, &Access::Limited(fewer)).is_subset(&all));
        }
    }

    #[test]
    fn a_right_lost_never_widens(rights in grants(), grants in grants(), place in any::<prop::sample::Index>()) {
        let of = |grants: &BTreeSet<Grant>| {
            Rights::Only(grants.iter().map(|grant| (grant.context.clone(), grant.permission.clone())).collect())
        };
        let access = Access::Limited(grants);
        let all = permitted(&of(&rights), &access);
        let mut fewer = rights.clone();
        fewer.remove(place.get(&rights.iter().cloned().collect::<Vec<_>>()));
        prop_assert!(permitted(&of(&fewer), &access).is_subset(&all));
        prop_assert!(all.is_subset(&permitted(&Rights::All, &access)), "rights only ever cut");
    }

    #[test]
    fn limiting_a_full_token_never_widens_but_by_what_mints_and_is_named(rights in rights(), grants in grants()) {
        let full = permitted(&rights, &Access::Full);
        let limited = permitted(&rights, &Access::Limited(grants.clone()));
        let names_mint = grants.iter().any(|grant| grant.permission == Granted::One(valetkey_core::grant::PermissionName::parse("mint").unwrap()));
        for request in limited.difference(&full) {
            prop_assert!(names_mint && request.0 == Method::Post, "{request:?}");
        }
    }

    #[test]
    fn revoked_is_final(grants in grants(), later in 0i64..i64::MAX / 2) {
        let mut policy = policy(&Rights::All);
        let (token, secret) = policy.token(&Access::Limited(grants).to_string());
        let presented = Presented::recognise(secret.as_bytes()).unwrap();
        let mut tokens = valetkey_core::tokens::Tokens::default();
        tokens.put(token);
        let revoked = tokens.revoke(presented.id, NOW).unwrap();
        tokens.put(revoked.clone());
        for changed in [tokens.enable(presented.id), tokens.disable(presented.id), tokens.update(policy.services(), presented.id, TokenChange::default(), NOW)] {
            prop_assert!(changed.is_err());
        }
        prop_assert!(tokens.replace(presented.id).is_err());
        let again = tokens.revoke(presented.id, Timestamp::from_millis(later)).unwrap();
        prop_assert_eq!(&again, &revoked);
        policy.put(again);
        for asked in requests() {
            let refusal = decide(&policy.snapshot(), &presented, asked).unwrap_err();
            prop_assert_eq!(refusal, Refusal::Token { problem: TokenProblem::Revoked, token: Some(presented.id) });
        }
    }

    #[test]
    fn the_owner_lacks_it_just_where_all_rights_would_do(rights in rights(), access in prop_oneof![Just(Access::Full), grants().prop_map(Access::Limited)]) {
        let with_all = permitted(&Rights::All, &access);
        let mut policy = policy(&rights);
        let (_, secret) = policy.token(&access.to_string());
        let presented = Presented::recognise(secret.as_bytes()).unwrap();
        for asked in requests() {
            let Err(Refusal::InsufficientScope(shortfall)) = decide(&policy.snapshot(), &presented, asked) else { continue };
            prop_assert_eq!(!shortfall.owner_lacks.is_empty(), with_all.contains(&asked), "{:?}", asked);
            prop_assert!(shortfall.owner_lacks.iter().all(|all_of| shortfall.missing.contains(all_of)));
        }
    }

    #[test]
    fn what_is_missing_is_just_what_would_do(grants in grants()) {
        let mut policy = policy(&Rights::All);
        let (token, secret) = policy.token(&Access::Limited(grants.clone()).to_string());
        let presented = Presented::recognise(secret.as_bytes()).unwrap();
        for asked in requests() {
            policy.put(token.clone());
            let Err(Refusal::InsufficientScope(shortfall)) = decide(&policy.snapshot(), &presented, asked) else { continue };
            for all_of in shortfall.missing {
                let access = Access::Limited(grants.iter().cloned().chain(all_of.iter().cloned()).collect());
                policy.put(Token { access, ..token.clone() });
                prop_assert!(decide(&policy.snapshot(), &presented, asked).is_ok(), "{asked:?} with {all_of:?}");
            }
        }
    }
}

#[test]
fn a_name_is_free_again_once_its_token_is_revoked_and_a_digest_never() {
    let mut policy = policy(&Rights::All);
    let (token, secret) = policy.token("**");
    let presented = Presented::recognise(secret.as_bytes()).unwrap();
    let revoked = Token { status: Status::Revoked { at: NOW }, ..token.clone() };
    policy.put(revoked);
    let (other, _) = policy.token("**");
    policy.put(Token { name: token.name, ..other });
    let refusal = decide(&policy.snapshot(), &presented, (Method::Get, "/areas")).unwrap_err();
    assert_eq!(refusal, Refusal::Token { problem: TokenProblem::Revoked, token: Some(presented.id) });
}
