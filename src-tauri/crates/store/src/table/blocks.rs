//! The blocks, with what is said of each beside its bytes: which records, tokens and services are in it.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use valetkey_core::{suggestion::Use, time::Timestamp, token::TokenId};

use super::{read, run, stored};
use crate::{
    Error,
    block::{Block, Entry, Finished},
    row::{Filter, Row, Totals},
    table::late_closings,
};

const TABLE: &str = "block_bytes";

/// What is said of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) last_time: Timestamp,
    pub(crate) records: u64,
    pub(crate) running: u64,
    /// Of its bytes.
    pub(crate) size: u64,
}

/// The greatest sequence that was ever used.
pub(crate) fn last_sequence(connection: &Connection) -> Result<i64, Error> {
    const SQL: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'blocks'";
    Ok(read(connection, "blocks", SQL, [], |row| Ok(row.get(0)?))?.pop().unwrap_or(0))
}

/// Puts a block in.
pub(crate) fn insert(connection: &Connection, block: &Finished<'_>) -> Result<(), Error> {
    const BLOCK: &str = "INSERT INTO blocks
            (last, first, first_time, last_time, records, refusals, open, running, size)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
    let Finished { first, last, counts, .. } = *block;
    let row = params![
        last,
        first,
        block.first_time.as_millis(),
        block.last_time.as_millis(),
        stored(counts.records),
        stored(counts.refusals),
        stored(counts.open),
        stored(block.bytes.len() as u64),
    ];
    run(connection, BLOCK, row)?;
    run(connection, "INSERT INTO block_bytes (block, bytes) VALUES (?1, ?2)", params![last, block.bytes])?;
    for (token, refusals) in &block.tokens {
        const SQL: &str = "INSERT INTO block_tokens (token, block, refusals) VALUES (?1, ?2, ?3)";
        run(connection, SQL, params![token.as_str(), last, stored(*refusals)])?;
    }
    for (service, refusals) in &block.services {
        const SQL: &str = "INSERT INTO block_services (service, block, refusals) VALUES (?1, ?2, ?3)";
        run(connection, SQL, params![service, last, stored(*refusals)])?;
    }
    Ok(())
}

/// Takes a block out, with the late ends of its requests.
pub(crate) fn remove(connection: &Connection, first: i64, last: i64) -> Result<(), Error> {
    run(connection, "DELETE FROM blocks WHERE last = ?1", [last])?;
    late_closings::forget_within(connection, first, last)
}

/// The bytes of a block.
pub(crate) fn bytes(connection: &Connection, last: i64) -> Result<Vec<u8>, Error> {
    const SQL: &str = "SELECT bytes FROM block_bytes WHERE block = ?1";
    read(connection, TABLE, SQL, [last], |row| Ok(row.get(0)?))?.pop().ok_or(Error::Damaged { table: TABLE })
}

/// A block of these bytes, its late ends taken in.
pub(crate) fn with_late_ends<'b>(connection: &Connection, bytes: &'b [u8]) -> Result<Block<'b>, Error> {
    let mut block = Block::parse(bytes).ok_or(Error::Damaged { table: TABLE })?;
    let open = |entry: &Entry| entry.end.is_none();
    if let [first, .., last] | [first @ last] = block.entries.as_slice()
        && block.entries.iter().any(open)
    {
        let late = late_closings::within(connection, first.sequence, last.sequence)?;
        for entry in block.entries.iter_mut().filter(|entry| open(entry)) {
            entry.end = late.get(&entry.sequence).copied();
        }
    }
    Ok(block)
}

/// The newest blocks, newest first, as long as `wanted` is true of them.
pub(crate) fn newest_while(
    connection: &Connection,
    mut wanted: impl FnMut(&Summary) -> bool,
) -> Result<Vec<Summary>, Error> {
    const SQL: &str = "SELECT first, last, last_time, records, running, size FROM blocks ORDER BY last DESC";
    let mut statement = connection.prepare_cached(SQL)?;
    let mut rows = statement.query([])?;
    let mut newest = Vec::new();
    while let Some(row) = rows.next()? {
        let block = summary(row)?;
        if !wanted(&block) {
            break;
        }
        newest.push(block);
    }
    Ok(newest)
}

/// Blocks with late ends in which nothing runs any more.
pub(crate) fn with_late_ends_only(connection: &Connection) -> Result<Vec<Summary>, Error> {
    const SQL: &str = "SELECT first, last, last_time, records, running, size FROM blocks
        WHERE running = 0 AND open > 0";
    read(connection, "blocks", SQL, [], |row| Ok(summary(row)?))
}

/// Up to `limit` blocks behind `cursor` with records from before `time`, oldest first.
pub(crate) fn begun_before(
    connection: &Connection,
    time: Timestamp,
    cursor: i64,
    limit: u32,
) -> Result<Vec<Summary>, Error> {
    const SQL: &str = "SELECT first, last, last_time, records, running, size FROM blocks
        WHERE last > ?1 AND first_time < ?2 ORDER BY last LIMIT ?3";
    read(connection, "blocks", SQL, params![cursor, time.as_millis(), limit], |row| Ok(summary(row)?))
}

/// The requests that run, by ascending sequence.
pub(crate) fn running(connection: &Connection) -> Result<Vec<Entry>, Error> {
    let blocks =
        read(connection, "blocks", "SELECT last FROM blocks WHERE running > 0 ORDER BY last", [], |row| {
            Ok(row.get(0)?)
        })?;
    let mut running = Vec::new();
    for last in blocks {
        let bytes = bytes(connection, last)?;
        let block = with_late_ends(connection, &bytes)?;
        running.extend(block.entries.into_iter().filter(|entry| entry.end.is_none()));
    }
    Ok(running)
}

/// Notes in their blocks that requests have ended; `sequences` ascend.
pub(crate) fn note_ended(connection: &Connection, mut sequences: &[i64]) -> Result<(), Error> {
    const BLOCK: &str = "SELECT min(last) FROM blocks WHERE last >= ?1";
    while let Some(first) = sequences.first() {
        let last: i64 = connection.prepare_cached(BLOCK)?.query_row([first], |row| row.get(0))?;
        let inside = sequences.partition_point(|sequence| *sequence <= last);
        let ended = stored(inside as u64);
        run(connection, "UPDATE blocks SET running = running - ?2 WHERE last = ?1", [last, ended])?;
        sequences = &sequences[inside..];
    }
    Ok(())
}

pub(crate) fn totals(connection: &Connection) -> Result<Totals, Error> {
    const SQL: &str =
        "SELECT coalesce(sum(records), 0), coalesce(sum(refusals), 0), coalesce(sum(running), 0) FROM blocks";
    let totals = read(connection, "blocks", SQL, [], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(Totals { records: count(0)?, refusals: count(1)?, running: count(2)? })
    });
    Ok(totals?.pop().unwrap_or_default())
}

/// Blocks in which there may be rows that are asked for, newest first. No block after the one of sequence ?3 - 1.
macro_rules! select {
    ($from:literal, $filter:literal) => {
        concat!(
            "SELECT bytes FROM ",
            $from,
            " CROSS JOIN block_bytes USING (block) WHERE ",
            $filter,
            " AND (?4 = 0 OR refusals > 0) AND block > ?2
            AND block <= coalesce((SELECT min(last) FROM blocks WHERE last >= ?3), 9223372036854775807)
            ORDER BY block DESC"
        )
    };
}

const ALL: &str = "SELECT bytes FROM blocks CROSS JOIN block_bytes ON block = last
    WHERE ?1 IS NULL AND (?4 = 0 OR refusals > 0) AND last > ?2
    AND last <= coalesce((SELECT min(last) FROM blocks WHERE last >= ?3), 9223372036854775807)
    ORDER BY last DESC";
const OF_TOKEN: &str = select!("block_tokens", "token = ?1");
const OF_SERVICE: &str = select!("block_services", "service = ?1");

const USES: &str =
    "SELECT bytes FROM block_tokens CROSS JOIN blocks ON last = block CROSS JOIN block_bytes USING (block)
    WHERE token = ?1 AND last_time >= ?2";

pub(crate) fn select(connection: &Connection, filter: &Filter) -> Result<Vec<Row>, Error> {
    let (sql, name) = match (&filter.token, &filter.service) {
        (Some(token), _) => (OF_TOKEN, Some(TokenId::as_str(token))),
        (None, Some(service)) => (OF_SERVICE, Some(&**service)),
        (None, None) => (ALL, None),
    };
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let after = filter.after.unwrap_or(i64::MIN);
    let before = filter.before.unwrap_or(i64::MAX).saturating_sub(1);
    let mut statement = connection.prepare_cached(sql)?;
    let mut blocks = statement.query(params![
        name,
        after,
        before,
        filter.denied_only && !filter.refused_by_service_only
    ])?;
    let mut found = Vec::new();
    while found.len() < limit {
        let Some(block) = blocks.next()? else { break };
        let bytes = block.get_ref(0)?.as_blob().map_err(|_| Error::Damaged { table: TABLE })?;
        let block = with_late_ends(connection, bytes)?;
        let wanted = block.matching(filter).take(limit - found.len());
        found.extend(wanted.map(|entry| block.row(entry)));
    }
    Ok(found)
}

/// What `token` was permitted at `time` or later, by service, operation and context.
pub(crate) fn uses(connection: &Connection, token: TokenId, time: Timestamp) -> Result<Vec<Use>, Error> {
    let mut statement = connection.prepare_cached(USES)?;
    let mut blocks = statement.query(params![token.as_str(), time.as_millis()])?;
    let mut uses: BTreeMap<[Box<str>; 3], (u64, Timestamp)> = BTreeMap::new();
    while let Some(block) = blocks.next()? {
        let bytes = block.get_ref(0)?.as_blob().map_err(|_| Error::Damaged { table: TABLE })?;
        let block = Block::parse(bytes).ok_or(Error::Damaged { table: TABLE })?;
        for (description, count, latest) in block.permits_of(token, time) {
            let Some(service) = description.service else { continue };
            let key = [service.into(), description.operation.into(), description.context.into()];
            let (requests, last) = uses.entry(key).or_insert((0, latest));
            *requests += count;
            *last = latest.max(*last);
        }
    }
    let uses = uses.into_iter().map(|(key, (requests, last))| {
        let [service, operation, context] = key;
        Use { service, operation, context, requests, last }
    });
    Ok(uses.collect())
}

fn summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<Summary> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Summary {
        first: row.get("first")?,
        last: row.get("last")?,
        last_time: Timestamp::from_millis(row.get("last_time")?),
        records: count("records")?,
        running: count("running")?,
        size: count("size")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_from_an_index_without_sorting() {
        let directory = crate::place::temporary();
        let connection = crate::connection::open(directory.path()).unwrap();
        for (sql, way) in [
            (ALL, "SEARCH blocks USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (OF_TOKEN, "SEARCH block_tokens USING PRIMARY KEY (token=? AND block>? AND block<?)"),
            (OF_SERVICE, "SEARCH block_services USING PRIMARY KEY (service=? AND block>? AND block<?)"),
        ] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = statement.query_map(params!["", 0, 0, 0], |row| row.get::<_, String>(3)).unwrap();
            let plan = steps.map(Result::unwrap).collect::<Vec<_>>().join("; ");
            assert!(plan.starts_with(way) && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }
}
