//! The owner's own question to a service.

use valetkey_gateway::{Probe, Prober, Question};
use valetkey_testkit::{MASTER, PolicyBuilder, Recorder};

use crate::scene::REST;

fn ask(upstream: &Recorder, question: Question<'_>) -> Probe {
    let policy = PolicyBuilder::new().service("up", &upstream.url(), REST, None);
    let snapshot = policy.snapshot();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Prober::new().unwrap().ask(snapshot.service("up").unwrap(), question)).unwrap()
}

#[test]
fn it_carries_the_credential_and_ends_where_the_reply_ends_although_the_connection_stays_open() {
    let upstream = Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
    let probe = ask(&upstream, Question::get("/me"));
    assert_eq!((probe.status, probe.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(upstream.requests()[0].line(), "GET /me HTTP/1.1");
    assert_eq!(upstream.requests()[0].values("authorization"), [format!("Bearer {MASTER}")]);
}

#[test]
fn a_document_is_posted_whole() {
    let upstream = Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    ask(&upstream, Question { fields: &[("x-version", "2")], ..Question::post("/search", br#"{"q":1}"#) });
    let request = &upstream.requests()[0];
    assert_eq!(request.line(), "POST /search HTTP/1.1");
    assert_eq!(request.body, br#"{"q":1}"#);
    assert_eq!(request.values("x-version"), ["2"]);
}
