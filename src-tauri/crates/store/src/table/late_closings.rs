use std::collections::HashMap;

use rusqlite::{Connection, params};
use valetkey_core::activity::RequestId;

use super::{closing, read, run, stored};
use crate::{Error, row::End};

const TABLE: &str = "late_closings";
const UNFINISHED: &str = "unfinished";

/// Keeps the end of a request whose block is made already.
pub(crate) fn save(
    connection: &Connection,
    sequence: i64,
    request: RequestId,
    end: End,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO late_closings (sequence, request, status, sent, received, micros, ending)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let number = request.0.cast_signed();
    match end {
        End::Unfinished => run(connection, SQL, params![sequence, number, 0, 0, 0, 0, UNFINISHED])?,
        End::Closed(late) => {
            let (sent, received, micros) = (stored(late.sent), stored(late.received), stored(late.micros));
            let ending = closing::ending_text(late.ending);
            run(connection, SQL, params![sequence, number, late.status, sent, received, micros, ending])?
        }
    };
    Ok(())
}

/// The late ends of the block from `first` to `last`, by sequence.
pub(crate) fn within(connection: &Connection, first: i64, last: i64) -> Result<HashMap<i64, End>, Error> {
    const SQL: &str = "SELECT sequence, request, status, sent, received, micros, ending FROM late_closings
        WHERE sequence BETWEEN ?1 AND ?2";
    let ends = read(connection, TABLE, SQL, [first, last], |row| {
        let unfinished = row.get::<_, String>("ending")? == UNFINISHED;
        let end = if unfinished { End::Unfinished } else { End::Closed(closing::parse(row)?) };
        Ok((row.get("sequence")?, end))
    });
    Ok(ends?.into_iter().collect())
}

/// Drops those of a block that has taken them in, or is gone.
pub(crate) fn forget_within(connection: &Connection, first: i64, last: i64) -> Result<(), Error> {
    run(connection, "DELETE FROM late_closings WHERE sequence BETWEEN ?1 AND ?2", [first, last])?;
    Ok(())
}
