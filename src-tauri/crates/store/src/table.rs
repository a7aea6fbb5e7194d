//! One module per table: its SQL, static and with bound parameters, beside the mapping of its rows.

pub(crate) mod accepted;
pub(crate) mod blocks;
pub(crate) mod closing;
pub(crate) mod early_closings;
pub(crate) mod grants;
pub(crate) mod journals;
pub(crate) mod last_uses;
pub(crate) mod late_closings;
pub(crate) mod rights;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod tokens;

use rusqlite::{Connection, Params, Row};

use crate::Error;

/// A row holds what does not parse. Whoever meets it knows the table's name.
pub(crate) struct Unreadable;

impl From<rusqlite::Error> for Unreadable {
    fn from(_: rusqlite::Error) -> Self {
        Self
    }
}

impl From<valetkey_core::Error> for Unreadable {
    fn from(_: valetkey_core::Error) -> Self {
        Self
    }
}

/// Runs a query and parses every row of `table`. One that can't be read spoils them all.
pub(crate) fn read<T>(
    connection: &Connection,
    table: &'static str,
    sql: &'static str,
    parameters: impl Params,
    mut parse: impl FnMut(&Row<'_>) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(parse(row).map_err(|Unreadable| Error::Damaged { table })?);
    }
    Ok(all)
}

/// Runs a statement; gives how many rows it changed.
fn run(connection: &Connection, sql: &'static str, parameters: impl Params) -> Result<usize, Error> {
    Ok(connection.prepare_cached(sql)?.execute(parameters)?)
}

/// SQLite's integers are signed; a count past their end, which nothing reaches, stays at the end.
fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
