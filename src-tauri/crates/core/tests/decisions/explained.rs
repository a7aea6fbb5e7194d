//! Why a request is decided as it is.

use valetkey_core::{
    decision::Request,
    explanation::{Explained, explain},
    grant::Access,
    http::Method,
    path::{Path, Query},
    rights::Rights,
    rules::{Absence, EndpointSet},
};
use valetkey_testkit::PolicyBuilder;

use crate::DEFINITION;

/// What is explained of a request, in words.
fn explained(policy: &mut PolicyBuilder, access: &str, method: Method, target: &str) -> String {
    let (token, _) = policy.token(access);
    let snapshot = policy.snapshot();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let request = Request {
        endpoints: EndpointSet::ALL,
        method,
        path: Path::parse(path).unwrap(),
        query: query.map(|query| Query::parse(query).unwrap()),
    };
    let token = snapshot.tokens().by_id(token.id).unwrap();
    let Explained { operation, contexts, needed, inactive } =
        explain(token, snapshot.service("up").unwrap(), request);
    let labels = |known: &[&valetkey_core::rules::Operation]| {
        known.iter().map(|operation| &*operation.label).collect::<Vec<_>>().join(", ")
    };
    match operation {
        Err(Absence::Closed) => "closed".into(),
        Err(Absence::QueryUnclear) => "query unclear".into(),
        Err(Absence::Query(known)) => format!("query: {}", labels(&known)),
        Err(Absence::Method(known)) => format!("method: {}", labels(&known)),
        Err(Absence::Path(known)) => format!("path: {}", labels(&known)),
        Ok(operation) => {
            let contexts: Vec<_> = contexts.iter().map(ToString::to_string).collect();
            let one = |needed: &valetkey_core::explanation::Needed| {
                format!("{} held={} owner={:?}", needed.grant, needed.held, needed.owner)
            };
            let needed: Vec<Vec<_>> = needed.iter().map(|all_of| all_of.iter().map(one).collect()).collect();
            let inactive: Vec<_> = inactive.iter().map(ToString::to_string).collect();
            format!("{} in {contexts:?} needs {needed:?} inactive {inactive:?}", operation.label)
        }
    }
}

#[test]
fn a_lost_right_makes_the_grant_the_reason() {
    let right = |text: &str| {
        let Access::Limited(grants) = text.parse().unwrap() else { panic!("rights are grants here") };
        Rights::Only(grants.into_iter().map(|grant| (grant.context, grant.permission)).collect())
    };
    let mut policy = PolicyBuilder::new().service_with_rights(
        "up",
        "http://127.0.0.1:9",
        DEFINITION,
        None,
        right("up:area=a:see up:area=b:change"),
    );
    assert_eq!(
        explained(&mut policy, "up:area=a:change up:area=b:see", Method::Put, "/areas/a"),
        r#"PUT /areas/{area} in ["area=a"] needs [["up:area=a:change held=false owner=Some(false)"]] inactive ["up:area=a:change"]"#,
    );
    assert_eq!(
        explained(&mut policy, "up:area=b:see", Method::Put, "/areas/b"),
        r#"PUT /areas/{area} in ["area=b"] needs [["up:area=b:change held=false owner=Some(true)"]] inactive []"#,
    );
}

#[test]
fn what_is_unknown_is_told_by_what_would_make_it_known() {
    let definition = r#"{
        "version": 1, "kind": "test", "title": "Test", "description": "For tests.",
        "permissions": [{"name": "read"}],
        "operations": [
            {"method": "GET", "path": "/{repo}/info/refs", "query": {"service": "git-upload-pack"}, "requires": "read"},
            {"method": "GET", "path": "/api/v4/projects/{id}/issues", "requires": "read"},
            {"method": "POST", "path": "/api/v4/projects/{id}/issues", "requires": "read"},
            {"method": "GET", "path": "/files/{any**}", "requires": "read"}
        ],
        "closed": [{"method": "GET", "path": "/files/{name}/authorize"}]
    }"#;
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", definition, None);
    let mut why = |method, target| explained(&mut policy, "up:global:read", method, target);
    let git = "GET /{repo}/info/refs?service=git-upload-pack";
    assert_eq!(why(Method::Get, "/site/info/refs"), format!("query: {git}"));
    assert_eq!(why(Method::Get, "/site/info/refs?service=git%2Dupload-pack"), "query unclear");
    assert_eq!(why(Method::Post, "/site/info/refs"), format!("method: {git}"));
    assert_eq!(
        why(Method::Delete, "/api/v4/projects/7/issues"),
        "method: GET /api/v4/projects/{id}/issues, POST /api/v4/projects/{id}/issues"
    );
    assert_eq!(why(Method::Get, "/files/a/authorize"), "closed");
    assert_eq!(why(Method::Get, "/projects/7/issues"), "path: GET /api/v4/projects/{id}/issues");
    assert_eq!(why(Method::Get, "/nothing/like/it/at/all"), "path: ");
}
