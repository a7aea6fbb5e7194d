use rusqlite::Connection;

use super::{read, run};
use crate::Error;

const TABLE: &str = "settings";

pub(crate) fn load(connection: &Connection) -> Result<Vec<(String, String)>, Error> {
    const SQL: &str = "SELECT key, value FROM settings";
    read(connection, TABLE, SQL, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn find(connection: &Connection, key: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT value FROM settings WHERE key = ?1";
    Ok(read(connection, TABLE, SQL, [key], |row| Ok(row.get(0)?))?.pop())
}

pub(crate) fn save(connection: &Connection, key: &str, value: &str) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO settings (key, value) VALUES (?1, ?2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    run(connection, SQL, [key, value])?;
    Ok(())
}
