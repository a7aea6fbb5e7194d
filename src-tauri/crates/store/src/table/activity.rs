mod rows;

use rusqlite::{Connection, Row as SqlRow, params};
use valetkey_core::{
    activity::{Closing, Ending, Opening, Outcome, RequestId, Transport},
    http::Method,
    time::Timestamp,
    token::TokenId,
};

use super::{Unreadable, read, run, stored};
use crate::Error;
pub use rows::{End, Filter, Row, RowCaller, Totals};

const TABLE: &str = "activity";
const UNFINISHED: &str = "unfinished";

/// One statement for every set of filters, each told which index was made for it: without statistics SQLite takes
/// another one for some.
macro_rules! select {
    ($index:literal, $filter:literal) => {
        concat!(
            "SELECT sequence, request, time, token, service, method, operation, context, denied, reason, transport,
                pid, program, status, sent, received, micros, ending
            FROM activity ",
            $index,
            " WHERE ",
            $filter,
            " sequence > ?3 AND sequence < ?4 ORDER BY sequence DESC LIMIT ?5"
        )
    };
}

pub(crate) fn select(connection: &Connection, filter: &Filter) -> Result<Vec<Row>, Error> {
    let parameters = params![
        filter.token.as_ref().map(TokenId::as_str),
        filter.service,
        filter.after.unwrap_or(i64::MIN),
        filter.before.unwrap_or(i64::MAX),
        filter.limit,
    ];
    read(connection, TABLE, statement(filter), parameters, parse)
}

const fn statement(filter: &Filter) -> &'static str {
    match (filter.token.is_some(), filter.service.is_some(), filter.denied_only) {
        (false, false, false) => select!("NOT INDEXED", ""),
        (false, false, true) => select!("INDEXED BY activity_denied", "denied = 1 AND"),
        (false, true, false) => select!("INDEXED BY activity_by_service", "service = ?2 AND"),
        (false, true, true) => {
            select!("INDEXED BY activity_denied_by_service", "service = ?2 AND denied = 1 AND")
        }
        (true, false, false) => select!("INDEXED BY activity_by_token", "token = ?1 AND"),
        (true, false, true) => {
            select!("INDEXED BY activity_denied_by_token", "token = ?1 AND denied = 1 AND")
        }
        (true, true, false) => select!("INDEXED BY activity_by_token", "token = ?1 AND service = ?2 AND"),
        (true, true, true) => {
            select!("INDEXED BY activity_denied_by_token", "token = ?1 AND service = ?2 AND denied = 1 AND")
        }
    }
}

pub(crate) fn totals(connection: &Connection) -> Result<Totals, Error> {
    const SQL: &str = "SELECT
        (SELECT count(*) FROM activity),
        (SELECT count(*) FROM activity WHERE denied = 1),
        (SELECT count(*) FROM activity WHERE ending IS NULL)";
    let count = |row: &SqlRow<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let totals = read(connection, TABLE, SQL, [], |row| {
        Ok(Totals { records: count(row, 0)?, refusals: count(row, 1)?, running: count(row, 2)? })
    });
    Ok(totals?.pop().unwrap_or_default())
}

pub(crate) fn insert(
    connection: &Connection,
    opening: &Opening<'_>,
    closing: Option<&Closing>,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO activity
            (request, time, token, service, method, operation, context, denied, reason, transport, pid, program,
             status, sent, received, micros, ending)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    let row = params![
        opening.request.0.cast_signed(),
        opening.time.as_millis(),
        opening.token.as_ref().map(TokenId::as_str),
        opening.service,
        opening.method.map(Method::as_str),
        opening.operation,
        opening.context,
        opening.outcome == Outcome::Refusal,
        opening.reason,
        transport_text(opening.transport),
        opening.caller.map(|caller| caller.pid),
        opening.caller.map(|caller| caller.program),
        closing.map(|closing| closing.status),
        closing.map(|closing| stored(closing.sent)),
        closing.map(|closing| stored(closing.received)),
        closing.map(|closing| stored(closing.micros)),
        closing.map(|closing| ending_text(closing.ending)),
    ];
    run(connection, SQL, row)?;
    Ok(())
}

const CLOSE: &str = "UPDATE activity SET status = ?2, sent = ?3, received = ?4, micros = ?5, ending = ?6
    WHERE sequence = (SELECT max(sequence) FROM activity WHERE request = ?1 AND ending IS NULL)";

/// Joins a closing to its running request; tells whether there was one.
pub(crate) fn close(connection: &Connection, closing: &Closing) -> Result<bool, Error> {
    let row = params![
        closing.request.0.cast_signed(),
        closing.status,
        stored(closing.sent),
        stored(closing.received),
        stored(closing.micros),
        ending_text(closing.ending),
    ];
    Ok(run(connection, CLOSE, row)? == 1)
}

/// Ends every running request as unfinished; gives their number.
pub(crate) fn close_all_unfinished(connection: &Connection) -> Result<usize, Error> {
    run(connection, "UPDATE activity SET ending = ?1 WHERE ending IS NULL", [UNFINISHED])
}

const FORGET: &str = "DELETE FROM activity WHERE sequence IN
    (SELECT sequence FROM activity WHERE time < ?1 AND ending IS NOT NULL LIMIT ?2)";

/// Forgets up to `limit` ended records from before `time`; gives their number.
pub(crate) fn forget_before(connection: &Connection, time: Timestamp, limit: u32) -> Result<usize, Error> {
    run(connection, FORGET, params![time.as_millis(), limit])
}

fn parse(row: &SqlRow<'_>) -> Result<Row, Unreadable> {
    let token: Option<String> = row.get("token")?;
    let method: Option<String> = row.get("method")?;
    let caller = match (row.get("pid")?, row.get("program")?) {
        (Some(pid), Some(program)) => Some(RowCaller { pid, program }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(Unreadable),
    };
    let end = match row.get::<_, Option<String>>("ending")?.as_deref() {
        None => None,
        Some(UNFINISHED) => Some(End::Unfinished),
        Some(_) => Some(End::Closed(parse_closing(row)?)),
    };
    Ok(Row {
        sequence: row.get("sequence")?,
        request: RequestId(row.get::<_, i64>("request")?.cast_unsigned()),
        time: Timestamp::from_millis(row.get("time")?),
        token: token.map(|id| TokenId::parse(&id).ok_or(Unreadable)).transpose()?,
        service: row.get("service")?,
        method: method.map(|name| Method::parse(name.as_bytes()).ok_or(Unreadable)).transpose()?,
        operation: row.get("operation")?,
        context: row.get("context")?,
        outcome: if row.get("denied")? { Outcome::Refusal } else { Outcome::Permit },
        reason: row.get("reason")?,
        transport: parse_transport(&row.get::<_, String>("transport")?)?,
        caller,
        end,
    })
}

/// Reads a closing from a row that has its six columns.
pub(super) fn parse_closing(row: &SqlRow<'_>) -> Result<Closing, Unreadable> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Closing {
        request: RequestId(row.get::<_, i64>("request")?.cast_unsigned()),
        status: row.get("status")?,
        sent: count("sent")?,
        received: count("received")?,
        micros: count("micros")?,
        ending: parse_ending(&row.get::<_, String>("ending")?)?,
    })
}

const fn transport_text(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "tcp",
        Transport::Unix => "unix",
    }
}

fn parse_transport(text: &str) -> Result<Transport, Unreadable> {
    [Transport::Tcp, Transport::Unix]
        .into_iter()
        .find(|known| transport_text(*known) == text)
        .ok_or(Unreadable)
}

pub(super) const fn ending_text(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "complete",
        Ending::Cut => "cut",
        Ending::ClientGone => "client_gone",
        Ending::UpstreamFailed => "upstream_failed",
        Ending::Limit => "limit",
    }
}

fn parse_ending(text: &str) -> Result<Ending, Unreadable> {
    let all = [Ending::Complete, Ending::Cut, Ending::ClientGone, Ending::UpstreamFailed, Ending::Limit];
    all.into_iter().find(|known| ending_text(*known) == text).ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_is_answered_from_an_index_without_sorting() {
        let directory = crate::place::temporary();
        let connection = crate::connection::open(directory.path()).unwrap();
        let plan = |sql: &str| -> String {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let count = statement.parameter_count();
            let nothing = rusqlite::params_from_iter(std::iter::repeat_n("0", count));
            let steps = statement.query_map(nothing, |row| row.get::<_, String>(3)).unwrap();
            steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
        };
        let find = |token: bool, service: bool, denied_only| Filter {
            token: TokenId::parse("00000000").filter(|_| token),
            service: service.then(|| "github".into()),
            denied_only,
            ..Filter::default()
        };
        for (sql, index) in [
            (statement(&find(false, false, false)), "INTEGER PRIMARY KEY"),
            (statement(&find(false, false, true)), "activity_denied ("),
            (statement(&find(false, true, false)), "activity_by_service (service=?"),
            (statement(&find(false, true, true)), "activity_denied_by_service (service=?"),
            (statement(&find(true, false, false)), "activity_by_token (token=?"),
            (statement(&find(true, false, true)), "activity_denied_by_token (token=?"),
            (statement(&find(true, true, false)), "activity_by_token (token=?"),
            (statement(&find(true, true, true)), "activity_denied_by_token (token=?"),
            (CLOSE, "activity_running"),
            (FORGET, "activity_by_time"),
        ] {
            let plan = plan(sql);
            assert!(plan.contains(index) && plan.starts_with("SEARCH"), "{sql}: {plan}");
            assert!(plan.contains("rowid") || !sql.contains("ORDER"), "pages come from the index: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }
}
