//! What recording costs: a request's two records, and taking them over. `cargo bench -p valetkey-store`.
#![expect(clippy::unwrap_used, reason = "a bench that fails says so")]

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use valetkey_core::{
    activity::{Caller, Closing, Ending, Opening, Outcome, RequestId, Transport},
    http::Method,
    ports::{ActivityLog, ActivityWriter},
    time::Timestamp,
    token::TokenId,
};
use valetkey_store::{Activity, Filter, Journal, make_directory};

const REQUESTS: u64 = 5_000;
const OPERATIONS: [&str; 4] =
    ["GET /repos/{owner}/{repo}", "GET /repos/{owner}/{repo}/issues", "GET /user", "POST /graphql"];
const CONTEXTS: [&str; 3] = ["repository=acme/site", "repository=acme/api", "repository=acme/tools"];
const TOKENS: [&str; 2] = ["3fK9x2Qa", "Zb81kPq0"];

/// A request of a few clients.
fn opening(request: u64) -> Opening<'static> {
    let nth = usize::try_from(request % 12).unwrap();
    Opening {
        request: RequestId(request),
        time: Timestamp::from_millis(1_700_000_000_000 + i64::try_from(request / 50).unwrap()),
        token: TokenId::parse(TOKENS[nth % 2]),
        service: Some("github"),
        method: Some(Method::Get),
        operation: OPERATIONS[nth % 4],
        context: CONTEXTS[nth % 3],
        outcome: Outcome::Permit,
        reason: "permit",
        transport: Transport::Tcp,
        caller: Some(Caller { pid: 77, program: "gh" }),
    }
}

fn closing(request: u64) -> Closing {
    let request = RequestId(request);
    Closing { request, status: 200, sent: 0, received: 1_024, micros: 214, ending: Ending::Complete }
}

fn record(writer: &mut dyn ActivityWriter, request: u64) {
    writer.open(&opening(black_box(request)), None).unwrap();
    writer.close(&closing(request)).unwrap();
}

struct Profile {
    _directory: tempfile::TempDir,
    journal: Journal,
    activity: Activity,
}

impl Profile {
    fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("profile");
        make_directory(&directory).unwrap();
        let journal = Journal::open(&directory).unwrap();
        let activity = Activity::open(&journal).unwrap();
        Self { _directory: parent, journal, activity }
    }
}

fn one_request(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(1));
    let mut profile = Profile::new();
    let mut writer = profile.journal.writer().unwrap();
    let mut request = 0;
    group.bench_function("opening and closing of a request", |bencher| {
        bencher.iter_batched(
            // Taken over in between, so that the disk does not fill up.
            || {
                if request % 200_000 == 0 {
                    profile.activity.ingest().unwrap();
                }
                request += 1;
                request
            },
            |request| record(&mut *writer, request),
            BatchSize::NumIterations(10_000),
        );
    });
    group.finish();
}

/// As at 50,000 requests a second, looked at ten times a second.
fn taking_over(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("take over");
    group.throughput(Throughput::Elements(2 * REQUESTS)).measurement_time(Duration::from_secs(8));
    let Profile { _directory, journal, mut activity } = Profile::new();
    let mut writer = journal.writer().unwrap();
    let mut next = 0;
    group.bench_function("10,000 records", |bencher| {
        bencher.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                (next..next + REQUESTS).for_each(|request| record(&mut *writer, request));
                next += REQUESTS;
                let begun = std::time::Instant::now();
                assert_eq!(activity.ingest().unwrap().records, 2 * REQUESTS);
                spent += begun.elapsed();
            }
            spent
        });
    });
    group.finish();
}

/// What a token really used, out of a million records of which half are its own.
fn using(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read a million records");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    let Profile { _directory, journal, mut activity } = Profile::new();
    let mut writer = journal.writer().unwrap();
    for request in 0..1_000_000 {
        record(&mut *writer, request);
        if request % 100_000 == 99_999 {
            activity.ingest().unwrap();
        }
    }
    let token = TokenId::parse(TOKENS[0]).unwrap();
    group.bench_function("uses of a token", |bencher| {
        bencher.iter(|| activity.uses(token, Timestamp::from_millis(0)).unwrap());
    });
    let refused = Filter { refused_by_service_only: true, ..Filter::default() };
    group.bench_function("refused by the service, of which there are none", |bencher| {
        bencher.iter(|| activity.rows(&refused).unwrap());
    });
    group.finish();
}

criterion_group!(benches, one_request, taking_over, using);
criterion_main!(benches);
