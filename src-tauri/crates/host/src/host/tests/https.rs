use valetkey_core::{
    ports::{Vault, VaultError},
    service::ServiceName,
};
use valetkey_testkit::Recorder;
use valetkey_wire::{Code, LocalTls, LocalTlsState, Scope, SettingsChange};

use super::bench::{Bench, connect, create, get, rest, until};
use crate::{Host, Options};

async fn switch(host: &Host, https: bool) -> LocalTls {
    let change = SettingsChange { https: Some(https), ..SettingsChange::default() };
    assert_eq!(host.change_settings(change).await.unwrap().https, https);
    host.status().await.gateway.https
}

#[tokio::test(flavor = "multi_thread")]
async fn https_is_off_until_the_owner_wants_it_and_then_outlives_a_restart() {
    let bench = Bench::new();
    let host = bench.serve().await;
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Off);
    assert!(!bench.profile.https_certificate().exists());
    let on = switch(&host, true).await;
    assert_eq!((on.state, on.problem), (LocalTlsState::Ready, None));
    let pem = std::fs::read_to_string(&on.certificate).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"));
    host.shut_down().await;

    let host = bench.serve().await;
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Ready);
    assert_eq!(switch(&host, false).await.state, LocalTlsState::Off);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authoritys_key_is_in_the_vault_and_in_no_file_of_the_profile() {
    let bench = Bench::new();
    let host = bench.serve().await;
    switch(&host, true).await;
    host.shut_down().await;
    let key = bench.memory.read(&ServiceName::parse("valetkey-ca-https").unwrap()).unwrap();
    let mut read = 0;
    for entry in std::fs::read_dir(bench.profile.path()).unwrap() {
        // Sockets and directories are not read.
        let Ok(bytes) = std::fs::read(entry.unwrap().path()) else { continue };
        assert!(!String::from_utf8_lossy(&bytes).contains(key.expose()));
        read += 1;
    }
    assert!(read >= 3, "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_vault_locked_https_is_unavailable_and_plain_requests_go_on_being_answered() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    switch(&host, true).await;
    host.lock().await;
    let https = host.status().await.gateway.https;
    assert_eq!(https.state, LocalTlsState::Unavailable);
    assert_eq!(https.problem, Some(VaultError::Locked.to_string()));
    assert_eq!(get(&host, "/.valetkey/token", &token).await, 200);
    host.unlock(None).await.unwrap();
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Ready);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_vault_fails_with_is_said_and_an_unlock_tries_again() {
    let bench = Bench::new();
    let host = bench.serve().await;
    bench.memory.fail(VaultError::Denied);
    let https = switch(&host, true).await;
    assert_eq!(https.state, LocalTlsState::Unavailable);
    assert_eq!(https.problem, Some(VaultError::Denied.to_string()));
    bench.memory.recover();
    host.unlock(None).await.unwrap();
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Ready);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_vault_does_not_hold_up_a_lock_and_a_late_key_is_not_kept() {
    let bench = Bench::new();
    let host = bench.serve().await;
    switch(&host, true).await;
    host.shut_down().await;

    let stall = bench.memory.stall();
    let host = bench.serve().await;
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Unavailable);
    host.lock().await;
    drop(stall);
    host.unlock(None).await.unwrap();
    until(&host, async |host| host.status().await.gateway.https.state == LocalTlsState::Ready).await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_serves_nothing_only_keeps_the_choice() {
    let bench = Bench::new();
    let host = bench.open(Options::default()).await;
    assert_eq!(switch(&host, true).await.state, LocalTlsState::Unavailable);
    assert!(!bench.profile.https_certificate().exists());
    host.shut_down().await;
    let host = bench.serve().await;
    assert_eq!(host.status().await.gateway.https.state, LocalTlsState::Ready);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_service_can_be_called_as_the_authoritys_key_is() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    let error = host.add_service(rest("valetkey-ca-https", &recorder)).await.unwrap_err();
    assert_eq!(error.code, Code::Invalid);
    host.shut_down().await;
}
