use rusqlite::{Connection, params};
use valetkey_core::activity::{Closing, RequestId};

use super::{closing, read, run, stored};
use crate::Error;

const TABLE: &str = "early_closings";

/// Keeps a closing until its opening comes.
pub(crate) fn save(connection: &Connection, early: &Closing) -> Result<(), Error> {
    const SQL: &str =
        "INSERT OR REPLACE INTO early_closings (request, status, sent, received, micros, ending)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        early.request.0.cast_signed(),
        early.status,
        stored(early.sent),
        stored(early.received),
        stored(early.micros),
        closing::ending_text(early.ending),
    ];
    run(connection, SQL, row)?;
    Ok(())
}

/// Takes out the closing that came before its opening, if it did.
pub(crate) fn take(connection: &Connection, request: RequestId) -> Result<Option<Closing>, Error> {
    const SQL: &str = "DELETE FROM early_closings WHERE request = ?1
        RETURNING request, status, sent, received, micros, ending";
    let mut taken = read(connection, TABLE, SQL, [request.0.cast_signed()], closing::parse)?;
    Ok(taken.pop())
}

/// Whether any closing waits.
pub(crate) fn any(connection: &Connection) -> Result<bool, Error> {
    const SQL: &str = "SELECT 1 FROM early_closings LIMIT 1";
    Ok(!read(connection, TABLE, SQL, [], |_| Ok(()))?.is_empty())
}

/// Drops all: their openings can't come any more.
pub(crate) fn clear(connection: &Connection) -> Result<(), Error> {
    run(connection, "DELETE FROM early_closings", [])?;
    Ok(())
}
