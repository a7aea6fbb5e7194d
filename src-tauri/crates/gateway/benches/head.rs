//! What the codec costs: heads read and judged, and written anew in both directions.
//! `cargo bench -p valetkey-gateway --features bench`.
#![expect(clippy::unwrap_used, reason = "a bench that fails says so")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use valetkey_core::{
    decision::{self, Request, Verdict},
    http::Method,
    path::Path,
    rules::EndpointSet,
    time::Timestamp,
    token::Presented,
};
use valetkey_gateway::bench::{ReplyHead, RequestHead};
use valetkey_testkit::PolicyBuilder;

const PATH: &str = "/repos/acme/site/issues";
const DEFINITION: &str = r#"{"version":1,"kind":"bench","title":"Bench","description":"Measures.",
    "permissions":[{"name":"read"}],
    "operations":[{"method":"GET","path":"/repos/{owner}/{repo}/issues","requires":"read"}]}"#;
const REPLY: &[u8] = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 03 Mar 2026 10:00:00 GMT\r\n\
    Content-Type: application/json; charset=utf-8\r\nContent-Length: 70\r\nConnection: keep-alive\r\n\
    Cache-Control: private, max-age=60\r\nETag: \"5d8c72a5edda8d6a\"\r\nX-RateLimit-Remaining: 4987\r\n\r\n";

/// As curl sends it.
fn request(token: &str) -> Vec<u8> {
    format!(
        "GET /up{PATH} HTTP/1.1\r\nHost: 127.0.0.1:7743\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
}

fn heads(c: &mut Criterion) {
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", DEFINITION, None);
    let (_, token) = policy.token("up:global:read");
    let bytes = request(&token);
    let snapshot = policy.snapshot();
    let presented = Presented::recognise(token.as_bytes()).unwrap();
    let path = Path::parse(PATH).unwrap();
    let asked = Request { endpoints: EndpointSet::ALL, method: Method::Get, path, query: None };
    let verdict = decision::decide(&snapshot, &presented, "up", asked, Timestamp::from_millis(0)).unwrap();
    let Verdict::Permit(permit) = verdict else { panic!("the head says all") };
    let (mut head, mut reply, mut out) = (RequestHead::default(), ReplyHead::default(), Vec::new());

    let mut group = c.benchmark_group("head");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("guard a request", |b| b.iter(|| assert!(head.read(black_box(&bytes)))));
    group.bench_function("write it for the service", |b| {
        b.iter(|| assert!(head.forward(&permit, black_box(&bytes), path, &mut out)));
    });
    group.throughput(Throughput::Bytes(REPLY.len() as u64));
    group.bench_function("judge a reply", |b| b.iter(|| assert!(reply.read(black_box(REPLY)))));
    group.bench_function("write it for the application", |b| {
        b.iter(|| assert!(reply.pass_on(&permit, black_box(REPLY), &mut out)));
    });
    group.finish();
}

criterion_group!(benches, heads);
criterion_main!(benches);
