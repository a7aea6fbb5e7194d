use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::{read, run, stored};
use crate::Error;

/// How many bytes of each journal file have been taken over.
pub(crate) fn load(connection: &Connection) -> Result<HashMap<String, u64>, Error> {
    const SQL: &str = "SELECT name, consumed FROM journals";
    let parse = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    Ok(read(connection, "journals", SQL, [], parse)?.into_iter().collect())
}

pub(crate) fn save(connection: &Connection, name: &str, consumed: u64) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO journals (name, consumed) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET consumed = excluded.consumed";
    run(connection, SQL, params![name, stored(consumed)])?;
    Ok(())
}

pub(crate) fn forget(connection: &Connection, name: &str) -> Result<(), Error> {
    run(connection, "DELETE FROM journals WHERE name = ?1", [name])?;
    Ok(())
}
