//! What judging a request costs: its token, its path, the decision, and the search for an echoed credential.
//! `cargo bench -p valetkey-core`.
#![expect(clippy::unwrap_used, reason = "a bench that fails says so")]

use std::{fmt::Write, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use valetkey_core::{
    decision::{self, Refusal, Request},
    grant::Context,
    http::Method,
    path::Path,
    policy::Snapshot,
    redact::Redactor,
    rights::Rights,
    rules::EndpointSet,
    secret::MasterCredential,
    time::Timestamp,
    token::{Presented, Token, TokenSecret},
};
use valetkey_testkit::{MASTER, PolicyBuilder};

const NOW: Timestamp = Timestamp::from_millis(1000);
const PERMISSIONS: usize = 20;

/// `GET /groups/g<permission>/items/{item}/part<number>`, so many of them under 20 permissions.
fn definition(operations: usize) -> String {
    let permissions: Vec<String> =
        (0..PERMISSIONS).map(|number| format!(r#"{{"name":"g{number}.read"}}"#)).collect();
    let operations: Vec<String> = (0..operations)
        .map(|number| {
            let (permission, part) = (number % PERMISSIONS, number / PERMISSIONS);
            format!(
                r#"{{"method":"GET","path":"/groups/g{permission}/items/{{item}}/part{part}","requires":"g{permission}.read"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"version":1,"kind":"bench","title":"Bench","description":"Measures.","permissions":[{}],"operations":[{}]}}"#,
        permissions.join(","),
        operations.join(",")
    )
}

/// The path of the last operation.
fn last(operations: usize) -> String {
    let last = operations - 1;
    format!("/groups/g{}/items/42/part{}", last % PERMISSIONS, last / PERMISSIONS)
}

/// Grants of all permissions but the first `without`.
fn grants(without: usize) -> String {
    let each: Vec<String> =
        (without..PERMISSIONS).map(|number| format!("up:global:g{number}.read")).collect();
    each.join(" ")
}

/// All of them, one by one.
fn owners_rights() -> Rights {
    let right = |number| (Context::Global, format!("g{number}.read").parse().unwrap());
    Rights::Only((0..PERMISSIONS).map(right).collect())
}

struct Policy {
    snapshot: Snapshot,
    token: Presented,
}

impl Policy {
    /// A service with so many operations, and a token with this access.
    fn new(operations: usize, access: &str) -> Self {
        Self::with_rights(operations, access, Rights::All)
    }

    fn with_rights(operations: usize, access: &str, rights: Rights) -> Self {
        let (base_url, definition) = ("http://127.0.0.1:9", definition(operations));
        let mut policy = PolicyBuilder::new().service_with_rights("up", base_url, &definition, None, rights);
        let (_, token) = policy.token(access);
        let snapshot = Snapshot::clone(&policy.snapshot());
        Self { snapshot, token: Presented::recognise(token.as_bytes()).unwrap() }
    }

    /// The same with other tokens beside it, so many in all.
    fn crowded(operations: usize, tokens: usize) -> Self {
        let policy = Self::new(operations, &grants(0));
        let mut others = PolicyBuilder::new();
        let (pattern, _) = others.token("up:global:g1.read");
        let others = (1..tokens).map(|_| another(&pattern));
        Self { snapshot: policy.snapshot.with_tokens(others), ..policy }
    }

    /// So many tokens with all grants, and what is presented for each.
    fn crowd(tokens: usize) -> (Snapshot, Vec<Presented>) {
        let mut builder = PolicyBuilder::new().service("up", "http://127.0.0.1:9", &definition(900), None);
        let (pattern, _) = builder.token(&grants(0));
        let (tokens, presented): (Vec<_>, Vec<_>) = (0..tokens)
            .map(|_| {
                let (id, secret) = TokenSecret::generate().unwrap();
                let presented = Presented::recognise(secret.expose().as_bytes()).unwrap();
                (Token { id, digest: secret.digest(), ..pattern.clone() }, presented)
            })
            .unzip();
        (builder.snapshot().with_tokens(tokens), presented)
    }

    fn permits(&self, request: Request<'_>) -> bool {
        decision::decide(&self.snapshot, &self.token, "up", request, NOW).is_ok()
    }

    fn refusal(&self, request: Request<'_>) -> Option<Refusal> {
        decision::decide(&self.snapshot, &self.token, "up", request, NOW).err()
    }
}

fn get(path: &str) -> Request<'_> {
    Request {
        endpoints: EndpointSet::ALL,
        method: Method::Get,
        path: Path::parse(path).unwrap(),
        query: None,
    }
}

fn another(pattern: &Token) -> Token {
    let (id, secret) = TokenSecret::generate().unwrap();
    Token { id, digest: secret.digest(), ..pattern.clone() }
}

fn tokens(c: &mut Criterion) {
    let mut group = c.benchmark_group("look-up and decision by tokens");
    for tokens in [10, 1_000, 100_000, 1_000_000] {
        let policy = Policy::crowded(900, tokens);
        let path = last(900);
        let request = get(&path);
        assert!(policy.permits(request));
        group.bench_function(BenchmarkId::from_parameter(tokens), |b| {
            b.iter(|| policy.permits(black_box(request)));
        });
    }
    group.finish();

    // What one token can't show: another one each time is not in the processor's caches.
    let mut group = c.benchmark_group("look-up and decision by tokens that take turns");
    for tokens in [10, 1_000, 100_000] {
        let (snapshot, presented) = Policy::crowd(tokens);
        let path = last(900);
        let request = get(&path);
        let mut turns = presented.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(tokens), |b| {
            b.iter(|| {
                let next = turns.next().unwrap();
                decision::decide(&snapshot, next, "up", black_box(request), NOW).is_ok()
            });
        });
    }
    group.finish();

    let policy = Policy::crowded(900, 10);
    c.bench_function("look-up of a token", |b| {
        b.iter(|| decision::authenticate(&policy.snapshot, black_box(&policy.token), NOW).is_ok());
    });
}

fn operations(c: &mut Criterion) {
    let mut group = c.benchmark_group("look-up and decision by operations");
    for operations in [10, 100, 1_000, 10_000] {
        let policy = Policy::crowded(operations, 10);
        let path = last(operations);
        let request = get(&path);
        assert!(policy.permits(request));
        group.bench_function(BenchmarkId::from_parameter(operations), |b| {
            b.iter(|| policy.permits(black_box(request)));
        });
    }
    group.finish();
}

fn outcomes(c: &mut Criterion) {
    let mut group = c.benchmark_group("decision");
    let (allowed, full, short) =
        (Policy::new(900, &grants(0)), Policy::new(900, "**"), Policy::new(900, &grants(1)));
    let (first, unknown) = (get("/groups/g0/items/42/part0"), get("/elsewhere"));
    let known = Policy::with_rights(900, &grants(1), owners_rights());
    assert!(allowed.permits(first) && full.permits(first));
    assert!(matches!(known.refusal(first), Some(Refusal::InsufficientScope(_))));
    assert!(matches!(short.refusal(first), Some(Refusal::InsufficientScope(_))));
    assert!(matches!(short.refusal(unknown), Some(Refusal::OperationUnknown)));
    group.bench_function("permitted", |b| b.iter(|| allowed.permits(black_box(first))));
    group.bench_function("full access", |b| b.iter(|| full.permits(black_box(first))));
    group.bench_function("refused for want of a grant", |b| b.iter(|| short.refusal(black_box(first))));
    group.bench_function("refused for want of a grant, the owner's rights known", |b| {
        b.iter(|| known.refusal(black_box(first)));
    });
    group.bench_function("refused as unknown", |b| b.iter(|| short.refusal(black_box(unknown))));
    group.finish();
}

fn texts(c: &mut Criterion) {
    let (_, token) = PolicyBuilder::new().token("**");
    c.bench_function("token text to digest", |b| {
        b.iter(|| Presented::recognise(black_box(token.as_bytes())));
    });
    let path = last(900);
    c.bench_function("path judged", |b| b.iter(|| Path::parse(black_box(&path)).is_ok()));
}

fn redaction(c: &mut Criterion) {
    let redactor = Redactor::new(&MasterCredential::parse(MASTER).unwrap(), None);
    let mut group = c.benchmark_group("JSON searched for the credential");
    for kib in [1, 64] {
        let mut body = json(kib * 1024);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{kib} KiB")), |b| {
            b.iter(|| (redactor.blot(black_box(&mut body)), redactor.pending(&body)));
        });
    }
    group.finish();
}

/// As a service might answer, without anything to find in it.
fn json(length: usize) -> Vec<u8> {
    let mut text = String::from("[");
    for number in 0.. {
        // Writing into a string does not fail.
        let _ = write!(
            text,
            r#"{{"id":{number},"name":"a thing of some length","state":"ready","parts":[1,2]}},"#
        );
        if text.len() >= length {
            break;
        }
    }
    text.truncate(length);
    text.into_bytes()
}

criterion_group!(benches, tokens, operations, outcomes, texts, redaction);
criterion_main!(benches);
