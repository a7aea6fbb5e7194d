//! What the owner may do in a service: asked, declared, lost, come back.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use valetkey_core::ports::TokenStore;
use valetkey_testkit::{Recorded, Recorder};
use valetkey_wire::{
    ActivityFilter, Code, DeclaredRights, Expiry, NewService, NewToken, RightsSource, Scope, SecretText,
    TokenChange,
};

use super::bench::{Bench, create, get, limited, rest, until};
use crate::Host;

/// A GitHub whose token has these scopes, and what it answers to anything but `/user`.
#[derive(Clone)]
struct Stage {
    scopes: Arc<Mutex<Option<&'static str>>>,
    answer: Arc<Mutex<&'static str>>,
    too_often: Arc<Mutex<bool>>,
}

impl Stage {
    fn new(scopes: Option<&'static str>) -> (Self, Recorder) {
        let stage = Self {
            scopes: Arc::new(Mutex::new(scopes)),
            answer: Arc::new(Mutex::new("200 OK")),
            too_often: Arc::default(),
        };
        let played = stage.clone();
        let recorder = Recorder::scripted(Arc::new(move |request: &Recorded, stream| {
            let (mut status, mut body) = (*played.answer.lock().unwrap(), "[]");
            let mut fields = String::new();
            if request.line().starts_with("GET /user ") {
                (status, body) = ("200 OK", r#"{"login":"octocat"}"#);
                if let Some(scopes) = *played.scopes.lock().unwrap() {
                    fields = format!("x-oauth-scopes: {scopes}\r\n");
                }
                if *played.too_often.lock().unwrap() {
                    status = "403 Forbidden";
                    fields += "x-ratelimit-remaining: 0\r\n";
                }
                fields += "github-authentication-token-expiration: 2027-01-31 09:30:00 UTC\r\n";
            }
            write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{fields}content-length: {}\r\n\r\n{body}",
                body.len()
            )?;
            Ok(true)
        }));
        (stage, recorder)
    }

    fn scopes(&self, scopes: &'static str) {
        *self.scopes.lock().unwrap() = Some(scopes);
    }

    /// From now on it says that it was asked too often.
    fn limited(&self) {
        *self.too_often.lock().unwrap() = true;
    }

    fn answer(&self, status: &'static str) {
        *self.answer.lock().unwrap() = status;
    }
}

pub(super) fn github(recorder: &Recorder) -> NewService {
    NewService { kind: "github".into(), ..rest("github", recorder) }
}

async fn refused(host: &Host, grant: &str) -> valetkey_wire::Error {
    let token = NewToken {
        name: "refused".into(),
        note: String::new(),
        scope: limited(&[grant]),
        expiry: Expiry::Never,
        proxy: false,
    };
    host.create_token(token).await.unwrap_err()
}

pub(super) const WRITE: &str = "github:repository=acme/site:actions_variables.write";
pub(super) const VARIABLES: &str = "/github/repos/acme/site/actions/variables";

#[tokio::test(flavor = "multi_thread")]
async fn the_scopes_of_a_classic_token_are_asked_for_when_it_is_connected() {
    let (bench, (_stage, recorder)) = (Bench::new(), Stage::new(Some("gist, read:org")));
    let host = bench.serve().await;
    let row = host.add_service(github(&recorder)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("octocat"));
    assert_eq!(row.rights.source, RightsSource::Service);
    assert_eq!(row.rights.scopes.as_deref(), Some("gist, read:org"));
    assert!(row.rights.limited && row.rights.had < row.permissions && row.rights.since.is_some());
    assert_eq!(row.credential_expires, Some(1_801_387_800_000));

    let error = refused(&host, WRITE).await;
    assert_eq!(error.code, Code::OwnerLacks);
    assert!(error.message.contains(WRITE), "{}", error.message);
    let error = refused(&host, "github:repository=acme/site:contents.write").await;
    assert!(
        error.message.contains("you have “github:repository=acme/site:contents.read”"),
        "{}",
        error.message
    );
    create(&host, "ci", limited(&["github:repository=acme/site:contents.read"])).await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_lost_makes_its_grant_inactive_at_the_next_request_and_it_can_come_back() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(Some("repo")));
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    let limited_token = create(&host, "ci", limited(&[WRITE])).await;
    let full_token = create(&host, "all", Scope::Full).await;
    assert_eq!(get(&host, VARIABLES, &limited_token).await, 200);

    stage.scopes("read:org");
    host.check_service("github").await.unwrap();
    assert_eq!(get(&host, VARIABLES, &limited_token).await, 403);
    assert_eq!(get(&host, VARIABLES, &full_token).await, 403, "full access is what the owner has");
    let row = &host.tokens().await.unwrap()[1];
    assert!(!row.grant_rows[0].active);
    assert_eq!(
        row.grant_rows[0].problem.as_deref(),
        Some("You don't have this permission in github any more")
    );
    let activity = host.activity(ActivityFilter { denied: true, ..ActivityFilter::default() }).await.unwrap();
    let said = "insufficient_scope: the owner does not have github:repository=acme/site:actions_variables.read any more";
    assert!(activity.iter().all(|record| record.reason == said), "{activity:?}");
    assert_eq!(activity.len(), 2);

    stage.scopes("repo");
    host.check_service("github").await.unwrap();
    assert_eq!(get(&host, VARIABLES, &limited_token).await, 200);
    assert!(host.tokens().await.unwrap()[1].grant_rows[0].active);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_what_was_permitted_is_asked_again() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(Some("repo")));
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    let token = create(&host, "ci", limited(&[WRITE])).await;
    stage.scopes("gist");
    stage.answer("403 Forbidden");
    let mut events = host.events();
    assert_eq!(get(&host, VARIABLES, &token).await, 403);
    while host.services().await[0].rights.scopes.as_deref() != Some("gist") {
        let _ = events.recv().await.unwrap();
    }
    stage.answer("200 OK");
    assert_eq!(get(&host, VARIABLES, &token).await, 403, "now it is the gateway that refuses");
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_the_service_no_longer_takes_is_shown() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(None));
    let host = bench.serve().await;
    let mut service = rest("api", &recorder);
    service.name = "api".into();
    host.add_service(service).await.unwrap();
    let token = create(&host, "ci", Scope::Full).await;
    stage.answer("401 Unauthorized");
    assert_eq!(get(&host, "/api/things", &token).await, 401);
    until(&host, async |host| host.services().await[0].check_problem.is_some()).await;
    assert_eq!(host.services().await[0].check_problem.as_deref(), Some("api refused the credential"));
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_service_does_not_tell_the_owner_declares() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(None));
    let host = bench.serve().await;
    let row = host.add_service(github(&recorder)).await.unwrap();
    assert_eq!(row.rights.source, RightsSource::Unknown, "a fine-grained token has no scopes");
    assert_eq!((row.rights.limited, row.rights.had), (false, row.permissions));

    let row = host.declare_rights("github", &DeclaredRights::ReadOnly).await.unwrap();
    assert_eq!(row.rights.source, RightsSource::Owner);
    assert!(row.rights.limited && row.rights.since.is_some());
    assert_eq!(refused(&host, "github:global:contents.write").await.code, Code::OwnerLacks);
    create(&host, "reader", limited(&["github:global:contents.read"])).await;

    let list = vec!["repository=acme/site:contents.write".into(), "github:user:gists.write".into()];
    host.declare_rights("github", &DeclaredRights::Only { list }).await.unwrap();
    let error = refused(&host, "github:global:contents.write").await;
    assert!(
        error.message.contains("you have “github:repository=acme/site:contents.write”"),
        "{}",
        error.message
    );
    create(&host, "writer", limited(&["github:repository=acme/site:contents.write"])).await;
    let unknown = DeclaredRights::Only { list: vec!["global:nothing.like.it".into()] };
    assert_eq!(host.declare_rights("github", &unknown).await.unwrap_err().code, Code::NotFound);

    host.check_service("github").await.unwrap();
    assert_eq!(
        host.services().await[0].rights.source,
        RightsSource::Owner,
        "a check that tells nothing changes nothing"
    );
    stage.scopes("repo");
    host.replace_credential("github", &SecretText::new("master-credential-2")).await.unwrap();
    let row = &host.services().await[0];
    assert_eq!(row.rights.source, RightsSource::Service, "what the service tells stands above");
    let error = host.declare_rights("github", &DeclaredRights::All).await.unwrap_err();
    assert_eq!(error.code, Code::Invalid);
    host.shut_down().await;

    let host = bench.serve().await;
    let row = &host.services().await[0];
    assert_eq!((row.rights.source, row.rights.scopes.as_deref()), (RightsSource::Service, Some("repo")));
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_more_than_a_day_ago_is_asked_again_when_the_gateway_starts() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(Some("repo")));
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    host.shut_down().await;
    let asked = recorder.requests().len();
    let host = bench.serve().await;
    host.shut_down().await;
    assert_eq!(recorder.requests().len(), asked, "told just now");

    let mut store = valetkey_store::Store::open(bench.profile.path()).unwrap();
    let mut service = store.load().unwrap().services.remove(0);
    let two_days = 2 * 24 * 60 * 60 * 1000;
    service.checked = service.checked.map(|checked| checked.plus_millis(-two_days));
    store.save_service(&service).unwrap();
    drop(store);
    stage.scopes("gist");
    let host = bench.serve().await;
    until(&host, async |host| host.services().await[0].rights.scopes.as_deref() == Some("gist")).await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_can_not_answer_now_takes_no_right_away() {
    let (bench, (stage, recorder)) = (Bench::new(), Stage::new(Some("repo")));
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    stage.limited();
    assert_eq!(host.check_service("github").await.unwrap_err().code, Code::Upstream);
    let row = &host.services().await[0];
    assert_eq!((row.rights.source, row.rights.scopes.as_deref()), (RightsSource::Service, Some("repo")));
    assert!(row.check_problem.is_some());
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_right_brings_what_comes_with_it_and_a_narrower_grant_widens_nothing() {
    let (bench, (_stage, recorder)) = (Bench::new(), Stage::new(None));
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    let list = vec!["organization=acme:contents.write".into()];
    host.declare_rights("github", &DeclaredRights::Only { list }).await.unwrap();
    let token = create(&host, "ci", limited(&["github:repository=Acme/site:contents.read"])).await;
    assert_eq!(get(&host, "/github/repos/acme/site/contents/README.md", &token).await, 200);
    assert_eq!(refused(&host, "github:repository=other/site:contents.read").await.code, Code::OwnerLacks);

    create(&host, "wide", limited(&["github:organization=acme:contents.write"])).await;
    let widens = |grant: &str| {
        let change = TokenChange { scope: Some(limited(&[grant])), ..TokenChange::default() };
        host.gained("wide", &change).unwrap().is_some()
    };
    assert!(!widens("github:repository=acme/site:contents.read"));
    assert!(!widens("github:repository=ACME/Site:contents.write"));
    assert!(widens("github:repository=other/site:contents.read"));
    assert!(widens("github:global:contents.read"));
    host.shut_down().await;
}
