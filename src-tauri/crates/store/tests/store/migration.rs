//! A profile of an earlier version opens with everything in it.

use std::path::Path;

use rusqlite::Connection;
use valetkey_core::{
    activity::{Closing, Ending, Outcome, RequestId, Transport},
    http::Method,
    ports::ActivityLog,
    token::TokenId,
};
use valetkey_store::{Activity, End, Filter, Journal, Row, RowCaller, Totals};

use crate::{
    activity::{closing, permit},
    at, profile,
};

const VERSION_1: &str = include_str!("../../src/schema/0001.sql");

/// A database as version 1 left it, with these rows of activity.
fn version_1(directory: &Path, rows: &str) {
    let connection = Connection::open(directory.join("valetkey.db")).unwrap();
    connection.execute_batch(VERSION_1).unwrap();
    connection.execute_batch(rows).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(directory.join("valetkey.db"), private).unwrap();
    }
}

#[test]
fn rows_become_blocks_and_sequences_go_on() {
    let directory = profile();
    version_1(
        directory.path(),
        "INSERT INTO activity VALUES
            (3, -1, 10, '3fK9x2Qa', 'github', 'GET', 'GET /user', 'user', 0, 'permit', 'tcp', 77, 'gh',
             200, 1, 2, 3, 'client_gone'),
            (4, 2, 20, NULL, NULL, NULL, '/', '', 1, 'invalid_token', 'unix', NULL, NULL, 401, 0, 9, 4, 'complete'),
            (7, 3, 30, NULL, 'github', 'PUT', 'PUT /a', '', 0, 'permit', 'tcp', NULL, NULL,
             NULL, NULL, NULL, NULL, NULL),
            (8, 4, 40, NULL, NULL, NULL, '/', '', 0, 'permit', 'tcp', NULL, NULL,
             NULL, NULL, NULL, NULL, 'unfinished'),
            (99, 5, 50, NULL, NULL, NULL, '/', '', 0, 'permit', 'tcp', NULL, NULL, 1, 1, 1, 1, 'cut');
        DELETE FROM activity WHERE sequence = 99;",
    );
    let journal = Journal::open(directory.path()).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    let rows = activity.rows(&Filter::default()).unwrap();
    assert_eq!(rows.iter().map(|row| row.sequence).collect::<Vec<_>>(), [8, 7, 4, 3]);
    let end = |status, sent, received, micros, ending, request| {
        Some(End::Closed(Closing { request: RequestId(request), status, sent, received, micros, ending }))
    };
    let first = Row {
        sequence: 3,
        request: RequestId(u64::MAX),
        time: at(10),
        token: TokenId::parse("3fK9x2Qa"),
        service: Some("github".into()),
        method: Some(Method::Get),
        operation: "GET /user".into(),
        context: "user".into(),
        outcome: Outcome::Permit,
        reason: "permit".into(),
        transport: Transport::Tcp,
        caller: Some(RowCaller { pid: 77, program: "gh".into() }),
        end: end(200, 1, 2, 3, Ending::ClientGone, u64::MAX),
    };
    assert_eq!(rows[3], first);
    assert_eq!((rows[2].end, rows[2].outcome), (end(401, 0, 9, 4, Ending::Complete, 2), Outcome::Refusal));
    assert_eq!((rows[1].end, rows[0].end), (Some(End::Unfinished), Some(End::Unfinished)));
    assert_eq!(activity.totals().unwrap(), Totals { records: 4, refusals: 1, running: 0 });
    let of_token = Filter { token: TokenId::parse("3fK9x2Qa"), ..Filter::default() };
    assert_eq!(activity.rows(&of_token).unwrap(), [first]);

    journal.writer().unwrap().open(&permit(9), Some(&closing(9))).unwrap();
    activity.ingest().unwrap();
    assert_eq!(activity.rows(&Filter::default()).unwrap()[0].sequence, 100);
}

#[test]
fn many_rows_become_several_blocks() {
    let directory = profile();
    version_1(
        directory.path(),
        "INSERT INTO activity (request, time, service, operation, context, denied, reason, transport)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        SELECT i, i, 'github', 'GET /' || (i % 7), '', i % 2, 'permit', 'tcp' FROM n",
    );
    let activity = Activity::open(&Journal::open(directory.path()).unwrap()).unwrap();
    let rows = activity.rows(&Filter { limit: u32::MAX, ..Filter::default() }).unwrap();
    assert!(rows.iter().rev().zip(1..).all(|(row, number)| {
        row.sequence == number && row.request.0 == number.unsigned_abs() && row.time == at(number)
    }));
    assert_eq!(activity.totals().unwrap(), Totals { records: 20_000, refusals: 10_000, running: 0 });
}

#[test]
fn rows_that_were_forgotten_all_do_not_bring_their_sequences_back() {
    let directory = profile();
    version_1(directory.path(), "INSERT INTO sqlite_sequence VALUES ('activity', 41)");
    let journal = Journal::open(directory.path()).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    journal.writer().unwrap().open(&permit(9), None).unwrap();
    activity.ingest().unwrap();
    assert_eq!(activity.rows(&Filter::default()).unwrap()[0].sequence, 42);
}
