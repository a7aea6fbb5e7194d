use valetkey_testkit::Recorder;
use valetkey_wire::{
    ActivityFilter, Code, Decision, Expiry, Question, Scope, TokenChange, TokenStatus, Trial,
};

use super::bench::{Bench, ask, connect, create, get, limited};
use crate::{Options, Serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_token_does_what_it_may_and_nothing_once_revoked() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", limited(&["api:global:read"])).await;

    assert_eq!(get(&host, "/api/things", &token).await, 200);
    assert_eq!(ask(&host, "POST", "/api/things", &token).await.status, 403);
    let sent = recorder.requests();
    assert_eq!(sent.last().unwrap().values("authorization"), ["Bearer master-credential-1"]);

    let revoked = host.revoke_tokens(&["ci".into()]).await.unwrap();
    assert_eq!(revoked[0].status, TokenStatus::Revoked);
    let before = recorder.requests().len();
    assert_eq!(get(&host, "/api/things", &token).await, 401);
    assert_eq!(recorder.requests().len(), before, "nothing reached the service");
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_acts_on_the_next_request_of_the_same_secret() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", limited(&["api:global:read"])).await;
    let wider = TokenChange {
        scope: Some(limited(&["api:global:read", "api:global:write"])),
        ..TokenChange::default()
    };
    assert_eq!(host.gained("ci", &wider).unwrap(), Some(limited(&["api:global:write"])));
    host.update_token("ci", wider).await.unwrap();
    assert_eq!(ask(&host, "POST", "/api/things", &token).await.status, 200);

    let rename = TokenChange { name: Some("writer".into()), ..TokenChange::default() };
    assert_eq!(host.gained("ci", &rename).unwrap(), None);
    let row = host.update_token("ci", rename).await.unwrap();
    assert_eq!((row.name.as_str(), row.grant_rows.len()), ("writer", 2), "a rename never touches the scope");
    assert_eq!(ask(&host, "POST", "/api/things", &token).await.status, 200);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_secret_ends_the_old_one() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let old = create(&host, "ci", Scope::Full).await;
    let new = host.replace_token("ci").await.unwrap();
    assert_eq!(get(&host, "/api/", &old).await, 401);
    assert_eq!(get(&host, "/api/", new.token.expose()).await, 200);
    assert!(old.starts_with(&format!("vkey_{}_", new.id)), "the id stays");
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_token_is_refused_until_it_is_enabled() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    host.disable_token("ci").await.unwrap();
    assert_eq!(get(&host, "/api/", &token).await, 401);
    host.enable_token("ci").await.unwrap();
    assert_eq!(get(&host, "/api/", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test]
async fn an_unknown_name_revokes_none_of_the_others() {
    let bench = Bench::new();
    let host = bench.open(Options::default()).await;
    create(&host, "ci", Scope::Full).await;
    let error = host.revoke_tokens(&["ci".into(), "cii".into()]).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert!(error.message.contains("did you mean “ci”"), "{}", error.message);
    assert_eq!(host.status().await.tokens_active, 1);
    host.shut_down().await;
}

#[tokio::test]
async fn revoking_all_ends_every_live_token() {
    let bench = Bench::new();
    let host = bench.open(Options::default()).await;
    for name in ["a", "b", "c"] {
        create(&host, name, Scope::Full).await;
    }
    assert_eq!(host.revoke_all_tokens().await.unwrap().len(), 3);
    assert_eq!(host.status().await.tokens_active, 0);
    create(&host, "a", Scope::Full).await;
    assert_eq!(host.tokens().await.unwrap().len(), 4, "the name is free again, the records stay");
    host.shut_down().await;
}

#[tokio::test]
async fn what_can_not_be_granted_is_refused_with_its_own_code() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.open(Options::default()).await;
    connect(&host, &recorder).await;
    let new = |name: &str, scope, expiry| valetkey_wire::NewToken {
        name: name.into(),
        note: String::new(),
        scope,
        expiry,
        proxy: false,
    };
    create(&host, "ci", Scope::Full).await;
    for (token, code) in [
        (new("CI", Scope::Full, Expiry::Never), Code::NameTaken),
        (new("x", limited(&[]), Expiry::Never), Code::Invalid),
        (new("x", limited(&["api:global:reed"]), Expiry::Never), Code::NotFound),
        (new("x", limited(&["apy:global:read"]), Expiry::Never), Code::NotFound),
        (new("x", limited(&["api:global"]), Expiry::Never), Code::Invalid),
        (new("x", Scope::Full, Expiry::At { at: 1 }), Code::Invalid),
    ] {
        assert_eq!(host.create_token(token.clone()).await.unwrap_err().code, code, "{token:?}");
    }
    assert_eq!(host.tokens().await.unwrap().len(), 1);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_tokens_services_settings_and_credentials() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let live = create(&host, "live", limited(&["api:global:read"])).await;
    let gone = create(&host, "gone", Scope::Full).await;
    host.revoke_tokens(&["gone".into()]).await.unwrap();
    let change =
        valetkey_wire::SettingsChange { activity_days: Some(7), ..valetkey_wire::SettingsChange::default() };
    host.change_settings(change).await.unwrap();
    let before = host.tokens().await.unwrap();
    host.shut_down().await;

    let host = bench.serve().await;
    assert_eq!(host.tokens().await.unwrap(), before);
    assert_eq!(host.settings().await.activity_days, 7);
    assert_eq!(get(&host, "/api/", &live).await, 200);
    assert_eq!(get(&host, "/api/", &gone).await, 401);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revokes_itself_for_good() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    let status = ask(&host, "DELETE", "/.valetkey/token", &token).await.status;
    assert!((200..300).contains(&status), "{status}");
    assert_eq!(get(&host, "/api/", &token).await, 401);
    host.shut_down().await;
    let host = bench.open(Options::default()).await;
    assert_eq!(host.tokens().await.unwrap()[0].status, TokenStatus::Revoked);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn activity_says_who_what_and_why_and_when_a_token_was_last_used() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", limited(&["api:global:read"])).await;
    assert_eq!(host.tokens().await.unwrap()[0].last_used, None);
    get(&host, "/api/things", &token).await;
    ask(&host, "DELETE", "/api/things", &token).await;

    let rows = host.activity(ActivityFilter::default()).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].decision, rows[1].decision), (Decision::Refusal, Decision::Permit), "newest first");
    assert_eq!(rows[1].token_name.as_deref(), Some("ci"));
    let denied = ActivityFilter { denied: true, token: Some("ci".into()), ..ActivityFilter::default() };
    assert_eq!(host.activity(denied).await.unwrap().len(), 1);
    let unknown = ActivityFilter { token: Some("nobody".into()), ..ActivityFilter::default() };
    assert_eq!(host.activity(unknown).await.unwrap_err().code, Code::NotFound);
    assert!(host.tokens().await.unwrap()[0].last_used.is_some());
    host.shut_down().await;
}

#[tokio::test]
async fn a_scope_is_tried_without_a_token_being_made_of_it() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.open(Options { serve: Serve::Nothing, ..Options::default() }).await;
    connect(&host, &recorder).await;
    let ask = async |scope: Scope, method: &str| {
        host.try_scope(&Trial { scope, method: method.into(), url: "/api/a".into(), body: None }).await
    };
    let read = ask(limited(&["api:global:read"]), "GET").await.unwrap();
    assert_eq!((read.decision, read.grants.unwrap()), (Decision::Permit, vec!["api:global:read".to_owned()]));
    let write = ask(limited(&["api:global:read"]), "DELETE").await.unwrap();
    assert_eq!(write.missing.unwrap(), [["api:global:write"]]);
    assert!(write.commands.is_empty(), "there is no token to update");
    let nothing = ask(limited(&[]), "GET").await.unwrap();
    assert_eq!(
        (nothing.decision, nothing.missing.unwrap()),
        (Decision::Refusal, vec![vec!["api:global:read".to_owned()]])
    );
    assert_eq!(ask(Scope::Full, "DELETE").await.unwrap().decision, Decision::Permit);
    assert_eq!(ask(limited(&["api:read"]), "GET").await.unwrap_err().code, Code::Invalid);
    assert!(host.tokens().await.unwrap().is_empty());
    host.shut_down().await;
}

#[tokio::test]
async fn a_question_is_answered_by_the_grants_where_nothing_runs() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.open(Options { serve: Serve::Nothing, ..Options::default() }).await;
    connect(&host, &recorder).await;
    create(&host, "ci", limited(&["api:global:read"])).await;
    let ask = async |method: &str, url: &str| {
        let question = Question { token: "ci".into(), method: method.into(), url: url.into(), body: None };
        host.explain(&question).await
    };
    let base = format!("http://{}", recorder.address());
    for url in
        ["/api/a", "http://127.0.0.1:7743/api/a", "http://api.localhost:7743/a", &format!("{base}/a?b=c")]
    {
        let answer = ask("get", url).await.unwrap();
        assert_eq!(answer.decision, Decision::Permit, "{url}: {}", answer.reason);
        assert_eq!(answer.grants.unwrap(), ["api:global:read"]);
    }
    let refused = ask("DELETE", "/api/a").await.unwrap();
    assert_eq!(refused.missing.unwrap(), [["api:global:write"]]);
    assert_eq!(ask("GET", "/api/a/../b").await.unwrap().decision, Decision::Refusal);
    assert_eq!(ask("GET", "/nothing/a").await.unwrap().decision, Decision::Refusal);
    assert_eq!(ask("TRACE", "/api/a").await.unwrap_err().code, Code::Invalid);
    assert_eq!(ask("GET", "https://example.com/a").await.unwrap_err().code, Code::Invalid);
    host.shut_down().await;
}
