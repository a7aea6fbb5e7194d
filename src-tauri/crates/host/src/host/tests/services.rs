use std::{io::Write, sync::Arc};

use valetkey_testkit::{Recorded, Recorder};
use valetkey_wire::{Code, NewService, Scope, SecretText};

use super::bench::{Bench, ask, connect, create, get, limited, rest};
use crate::Options;

fn sandbox() -> NewService {
    NewService {
        name: "sandbox".into(),
        kind: "sandbox".into(),
        base_url: None,
        credential_form: None,
        definition: None,
        credential: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_works_end_to_end_and_after_a_restart() {
    let bench = Bench::new();
    let host = bench.serve().await;
    let row = host.add_service(sandbox()).await.unwrap();
    assert!(row.identity.is_some() && row.rights.limited && row.checked.is_some());
    let token = create(&host, "ci", limited(&["sandbox:namespace=web:environment.view"])).await;
    assert_eq!(get(&host, "/sandbox/namespaces/web/environments", &token).await, 200);
    assert_eq!(get(&host, "/sandbox/namespaces/ops/environments", &token).await, 403);
    host.shut_down().await;

    let host = bench.serve().await;
    assert_eq!(get(&host, "/sandbox/namespaces/web/environments", &token).await, 200);
    host.lock().await;
    assert_eq!(get(&host, "/sandbox/namespaces/web/environments", &token).await, 503);
    host.unlock(None).await.unwrap();
    assert_eq!(get(&host, "/sandbox/namespaces/web/environments", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_owner_has_can_be_granted_and_the_list_says_why_not() {
    let bench = Bench::new();
    let host = bench.open(Options::default()).await;
    host.add_service(sandbox()).await.unwrap();
    let list = host.permissions("sandbox", None).await.unwrap();
    let kinds: Vec<_> = list.kinds.iter().map(|kind| (kind.name.as_str(), kind.takes_value)).collect();
    assert_eq!(kinds, [("global", false), ("namespace", true)]);
    assert!(list.kinds[1].values.contains(&"web".to_owned()));
    let manage = list.permissions.iter().find(|permission| permission.name == "users.manage").unwrap();
    assert!(!manage.assignable && manage.reason.is_some());

    let token = valetkey_wire::NewToken {
        name: "x".into(),
        note: String::new(),
        scope: limited(&["sandbox:global:users.manage"]),
        expiry: valetkey_wire::Expiry::Never,
        proxy: false,
    };
    assert_eq!(host.create_token(token).await.unwrap_err().code, Code::OwnerLacks);
    assert_eq!(host.permissions("sandbox", Some("repository=a/b")).await.unwrap_err().code, Code::NotFound);
    assert_eq!(host.permissions("nothing", None).await.unwrap_err().code, Code::NotFound);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_credential_that_the_service_refuses_replaces_nothing() {
    let bench = Bench::new();
    let recorder = Recorder::scripted(Arc::new(|request: &Recorded, stream| {
        let good = request.values("authorization").iter().any(|value| !value.ends_with("bad-credential"));
        let reply = if good { "200 OK" } else { "401 Unauthorized" };
        write!(stream, "HTTP/1.1 {reply}\r\ncontent-length: 0\r\n\r\n")?;
        Ok(true)
    }));
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;

    let refused = host.replace_credential("api", &SecretText::new("bad-credential")).await.unwrap_err();
    assert_eq!(refused.code, Code::Upstream);
    assert_eq!(get(&host, "/api/", &token).await, 200);

    host.replace_credential("api", &SecretText::new("master-credential-2")).await.unwrap();
    assert_eq!(get(&host, "/api/", &token).await, 200, "every token keeps working");
    let sent = recorder.requests();
    assert_eq!(sent.last().unwrap().values("authorization"), ["Bearer master-credential-2"]);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_whether_the_service_answers() {
    let bench = Bench::new();
    let recorder = Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    assert!(host.check_service("api").await.unwrap().checked.is_some());

    let mut nowhere = rest("nowhere", &recorder);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    nowhere.base_url = Some(format!("http://{free}"));
    host.add_service(nowhere).await.unwrap();
    assert_eq!(host.check_service("nowhere").await.unwrap_err().code, Code::Upstream);
    let rows = host.services().await;
    assert!(rows.iter().find(|row| row.name == "nowhere").unwrap().check_problem.is_some());
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_of_a_removed_service_stay_and_give_nothing() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", limited(&["api:global:read"])).await;
    assert_eq!(host.services().await[0].tokens, ["ci"]);
    host.remove_service("api").await.unwrap();
    assert_eq!(ask(&host, "GET", "/api/", &token).await.status, 404);
    let row = &host.tokens().await.unwrap()[0];
    assert!(!row.grant_rows[0].active);
    let rename =
        valetkey_wire::TokenChange { name: Some("b".into()), ..valetkey_wire::TokenChange::default() };
    assert_eq!(host.update_token("ci", rename).await.unwrap().grant_rows.len(), 1);

    connect(&host, &recorder).await;
    assert_eq!(get(&host, "/api/", &token).await, 200, "connected again, they hold again");
    host.shut_down().await;
}

#[tokio::test]
async fn what_is_no_service_is_refused_with_its_own_code() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.open(Options::default()).await;
    connect(&host, &recorder).await;
    let changed = |change: fn(&mut NewService)| {
        let mut service = rest("other", &recorder);
        change(&mut service);
        service
    };
    for (service, code) in [
        (rest("api", &recorder), Code::NameTaken),
        (changed(|s| s.kind = "nothing".into()), Code::NotFound),
        (changed(|s| s.kind = "github-git".into()), Code::NotFound),
        (changed(|s| s.base_url = None), Code::Invalid),
        (changed(|s| s.base_url = Some("http://example.com".into())), Code::Invalid),
        (changed(|s| s.credential = None), Code::Invalid),
        (changed(|s| s.credential_form = Some("cookie".into())), Code::Invalid),
        (changed(|s| s.definition = Some("{}".into())), Code::Invalid),
        (changed(|s| s.name = "Not A Name".into()), Code::Invalid),
    ] {
        assert_eq!(host.add_service(service.clone()).await.unwrap_err().code, code, "{service:?}");
    }
    assert_eq!(host.services().await.len(), 1);
    host.shut_down().await;
}
