//! Slack, Sentry, npm and registries of images: who the owner is, what they may do, what they have.

use std::{io::Write, sync::Arc};

use valetkey_testkit::{Recorded, Recorder};
use valetkey_wire::{Code, RightsSource};

use super::{
    bench::{Bench, create, limited, until},
    contexts::{lines, of_kind, service, values},
};

/// A Slack that answers `auth.test` as its reference shows it ("auth.test": example response and error; "Permissions": the header).
fn slack(body: &'static str, scopes: &'static str) -> Recorder {
    Recorder::scripted(Arc::new(move |request: &Recorded, stream| {
        assert!(request.line().starts_with("GET /api/auth.test "), "{}", request.line());
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{scopes}content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        Ok(true)
    }))
}

const GRACE: &str = r#"{"ok":true,"url":"https://subarachnoid.slack.com/","team":"Subarachnoid Workspace","user":"grace","team_id":"T12345678","user_id":"W12345678"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn slack_tells_who_the_token_is_and_its_scopes_limit_what_can_be_granted() {
    let recorder = slack(GRACE, "x-oauth-scopes: chat:write,channels:history,users:read\r\n");
    let bench = Bench::new();
    let host = bench.serve().await;
    let row = host.add_service(of_kind("slack", &recorder)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("grace (Subarachnoid Workspace)"));
    assert_eq!(row.rights.source, RightsSource::Service);
    assert_eq!(row.rights.scopes.as_deref(), Some("chat:write,channels:history,users:read"));
    let list = host.permissions("slack", None).await.unwrap();
    let had =
        |permission: &str| list.permissions.iter().find(|known| known.name == permission).unwrap().assignable;
    assert!(had("chat.write") && had("conversations.read") && had("users.read"));
    assert!(had("chat.read"), "a permalink needs no scope");
    assert!(!had("conversations.write") && !had("files.read") && !had("admin.write") && !had("users.write"));
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_token_that_is_refused_with_200_is_refused_and_one_without_scopes_is_not_limited() {
    let recorder = slack(r#"{"ok":false,"error":"invalid_auth"}"#, "");
    let bench = Bench::new();
    let host = bench.serve().await;
    let added = host.add_service(of_kind("slack", &recorder)).await.unwrap();
    assert!(added.check_problem.unwrap().contains("refused the credential"));
    assert_eq!(host.check_service("slack").await.unwrap_err().code, Code::Upstream);

    let legacy = slack(GRACE, "x-oauth-scopes: identify,read,post,client\r\n");
    let row =
        host.add_service(valetkey_wire::NewService { name: "old".into(), ..of_kind("slack", &legacy) }).await;
    assert!(row.unwrap().rights.had > 20, "the scopes of older tokens are wide");
    let none = slack(GRACE, "");
    let row =
        host.add_service(valetkey_wire::NewService { name: "none".into(), ..of_kind("slack", &none) }).await;
    assert!(!row.unwrap().rights.limited);
    host.shut_down().await;
}

/// The root of Sentry's API, as its `IndexEndpoint` puts it together; lists as its reference shows them.
fn sentry(root: &'static str) -> Recorder {
    let answers: &'static [(&str, &str)] = Box::leak(Box::new([
        ("/api/0/", root),
        (
            "/api/0/organizations/",
            r#"[{"id":"2","slug":"acme","name":"Acme Inc."},{"id":"3","slug":"other","name":"Other"}]"#,
        ),
        ("/api/0/organizations/acme/projects/", r#"[{"id":"5","slug":"site","name":"The site"}]"#),
        ("/api/0/organizations/other/projects/", "[]"),
        ("/api/0/projects/acme/site/", r#"{"id":"5","slug":"site"}"#),
    ]));
    service(answers)
}

const OWNER: &str = r#"{"version":"0","auth":{"scopes":["org:read","project:read","event:read","project:releases"]},"user":{"id":"1","username":"ada@example.com","email":"ada@example.com","name":"Ada"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn sentry_tells_who_the_owner_is_and_what_the_scopes_are() {
    let (bench, recorder) = (Bench::new(), sentry(OWNER));
    let host = bench.serve().await;
    let row = host.add_service(of_kind("sentry", &recorder)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("ada@example.com"));
    assert_eq!(row.rights.scopes.as_deref(), Some("org:read, project:read, event:read, project:releases"));
    let list = host.permissions("sentry", Some("organization=acme")).await.unwrap();
    let had =
        |permission: &str| list.permissions.iter().find(|known| known.name == permission).unwrap().assignable;
    assert!(had("event.read") && had("releases.write") && had("alerts.read") && had("team.read"));
    assert!(!had("event.write") && !had("project.admin") && !had("org.write") && !had("credentials.write"));
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_and_projects_of_sentry_are_found_by_their_slugs_and_missed_when_they_are_gone() {
    // The token of an organization is nobody's.
    let (bench, recorder) = (Bench::new(), sentry(r#"{"version":"0","auth":null,"user":null}"#));
    let host = bench.serve().await;
    let row = host.add_service(of_kind("sentry", &recorder)).await.unwrap();
    assert_eq!((row.identity, row.rights.limited), (None, false));
    let found = host.search_contexts("sentry", "organization", "inc").await.unwrap();
    assert_eq!(values(&found), [("acme", Some("Acme Inc."))]);
    let found = host.search_contexts("sentry", "project", "si").await.unwrap();
    assert_eq!(values(&found), [("acme/site", Some("The site"))]);
    let found = host.search_contexts("sentry", "project", "other/si").await.unwrap();
    assert!(found.asked && found.found.is_empty());

    create(&host, "there", limited(&["sentry:project=acme/site:event.read"])).await;
    create(&host, "gone", limited(&["sentry:project=acme/nothing:event.read"])).await;
    host.check_service("sentry").await.unwrap();
    until(&host, async |host| {
        host.tokens().await.unwrap().iter().any(|row| row.grant_rows[0].problem.is_some())
    })
    .await;
    let rows = host.tokens().await.unwrap();
    assert_eq!(rows[0].grant_rows[0].problem.as_deref(), Some("acme/nothing was not found in sentry"));
    assert_eq!(rows[1].grant_rows[0].problem, None);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_of_npm_are_those_of_the_owner_or_of_an_organization_or_what_the_registry_finds() {
    // npm, "Registry API": /-/whoami; libnpmaccess: lists of packages with how they may be used; "Search".
    let recorder = service(&[
        ("/-/whoami", r#"{"username":"ada"}"#),
        ("/-/user/ada/package", r#"{"left-hand":"write","@ada/site":"write","right-hand":"read"}"#),
        ("/-/org/acme/package", r#"{"@acme/site":"write"}"#),
        ("/-/package/@acme%2fsite/dist-tags", r#"{"latest":"1.0.0"}"#),
    ]);
    let bench = Bench::new();
    let host = bench.serve().await;
    let row = host.add_service(of_kind("npm", &recorder)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("ada"));
    let found = host.search_contexts("npm", "package", "hand").await.unwrap();
    assert_eq!(values(&found), [("left-hand", None), ("right-hand", None)]);
    let found = host.search_contexts("npm", "package", "@acme/si").await.unwrap();
    assert_eq!(values(&found), [("@acme/site", None)]);

    let private = service(&[("/-/v1/search", r#"{"objects":[{"package":{"name":"inner"}}],"total":1}"#)]);
    let own = valetkey_wire::NewService { name: "own".into(), ..of_kind("npm", &private) };
    assert_eq!(host.add_service(own).await.unwrap().identity, None);
    let found = host.search_contexts("own", "package", "in").await.unwrap();
    assert_eq!((values(&found), found.asked), (vec![("inner", None)], true));

    create(&host, "gone", limited(&["npm:package=@acme/gone:packages.read"])).await;
    create(&host, "there", limited(&["npm:package=@acme/site:packages.read"])).await;
    host.check_service("npm").await.unwrap();
    until(&host, async |host| host.tokens().await.unwrap()[0].grant_rows[0].problem.is_some()).await;
    assert_eq!(host.tokens().await.unwrap()[1].grant_rows[0].problem, None);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_of_a_registry_are_found_where_it_lists_them() {
    // OCI distribution specification 1.1: /v2/; the catalog as Docker's registry answers it.
    let recorder =
        service(&[("/v2/", "{}"), ("/v2/_catalog", r#"{"repositories":["acme/site","acme/tool","base"]}"#)]);
    let bench = Bench::new();
    let host = bench.serve().await;
    host.add_service(of_kind("docker-registry", &recorder)).await.unwrap();
    assert!(lines(&recorder)[0].starts_with("GET /v2/ "), "the credential is tried where one is wanted");
    let found = host.search_contexts("docker-registry", "repository", "acme/").await.unwrap();
    assert_eq!(values(&found), [("acme/site", None), ("acme/tool", None)]);

    let closed = service(&[("/v2/", "{}")]);
    let other = valetkey_wire::NewService { name: "hub".into(), ..of_kind("docker-registry", &closed) };
    host.add_service(other).await.unwrap();
    let found = host.search_contexts("hub", "repository", "acme").await.unwrap();
    assert_eq!((found.asked, found.problem), (false, None));
    host.shut_down().await;
}
