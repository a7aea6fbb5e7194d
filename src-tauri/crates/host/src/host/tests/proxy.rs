use valetkey_core::ports::VaultError;
use valetkey_testkit::Recorder;
use valetkey_wire::{Expiry, LocalTlsState, NewToken, Scope, TokenChange};

use super::bench::{Bench, connect, create, rest};
use crate::Host;

async fn create_proxied(host: &Host, name: &str) {
    let (name, note) = (name.into(), String::new());
    let token = NewToken { name, note, scope: Scope::Full, expiry: Expiry::Never, proxy: true };
    host.create_token(token).await.unwrap();
}

async fn update(host: &Host, name: &str, change: TokenChange) -> bool {
    host.update_token(name, change).await.unwrap().proxy
}

async fn state(host: &Host) -> LocalTlsState {
    host.status().await.gateway.proxy.state
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_is_on_while_some_token_may_use_it_and_outlives_a_restart() {
    let bench = Bench::new();
    let host = bench.serve().await;
    create(&host, "plain", Scope::Full).await;
    assert_eq!(state(&host).await, LocalTlsState::Off);
    assert!(!bench.profile.proxy_certificate().exists());
    create_proxied(&host, "agent").await;
    assert_eq!(state(&host).await, LocalTlsState::Ready);
    let pem = std::fs::read_to_string(bench.profile.proxy_certificate()).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"));
    host.shut_down().await;

    let host = bench.serve().await;
    assert_eq!(state(&host).await, LocalTlsState::Ready);
    let off = TokenChange { proxy: Some(false), ..TokenChange::default() };
    assert!(!update(&host, "agent", off).await);
    assert_eq!(state(&host).await, LocalTlsState::Off);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_does_not_say_leaves_the_switch_as_it_is() {
    let bench = Bench::new();
    let host = bench.serve().await;
    create_proxied(&host, "agent").await;
    let rename = TokenChange { name: Some("other".into()), ..TokenChange::default() };
    assert!(update(&host, "agent", rename).await);
    create(&host, "plain", Scope::Full).await;
    let rename = TokenChange { name: Some("plainer".into()), ..TokenChange::default() };
    assert!(!update(&host, "plain", rename).await);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_connected_later_is_vouched_for_by_the_same_authority() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    create_proxied(&host, "agent").await;
    let before = std::fs::read(bench.profile.proxy_certificate()).unwrap();
    connect(&host, &recorder).await;
    let after = std::fs::read(bench.profile.proxy_certificate()).unwrap();
    assert_ne!(before, after, "its certificate names the new host");
    // A second service at the same host changes nothing.
    host.add_service(rest("second", &recorder)).await.unwrap();
    assert_eq!(std::fs::read(bench.profile.proxy_certificate()).unwrap(), after);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_vault_locked_the_proxy_is_unavailable() {
    let bench = Bench::new();
    let host = bench.serve().await;
    create_proxied(&host, "agent").await;
    host.lock().await;
    let proxy = host.status().await.gateway.proxy;
    assert_eq!(
        (proxy.state, proxy.problem),
        (LocalTlsState::Unavailable, Some(VaultError::Locked.to_string()))
    );
    host.unlock(None).await.unwrap();
    assert_eq!(state(&host).await, LocalTlsState::Ready);
    host.shut_down().await;
}
