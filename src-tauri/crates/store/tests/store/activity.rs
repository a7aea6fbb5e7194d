//! From journal to table: one row per request, whatever happens in between.

mod journals;

use std::path::Path;

use valetkey_core::{
    activity::{Caller, Closing, Ending, Opening, Outcome, RequestId, Transport},
    http::Method,
    ports::{ActivityLog, ActivityWriter, TokenStore},
    token::TokenId,
};
use valetkey_store::{Activity, End, Filter, Journal, LastUse, Row, RowCaller, Store, Totals};

use crate::{at, profile, token};

const TOKEN: &str = "3fK9x2Qa";

pub(crate) fn permit(request: u64) -> Opening<'static> {
    Opening {
        request: RequestId(request),
        time: at(i64::try_from(request).unwrap()),
        token: TokenId::parse(TOKEN),
        service: Some("github"),
        method: Some(Method::Get),
        operation: "GET /repos/{owner}/{repo}",
        context: "repository=acme/site",
        outcome: Outcome::Permit,
        reason: "permit",
        transport: Transport::Tcp,
        caller: Some(Caller { pid: 77, program: "gh" }),
    }
}

fn refusal(request: u64) -> Opening<'static> {
    Opening {
        token: None,
        service: None,
        method: None,
        operation: "/",
        context: "",
        outcome: Outcome::Refusal,
        reason: "invalid_token: unknown",
        transport: Transport::Unix,
        caller: None,
        ..permit(request)
    }
}

pub(crate) fn closing(request: u64) -> Closing {
    let request = RequestId(request);
    Closing { request, status: 200, sent: 3, received: u64::MAX, micros: 5, ending: Ending::Cut }
}

fn open(directory: &Path) -> (Journal, Activity, Box<dyn ActivityWriter>) {
    let journal = Journal::open(directory).unwrap();
    let activity = Activity::open(&journal).unwrap();
    let writer = journal.writer().unwrap();
    (journal, activity, writer)
}

fn all(activity: &Activity) -> Vec<Row> {
    activity.rows(&Filter { limit: u32::MAX, ..Filter::default() }).unwrap()
}

fn requests(rows: &[Row]) -> Vec<u64> {
    rows.iter().map(|row| row.request.0).collect()
}

#[test]
fn a_closing_joins_its_opening_in_one_row() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    writer.open(&permit(u64::MAX >> 1), None).unwrap();
    activity.ingest().unwrap();
    assert_eq!(all(&activity)[0].end, None);
    assert_eq!(activity.totals().unwrap(), Totals { records: 1, refusals: 0, running: 1 });

    writer.close(&closing(u64::MAX >> 1)).unwrap();
    activity.ingest().unwrap();
    let stored = Closing { received: i64::MAX.unsigned_abs(), ..closing(u64::MAX >> 1) };
    let row = Row {
        sequence: 1,
        request: RequestId(u64::MAX >> 1),
        time: at(i64::MAX),
        token: TokenId::parse(TOKEN),
        service: Some("github".into()),
        method: Some(Method::Get),
        operation: "GET /repos/{owner}/{repo}".into(),
        context: "repository=acme/site".into(),
        outcome: Outcome::Permit,
        reason: "permit".into(),
        transport: Transport::Tcp,
        caller: Some(RowCaller { pid: 77, program: "gh".into() }),
        end: Some(End::Closed(stored)),
    };
    assert_eq!(all(&activity), [row]);
}

#[test]
fn a_refusal_is_one_record_and_one_row() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    writer.open(&refusal(1), Some(&Closing { received: 9, ..closing(1) })).unwrap();
    assert_eq!(activity.ingest().unwrap().records, 1);
    let rows = all(&activity);
    assert_eq!((rows.len(), rows[0].outcome, rows[0].transport), (1, Outcome::Refusal, Transport::Unix));
    assert_eq!(rows[0].end, Some(End::Closed(Closing { received: 9, ..closing(1) })));
    assert_eq!(
        (rows[0].token, &rows[0].service, rows[0].method, &rows[0].caller),
        (None, &None, None, &None)
    );
}

#[test]
fn a_request_that_ends_on_another_thread_is_still_one_row() {
    let directory = profile();
    let (journal, mut activity, mut first) = open(directory.path());
    let mut second = journal.writer().unwrap();
    first.close(&closing(5)).unwrap();
    activity.ingest().unwrap();
    assert_eq!(all(&activity), []);
    second.open(&permit(5), None).unwrap();
    activity.ingest().unwrap();
    let rows = all(&activity);
    assert_eq!(rows.len(), 1);
    assert!(matches!(rows[0].end, Some(End::Closed(_))));
}

#[test]
fn rows_of_several_writers_come_in_the_order_of_time() {
    let directory = profile();
    let (journal, mut activity, mut first) = open(directory.path());
    let mut second = journal.writer().unwrap();
    for request in 0..10 {
        let writer = if request % 2 == 0 { &mut first } else { &mut second };
        writer.open(&permit(request), None).unwrap();
    }
    activity.ingest().unwrap();
    assert_eq!(requests(&all(&activity)), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
}

#[test]
fn ingesting_again_changes_nothing() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    for request in 0..2_000 {
        writer.open(&permit(request), Some(&closing(request))).unwrap();
    }
    assert_eq!(activity.ingest().unwrap().records, 2_000);
    let rows = all(&activity);
    assert_eq!(rows.len(), 2_000);
    assert_eq!(activity.ingest().unwrap().records, 0);
    assert_eq!(all(&activity), rows);
}

#[test]
fn what_the_service_refused_can_be_asked_for_alone_and_with_what_the_gateway_refused() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    let ended = |request, status, ending| Closing { status, ending, ..closing(request) };
    writer.open(&permit(1), Some(&ended(1, 200, Ending::Complete))).unwrap();
    writer.open(&permit(2), Some(&ended(2, 403, Ending::Complete))).unwrap();
    writer.open(&permit(3), Some(&ended(3, 401, Ending::ClientGone))).unwrap();
    writer.open(&permit(4), Some(&ended(4, 403, Ending::Cut))).unwrap();
    writer
        .open(&Opening { outcome: Outcome::Refusal, ..permit(5) }, Some(&ended(5, 403, Ending::Complete)))
        .unwrap();
    writer.open(&permit(6), None).unwrap();
    activity.ingest().unwrap();
    let find = |denied_only, refused_by_service_only| {
        requests(
            &activity.rows(&Filter { denied_only, refused_by_service_only, ..Filter::default() }).unwrap(),
        )
    };
    assert_eq!(find(false, true), [3, 2], "what is cut is answered by the gateway");
    assert_eq!(find(true, true), [5, 3, 2]);
    assert_eq!(find(true, false), [5]);
    let rows = all(&activity);
    assert_eq!(rows.iter().filter(|row| row.is_refused_by_service()).count(), 2);
}

#[test]
fn filters_give_what_they_name() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    let other = TokenId::parse("ZZZZZZZZ");
    writer.open(&permit(1), None).unwrap();
    writer.open(&Opening { token: other, ..permit(2) }, None).unwrap();
    writer.open(&Opening { service: Some("gitlab"), ..permit(3) }, None).unwrap();
    writer.open(&Opening { outcome: Outcome::Refusal, ..permit(4) }, Some(&closing(4))).unwrap();
    writer
        .open(&Opening { outcome: Outcome::Refusal, token: other, ..permit(5) }, Some(&closing(5)))
        .unwrap();
    writer.open(&refusal(6), Some(&closing(6))).unwrap();
    activity.ingest().unwrap();

    let find = |filter: Filter| requests(&activity.rows(&filter).unwrap());
    let token = TokenId::parse(TOKEN);
    let service: Option<Box<str>> = Some("github".into());
    let any = Filter::default;
    assert_eq!(find(any()), [6, 5, 4, 3, 2, 1]);
    assert_eq!(find(Filter { denied_only: true, ..any() }), [6, 5, 4]);
    assert_eq!(find(Filter { token, ..any() }), [4, 3, 1]);
    assert_eq!(find(Filter { token, denied_only: true, ..any() }), [4]);
    assert_eq!(find(Filter { service: service.clone(), ..any() }), [5, 4, 2, 1]);
    assert_eq!(find(Filter { service: service.clone(), denied_only: true, ..any() }), [5, 4]);
    assert_eq!(find(Filter { token, service: service.clone(), ..any() }), [4, 1]);
    assert_eq!(find(Filter { token, service, denied_only: true, ..any() }), [4]);
    assert_eq!(find(Filter { refused_by_service_only: true, ..any() }), [0_u64; 0]);
    assert_eq!(find(Filter { before: Some(4), after: Some(1), ..any() }), [3, 2]);
    assert_eq!(find(Filter { before: Some(6), limit: 2, ..any() }), [5, 4]);
    assert_eq!(activity.totals().unwrap(), Totals { records: 6, refusals: 3, running: 3 });
}

#[test]
fn the_last_use_is_the_latest_permit_of_a_known_token() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let known = token("ci");
    store.save_token(&known).unwrap();
    let (_journal, mut activity, mut writer) = open(directory.path());
    let mine = Opening { token: Some(known.id), ..permit(0) };
    writer.open(&Opening { time: at(50), operation: "GET /late", ..mine }, None).unwrap();
    writer.open(&Opening { time: at(40), operation: "GET /early", ..mine }, None).unwrap();
    writer.open(&Opening { time: at(60), outcome: Outcome::Refusal, ..mine }, Some(&closing(0))).unwrap();
    writer.open(&permit(1), None).unwrap();
    activity.ingest().unwrap();
    writer.open(&Opening { time: at(45), ..mine }, None).unwrap();
    activity.ingest().unwrap();

    let last =
        LastUse { time: at(50), operation: "GET /late".into(), program: Some("gh".into()), pid: Some(77) };
    assert_eq!(store.last_uses().unwrap().into_iter().collect::<Vec<_>>(), [(known.id, last)]);
    assert_eq!(store.load().unwrap().last_uses.len(), 1);
    store.forget_token(known.id).unwrap();
    writer.open(&mine, None).unwrap();
    activity.ingest().unwrap();
    assert!(store.last_uses().unwrap().is_empty());
}

#[test]
fn forgotten_records_are_gone_running_ones_stay_and_no_sequence_comes_twice() {
    let directory = profile();
    let (_journal, mut activity, mut writer) = open(directory.path());
    writer.open(&permit(0), None).unwrap();
    for request in 1..5_000 {
        writer.open(&permit(request), Some(&closing(request))).unwrap();
    }
    activity.ingest().unwrap();
    assert_eq!(activity.forget_before(at(4_999)).unwrap(), 4_998);
    assert_eq!(requests(&all(&activity)), [4_999, 0]);
    assert_eq!(activity.forget_before(at(i64::MAX)).unwrap(), 1);
    writer.open(&permit(5_000), None).unwrap();
    activity.ingest().unwrap();
    assert_eq!(all(&activity)[0].sequence, 5_001);
}

#[test]
fn records_are_taken_over_while_writers_write() {
    let directory = profile();
    let journal = Journal::open(directory.path()).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    let each = 3_000;
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3_u64)
            .map(|thread| {
                let mut writer = journal.writer().unwrap();
                scope.spawn(move || {
                    for request in thread * each..(thread + 1) * each {
                        writer.open(&permit(request), None).unwrap();
                        writer.close(&closing(request)).unwrap();
                    }
                })
            })
            .collect();
        while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            assert_eq!(activity.ingest().unwrap().damaged_bytes, 0);
        }
    });
    activity.ingest().unwrap();
    let rows = all(&activity);
    assert!(rows.iter().all(|row| matches!(row.end, Some(End::Closed(_)))));
    let mut found = requests(&rows);
    found.sort_unstable();
    assert_eq!(found, (0..3 * each).collect::<Vec<_>>());
}
