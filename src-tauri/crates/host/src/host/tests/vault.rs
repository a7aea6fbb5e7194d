use valetkey_core::ports::VaultError;
use valetkey_testkit::Recorder;
use valetkey_wire::{Code, CredentialState, GatewayState, Scope};

use super::bench::{Bench, connect, create, get, rest, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_vault_refuses_every_request_until_it_is_unlocked() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    host.lock().await;
    let status = host.status().await;
    assert_eq!((status.gateway.state, status.vault.locked), (GatewayState::Locked, true));
    assert_eq!(host.services().await[0].credential, CredentialState::Locked);
    assert_eq!(get(&host, "/api/", &token).await, 503);
    assert_eq!(host.add_service(rest("other", &recorder)).await.unwrap_err().code, Code::Vault);

    assert_eq!(host.revoke_tokens(&["ci".into()]).await.unwrap().len(), 1, "revoking needs no vault");
    let token = create(&host, "next", Scope::Full).await;
    host.unlock(None).await.unwrap();
    assert_eq!(host.status().await.gateway.state, GatewayState::Listening);
    assert_eq!(get(&host, "/api/", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_vault_does_not_hold_up_the_start_and_is_used_when_it_answers() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    host.shut_down().await;

    let stall = bench.memory.stall();
    let host = bench.serve().await;
    let row = &host.services().await[0];
    assert_eq!(row.credential, CredentialState::Failed);
    assert_eq!(row.credential_problem.as_deref(), Some(VaultError::Slow.to_string().as_str()));
    assert_eq!(get(&host, "/api/", &token).await, 503);
    drop(stall);
    until(&host, async |host| host.services().await[0].credential == CredentialState::Ready).await;
    assert_eq!(get(&host, "/api/", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_vault_gives_after_a_lock_is_not_kept() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    host.shut_down().await;

    let stall = bench.memory.stall();
    let host = bench.serve().await;
    host.lock().await;
    let mut events = host.events();
    drop(stall);
    // The late answer announces itself, and has changed nothing.
    events.recv().await.unwrap();
    assert_eq!(host.services().await[0].credential, CredentialState::Locked);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_denies_says_so_and_an_unlock_asks_again() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    host.shut_down().await;

    bench.memory.fail(VaultError::Denied);
    let host = bench.serve().await;
    let status = host.status().await;
    assert_eq!(status.vault.problem.as_deref(), Some(VaultError::Denied.to_string().as_str()));
    bench.memory.recover();
    host.unlock(None).await.unwrap();
    assert_eq!(host.status().await.vault.problem, None);
    assert_eq!(host.services().await[0].credential, CredentialState::Ready);
    host.shut_down().await;
}
