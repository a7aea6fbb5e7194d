//! What reading bodies costs: judging a request by one, looking through one, and an upload through a whole gateway with and without that.
//! `cargo bench -p valetkey-gateway --bench bodies`.
#![expect(clippy::unwrap_used, reason = "a bench that fails says so")]
#![expect(clippy::print_stdout, reason = "memory is no figure of criterion's")]

use std::{
    hint::black_box,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use valetkey_core::{
    decision::{self, Pending, Request, Verdict},
    http::Method,
    path::Path,
    policy::Snapshot,
    rules::EndpointSet,
    time::{Clock, SystemClock, Timestamp},
    token::Presented,
};
use valetkey_gateway::{Config, Gateway, Reports, WholeBody};
use valetkey_testkit::{MemoryLog, PolicyBuilder};

const MIB: usize = 1024 * 1024;
const UPLOAD: usize = 100 * MIB;
const PIECE: usize = 64 * 1024;

/// `SWITCHES` is put in.
const DEFINITION: &str = r#"{"version":1,"kind":"bench","title":"Bench","description":"Measures.",
    "contexts":[{"name":"repository"}],
    "permissions":[{"name":"read","contexts":["global","repository"]},{"name":"write","contexts":["global","repository"]}],
    "operations":[
        {"method":"POST","path":"/upload","requires":"write"},
        {"method":"POST","path":"/{owner}/{repo}/batch","body":{"operation":"download"},"requires":"read","contexts":{"repository":"{owner}/{repo}"}},
        {"method":"POST","path":"/{owner}/{repo}/batch","body":{"operation":"upload"},"requires":"write","contexts":{"repository":"{owner}/{repo}"}},
        {"method":"POST","path":"/graphql","graphql":true,"requires":"nothing"}
    ],
    "graphql":{"types":[
        {"name":"Query","fields":[{"names":["repository"],"requires":"read","type":"Repository","contexts":{"repository":"{owner}/{name}"}}]},
        {"name":"Repository","fields":[{"names":["issues"],"requires":"read","type":"Issues"}]},
        {"name":"Issues","fields":[{"names":["nodes"],"requires":"nothing","type":"Issue"},{"names":["totalCount"],"requires":"nothing"}]},
        {"name":"Issue","fields":[{"names":["number","title","url","state","createdAt","updatedAt","body"],"requires":"nothing"},
            {"names":["author"],"requires":"nothing","type":"Actor"},{"names":["labels"],"requires":"nothing","type":"Labels"}]},
        {"name":"Labels","fields":[{"names":["nodes"],"requires":"nothing","type":"Label"}]},
        {"name":"Label","fields":[{"names":["id","name","description","color"],"requires":"nothing"}]},
        {"name":"Actor","fields":[{"names":["login"],"requires":"nothing"}]}
    ]},
    "switches":{SWITCHES}}"#;
const LOOKED_AT: &str =
    r#""refused_in_bodies":true,"refused_parameters":["private_token","access_token","job_token","sudo"]"#;

fn definition(switches: &str) -> String {
    DEFINITION.replace("SWITCHES", switches)
}

/// As git-lfs sends it: 100 objects.
fn batch() -> String {
    let objects: Vec<String> =
        (0..100).map(|number| format!(r#"{{"oid":"{number:064x}","size":{number}}}"#)).collect();
    format!(
        r#"{{"operation":"download","transfers":["lfs-standalone-file","basic","ssh"],"ref":{{"name":"refs/heads/main"}},"objects":[{}],"hash_algo":"sha256"}}"#,
        objects.join(",")
    )
}

/// Much like what `gh issue list` sends.
const QUERY: &str = r#"{"query":"fragment issue on Issue {number,title,url,state,createdAt,updatedAt,labels(first: 100) {nodes {id,name,description,color}},author {login}}\nquery IssueList($owner: String!, $repo: String!, $limit: Int, $endCursor: String, $states: [IssueState!]) {\n  repository(owner: $owner, name: $repo) {\n    issues(first: $limit, after: $endCursor, orderBy: {field: CREATED_AT, direction: DESC}, states: $states) {\n      totalCount\n      nodes { ...issue }\n    }\n  }\n}","variables":{"limit":30,"owner":"acme","repo":"site","states":["OPEN"]},"operationName":"IssueList"}"#;

fn pending<'s>(snapshot: &'s Snapshot, token: &str, path: &str) -> Pending<'s> {
    let presented = Presented::recognise(token.as_bytes()).unwrap();
    let path = Path::parse(path).unwrap();
    let request = Request { endpoints: EndpointSet::ALL, method: Method::Post, path, query: None };
    let verdict = decision::decide(snapshot, &presented, "up", request, Timestamp::from_millis(0)).unwrap();
    let Verdict::Pending(pending) = verdict else { panic!("the body says what is asked") };
    pending
}

/// From a body's bytes to the permit.
fn judged(c: &mut Criterion) {
    let mut policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", &definition(""), None);
    let (_, token) = policy.token("up:repository=acme/site:read");
    let snapshot = policy.snapshot();
    let service = snapshot.service("up").unwrap();
    let mut group = c.benchmark_group("judge by a body");
    for (name, path, body) in [
        ("a batch of 100 objects", "/acme/site/batch", batch()),
        ("a GraphQL query", "/graphql", QUERY.to_owned()),
    ] {
        let pending = pending(&snapshot, &token, path);
        let body =
            WholeBody { method: Method::Post, content_type: "application/json", bytes: body.as_bytes() };
        group.throughput(Throughput::Bytes(body.bytes.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let contents = black_box(body).read(service, Some(pending.need())).unwrap().unwrap();
                black_box(pending.decide(&contents).unwrap());
            });
        });
    }
    group.finish();
}

fn piece() -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..PIECE).map(|_| next()).collect()
}

const BEFORE: &str = "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n";
const BEHIND: &str = "\r\n--b0undary--\r\n";
const PARTS: &str = "multipart/form-data; boundary=b0undary";

/// Nothing but the looking, over bodies that lie in memory.
fn looked_through(c: &mut Criterion) {
    let policy = PolicyBuilder::new().service("up", "http://127.0.0.1:9", &definition(LOOKED_AT), None);
    let snapshot = policy.snapshot();
    let service = snapshot.service("up").unwrap();
    let parts = [BEFORE.as_bytes(), &piece().repeat(16), BEHIND.as_bytes()].concat();
    let form = "title=Some+title&description=What%20is%20written&".repeat(MIB / 50).into_bytes();
    let json = format!(
        r#"{{"title":"Some title","actions":[{}{{}}]}}"#,
        r#"{"file":"a.txt","content":"What is\n written"},"#.repeat(MIB / 46)
    );
    let mut group = c.benchmark_group("look through 1 MiB");
    for (name, content_type, bytes) in [
        ("multipart", PARTS, parts.as_slice()),
        ("a form", "application/x-www-form-urlencoded", &form),
        ("JSON", "application/json", json.as_bytes()),
    ] {
        let body = WholeBody { method: Method::Post, content_type, bytes };
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| b.iter(|| black_box(body).read(service, None).unwrap()));
    }
    group.finish();
}

/// A service that throws away what it is sent.
fn sink() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks is an ordinary end.
            thread::spawn(move || swallow(stream).ok());
        }
    });
    address
}

fn swallow(mut out: TcpStream) -> std::io::Result<()> {
    let mut input = BufReader::with_capacity(PIECE, out.try_clone()?);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some((_, value)) =
                line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut (&mut input).take(length), &mut std::io::sink())?;
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
    }
}

/// Sends an upload of 100 MiB and waits for the reply.
fn upload(client: &mut TcpStream, head: &str, piece: &[u8]) {
    client.write_all(head.as_bytes()).unwrap();
    client.write_all(BEFORE.as_bytes()).unwrap();
    for _ in 0..UPLOAD / PIECE {
        client.write_all(piece).unwrap();
    }
    client.write_all(BEHIND.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let mut part = [0; 1024];
    while !reply.ends_with(b"ok") {
        let length = client.read(&mut part).unwrap();
        assert!(length > 0, "{}", String::from_utf8_lossy(&reply));
        reply.extend(&part[..length]);
    }
    assert!(reply.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&reply));
}

/// A line of the kernel's account of this process, in KiB.
fn kib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.trim_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or(0)
}

fn uploads(c: &mut Criterion) {
    let url = format!("http://{}", sink());
    let mut policy = PolicyBuilder::new().service("looked-at", &url, &definition(LOOKED_AT), None).service(
        "passed-on",
        &url,
        &definition(""),
        None,
    );
    let (_, token) = policy.token("looked-at:global:write passed-on:global:write");
    let config = Config { listen: vec!["127.0.0.1:0".parse().unwrap()], socket: None, threads: 1 };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (reports, ..) = Reports::new();
    let gateway =
        Gateway::start(&config, &policy.snapshot(), &MemoryLog::default(), &clock, &reports).unwrap();
    let host = gateway.addresses()[0];
    let piece = piece();

    let mut group = c.benchmark_group("upload 100 MiB in a part");
    group.throughput(Throughput::Bytes(UPLOAD as u64)).sample_size(10);
    for service in ["passed-on", "looked-at"] {
        let length = BEFORE.len() + UPLOAD + BEHIND.len();
        let head = format!(
            "POST /{service}/upload HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: {PARTS}\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut client = TcpStream::connect(host).unwrap();
        upload(&mut client, &head, &piece);
        // From here on the peak is that of what follows (proc(5)); where it can't be reset, too much is told rather than too little.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let before = kib("VmRSS:");
        upload(&mut client, &head, &piece);
        let added = kib("VmHWM:").saturating_sub(before);
        println!(
            "{service}: another upload adds at most {added} KiB to gateway, client and service together"
        );
        group.bench_function(BenchmarkId::from_parameter(service), |b| {
            b.iter(|| upload(&mut client, &head, &piece));
        });
    }
    group.finish();
}

criterion_group!(benches, judged, looked_through, uploads);
criterion_main!(benches);
