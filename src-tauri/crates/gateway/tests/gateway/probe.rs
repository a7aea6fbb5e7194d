//! The owner's own question to a service.

use std::{
    io::Write,
    sync::{Arc, mpsc},
};

use valetkey_gateway::{Probe, Prober};
use valetkey_testkit::{MASTER, PolicyBuilder, Recorder};

use crate::scene::REST;

fn ask(upstream: &Recorder) -> Probe {
    let policy = PolicyBuilder::new().service("up", &upstream.url(), REST, None);
    let snapshot = policy.snapshot();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Prober::new().unwrap().get(snapshot.service("up").unwrap(), "/me")).unwrap()
}

#[test]
fn it_carries_the_credential_and_ends_where_the_reply_ends_although_the_connection_stays_open() {
    let upstream = Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
    let begun = std::time::Instant::now();
    let probe = ask(&upstream);
    assert_eq!((probe.status, probe.body.as_slice()), (200, &b"hello"[..]));
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "it waited for more");
    assert_eq!(upstream.requests()[0].line(), "GET /me HTTP/1.1");
    assert_eq!(upstream.requests()[0].values("authorization"), [format!("Bearer {MASTER}")]);
}

#[test]
fn interim_replies_and_chunks_in_pieces_are_read() {
    let (send, gate) = mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let upstream = Recorder::scripted(Arc::new(move |_, stream| {
        stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1")?;
        stream.flush()?;
        // The rest comes once somebody waits for it in the middle of a size line.
        let _ = gate.lock().map(|gate| gate.recv_timeout(std::time::Duration::from_millis(200)));
        stream.write_all(b"\r\nc\r\n0\r\n\r\n")?;
        Ok(true)
    }));
    let probe = ask(&upstream);
    drop(send);
    assert_eq!((probe.status, probe.body.as_slice()), (201, &b"abc"[..]));
}
