//! A change of policy is in force when it has been applied: not later, and for what is open too.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use valetkey_core::{
    activity::Ending,
    policy::{CredentialState, Running},
    ports::VaultError,
    time::Timestamp,
    token::{Status, Token},
};
use valetkey_testkit::Recorder;

use crate::scene::{REST, Scene, refused};

fn revoked(token: Token) -> Token {
    Token { status: Status::Revoked { at: Timestamp::from_millis(5) }, ..token }
}

/// Sends one chunk and then nothing more.
fn endless() -> Recorder {
    Recorder::scripted(Arc::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")?;
        Ok(true)
    }))
}

#[test]
fn revoked_token_is_refused_on_the_next_request_of_an_open_connection() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    let (record, token) = scene.token("**");
    let request =
        scene.fill(&token, "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
    let mut client = scene.connect();
    client.send(&request).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    scene.policy.put(revoked(record));
    scene.apply();
    client.send(&request).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 401);
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn no_request_reaches_the_service_after_a_revocation_has_been_applied() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    for round in 0..200 {
        let (record, token) = scene.token("up:global:read");
        let applied = Arc::new(AtomicBool::new(false));
        let late = Arc::new(AtomicU64::new(0));
        let request =
            scene.fill(&token, "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n");
        let clients: Vec<_> = (0..3)
            .map(|_| {
                let (mut client, request) = (scene.connect(), request.clone());
                let (applied, late) = (Arc::clone(&applied), Arc::clone(&late));
                std::thread::spawn(move || {
                    loop {
                        let sent_after = applied.load(Ordering::SeqCst);
                        client.send(&request).unwrap();
                        match client.answer(false).unwrap().status {
                            200 if sent_after => drop(late.fetch_add(1, Ordering::SeqCst)),
                            200 => {}
                            status => return assert_eq!(status, 401),
                        }
                    }
                })
            })
            .collect();
        scene.policy.put(revoked(record));
        scene.apply();
        let seen = scene.upstream.requests().len();
        applied.store(true, Ordering::SeqCst);
        for client in clients {
            client.join().unwrap();
        }
        assert_eq!(late.load(Ordering::SeqCst), 0, "round {round}");
        // What had been sent before may still be arriving at the recorder; each of the three clients has at most one.
        assert!(scene.upstream.requests().len() <= seen + 3, "round {round}");
    }
}

#[test]
fn an_open_stream_is_cut_when_its_token_is_revoked_disabled_narrowed_or_the_gateway_paused_or_locked() {
    type Change = fn(&mut Scene, Token);
    let changes: [(&str, Change); 5] = [
        ("revoked", |scene, token| scene.policy.put(revoked(token))),
        ("disabled", |scene, token| scene.policy.put(Token { status: Status::Disabled, ..token })),
        ("narrowed", |scene, token| {
            scene.policy.put(Token { access: "up:global:write".parse().unwrap(), ..token });
        }),
        ("paused", |scene, _| scene.policy.change(|snapshot| snapshot.with_running(Running::Paused))),
        ("locked", |scene, _| {
            scene.policy.change(|snapshot| {
                let service = snapshot.service("up").unwrap();
                snapshot
                    .with_service(service.with_credential(CredentialState::Unavailable(VaultError::Locked)))
            });
        }),
    ];
    for (name, change) in changes {
        let mut scene = Scene::of(endless(), "", REST, None);
        let (record, token) = scene.token("up:global:read");
        let (_, other) = scene.token("up:global:read");
        let open =
            |token: &str| {
                let mut client = scene.connect();
                client
                    .send(scene.fill(
                        token,
                        "GET /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n",
                    ))
                    .unwrap();
                while client.line().unwrap() != "data: 1\n\n" {}
                client
            };
        let (mut cut, mut kept) = (open(&token), open(&other));
        change(&mut scene, record);
        scene.apply();
        assert_eq!(
            cut.rest().ok().as_deref(),
            Some(&b""[..]),
            "{name}: the stream ends without its last chunk"
        );
        assert_eq!(scene.log.closing(0).ending, Ending::Cut, "{name}");
        assert!(scene.upstream.wait_until(|_, closed| closed >= 1), "{name}: the service was let go");
        if ["revoked", "disabled", "narrowed"].contains(&name) {
            assert!(scene.log.entries()[1].closing.is_none(), "{name}: another token's stream goes on");
            kept.finish().unwrap();
        }
    }
}

#[test]
fn an_upload_is_cut_when_its_token_is_revoked() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    let (record, token) = scene.token("**");
    let mut client = scene.connect();
    let head = "POST /up/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 1000000\r\n\r\nbeginning";
    client.send(scene.fill(&token, head)).unwrap();
    while !scene.upstream.bytes().ends_with(b"beginning") {
        std::thread::yield_now();
    }
    scene.policy.put(revoked(record));
    scene.apply();
    let answer = client.answer(false).unwrap();
    assert_eq!((answer.status, refused(&answer)), (401, "invalid_token"));
    assert!(scene.upstream.wait_until(|_, closed| closed == 1));
    assert!(scene.upstream.requests().is_empty());
}

#[test]
fn a_token_expires_by_the_clock_without_any_change() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    let (record, token) = scene.token("**");
    scene.policy.put(Token { expires: Some(Timestamp::from_millis(1_060_000)), ..record });
    scene.apply();
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 200);
    scene.clock.advance(60_000);
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 401);
}

#[test]
fn an_update_is_in_force_on_the_next_request_with_the_same_secret() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    let (record, token) = scene.token("up:global:write");
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 403);
    scene.policy.put(Token { access: "up:global:read".parse().unwrap(), ..record });
    scene.apply();
    assert_eq!(scene.ask(&token, "GET", "/up/x").status, 200);
}

#[test]
fn paused_and_locked_answer_503_with_their_own_codes() {
    let mut scene = Scene::of(Recorder::start(), "", REST, None);
    let (_, token) = scene.token("**");
    scene.policy.change(|snapshot| snapshot.with_running(Running::Paused));
    scene.apply();
    let paused = scene.ask(&token, "GET", "/up/x");
    assert_eq!((paused.status, refused(&paused)), (503, "paused"));
    scene.policy.change(|snapshot| {
        let service = snapshot.service("up").unwrap();
        let locked = service.with_credential(CredentialState::Unavailable(VaultError::Locked));
        snapshot.with_running(Running::On).with_service(locked)
    });
    scene.apply();
    let locked = scene.ask(&token, "GET", "/up/x");
    assert_eq!((locked.status, refused(&locked)), (503, "vault_locked"));
    assert_eq!(scene.upstream.bytes(), b"");
}

#[test]
fn a_taken_port_is_named_and_no_other_address_than_loopback_is_listened_on() {
    let scene = Scene::new(Recorder::start());
    let taken = scene.gateway.addresses()[0];
    let start = |address| {
        let config = valetkey_gateway::Config { listen: vec![address], socket: None, threads: 1 };
        let clock: Arc<dyn valetkey_core::time::Clock> = Arc::clone(&scene.clock) as _;
        let (reports, ..) = valetkey_gateway::Reports::new();
        valetkey_gateway::Gateway::start(&config, &scene.policy.snapshot(), &scene.log, &clock, &reports)
    };
    assert!(matches!(start(taken), Err(valetkey_gateway::Error::PortTaken { address }) if address == taken));
    assert!(matches!(start("0.0.0.0:0".parse().unwrap()), Err(valetkey_gateway::Error::NotLoopback { .. })));
}
