use std::net::TcpListener;

use valetkey_testkit::Recorder;
use valetkey_wire::{Code, GatewayState, Scope, SettingsChange};

use super::bench::{Bench, connect, create, get, until};
use crate::{Options, Serve};

fn port(port: u16) -> SettingsChange {
    SettingsChange { port: Some(port), ..SettingsChange::default() }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_gateway_answers_503_until_its_time_is_over() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let host = bench.serve().await;
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;
    host.pause(None).await.unwrap();
    assert_eq!(host.status().await.gateway.state, GatewayState::Paused);
    assert_eq!(get(&host, "/api/", &token).await, 503);
    host.resume().await;
    assert_eq!(get(&host, "/api/", &token).await, 200);

    host.pause(Some(50)).await.unwrap();
    assert!(host.status().await.gateway.paused_until.is_some());
    until(&host, async |host| host.status().await.gateway.state == GatewayState::Listening).await;
    assert_eq!(get(&host, "/api/", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_said_by_name_and_another_one_is_taken_at_once() {
    let (bench, recorder) = (Bench::new(), Recorder::start());
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let number = other.local_addr().unwrap().port();
    let host = bench.open(Options::default()).await;
    host.change_settings(port(number)).await.unwrap();
    host.shut_down().await;

    let host = bench.open(Options { serve: Serve::Gateway, ..Options::default() }).await;
    let gateway = host.status().await.gateway;
    assert_eq!(gateway.state, GatewayState::PortTaken);
    assert!(gateway.problem.unwrap().contains(&number.to_string()));
    connect(&host, &recorder).await;
    let token = create(&host, "ci", Scope::Full).await;

    let free = free_port();
    host.change_settings(port(free)).await.unwrap();
    assert_eq!(host.status().await.gateway.address, Some(format!("127.0.0.1:{free}")));
    assert_eq!(get(&host, "/api/", &token).await, 200);

    let error = host.change_settings(port(number)).await.unwrap_err();
    assert_eq!(error.code, Code::PortTaken);
    assert_eq!(host.settings().await.port, free);
    assert_eq!(get(&host, "/api/", &token).await, 200, "the old port is kept");

    drop(other);
    host.change_settings(port(number)).await.unwrap();
    assert_eq!(get(&host, "/api/", &token).await, 200);
    host.shut_down().await;
}

#[tokio::test]
async fn only_loopback_is_ever_listened_on() {
    let bench = Bench::new();
    let listen = Some("0.0.0.0:0".parse().unwrap());
    let options = Options { listen, serve: Serve::Gateway, ..Options::default() };
    assert_eq!(bench.try_open(options).await.err().unwrap().code, Code::Invalid);
    bench.open(Options::default()).await.shut_down().await;
}
