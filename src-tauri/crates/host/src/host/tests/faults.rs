use valetkey_testkit::Recorder;
use valetkey_wire::{Code, Scope, SettingsChange, TokenChange, TokenStatus};

use super::bench::{Bench, connect, create, get, limited, rest, until};
use crate::Options;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_can_not_be_saved_changes_nothing() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", limited(&["api:global:read"])).await;
    let before = (host.tokens().await.unwrap(), host.settings().await);
    bench.fill_disk();

    let new = valetkey_wire::NewToken {
        name: "other".into(),
        note: String::new(),
        scope: Scope::Full,
        expiry: valetkey_wire::Expiry::Never,
        proxy: false,
    };
    assert_eq!(host.create_token(new).await.unwrap_err().code, Code::NotSaved);
    let change = TokenChange { scope: Some(Scope::Full), ..TokenChange::default() };
    assert_eq!(host.update_token("ci", change).await.unwrap_err().code, Code::NotSaved);
    assert_eq!(host.replace_token("ci").await.unwrap_err().code, Code::NotSaved);
    assert_eq!(host.remove_service("api").await.unwrap_err().code, Code::NotSaved);
    let days = SettingsChange { activity_days: Some(1), ..SettingsChange::default() };
    assert_eq!(host.change_settings(days).await.unwrap_err().code, Code::NotSaved);

    assert_eq!(get(&host, "/api/", &token).await, 200, "the credential is still there");
    bench.clear_disk();
    let mut after = host.tokens().await.unwrap();
    after[0].last_used = None;
    assert_eq!((after, host.settings().await), before);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_acts_with_a_full_disk_and_becomes_durable_later() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    bench.fill_disk();

    let error = host.revoke_tokens(&["ci".into()]).await.unwrap_err();
    assert_eq!(error.code, Code::InForceNotSaved);
    assert_eq!(get(&host, "/api/", &token).await, 401);
    assert_eq!(host.status().await.unsaved, 1);

    bench.clear_disk();
    until(&host, async |host| host.status().await.unsaved == 0).await;
    host.shut_down().await;
    let host = bench.open(Options::default()).await;
    assert_eq!(host.tokens().await.unwrap()[0].status, TokenStatus::Revoked);
    host.shut_down().await;
}

#[tokio::test]
async fn a_disabled_token_that_was_not_saved_is_saved_at_the_end() {
    let bench = Bench::new();
    let host = bench.open(Options::default()).await;
    create(&host, "ci", Scope::Full).await;
    bench.fill_disk();
    assert_eq!(host.disable_token("ci").await.unwrap_err().code, Code::InForceNotSaved);
    bench.clear_disk();
    host.shut_down().await;
    let host = bench.open(Options::default()).await;
    assert_eq!(host.tokens().await.unwrap()[0].status, TokenStatus::Disabled);
    host.shut_down().await;
}

#[tokio::test]
async fn a_service_whose_record_is_not_kept_leaves_no_credential_behind() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.open(Options::default()).await;
    bench.fill_disk();
    assert_eq!(host.add_service(rest("api", &recorder)).await.unwrap_err().code, Code::NotSaved);
    assert!(host.services().await.is_empty());
    bench.clear_disk();
    let name = valetkey_core::service::ServiceName::parse("api").unwrap();
    let left = valetkey_core::ports::Vault::read(&bench.memory, &name);
    assert_eq!(left.unwrap_err(), valetkey_core::ports::VaultError::Missing);
    host.shut_down().await;
}

#[tokio::test]
async fn a_second_owner_is_refused_and_the_profile_is_free_after_the_first() {
    let bench = Bench::new();
    let first = bench.open(Options::default()).await;
    let second = bench.try_open(Options::default()).await.err().unwrap();
    assert_eq!(second.code, Code::ProfileInUse);
    first.shut_down().await;
    bench.open(Options::default()).await.shut_down().await;
}

#[tokio::test]
async fn no_host_opens_where_there_is_no_profile() {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::Profile::locate(Some(folder.path().join("none"))).unwrap();
    let error = crate::Host::open(&profile, Options::default()).await.err().unwrap();
    assert_eq!((error.code, error.hint.as_deref()), (Code::ProfileMissing, Some("vk init")));
}
