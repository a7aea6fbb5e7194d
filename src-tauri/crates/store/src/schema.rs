//! The schema, as numbered migrations, and the check that a file has exactly that.

mod rows;

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;

/// Place in the list + 1 is the version a migration leads to. What has been shipped never changes.
const MIGRATIONS: &[&[Step]] = &[
    &[Step::Sql(include_str!("schema/0001.sql"))],
    &[
        Step::Sql(include_str!("schema/0002.sql")),
        Step::Convert(rows::into_blocks),
        Step::Sql(include_str!("schema/0002_after.sql")),
    ],
    &[Step::Sql(include_str!("schema/0003.sql"))],
    &[Step::Sql(include_str!("schema/0004.sql"))],
    &[Step::Sql(include_str!("schema/0005.sql"))],
    &[Step::Sql(include_str!("schema/0006.sql"))],
];

/// Part of a migration.
enum Step {
    Sql(&'static str),
    /// What SQL can't say.
    Convert(fn(&Connection) -> Result<(), Error>),
}

impl Step {
    fn run(&self, connection: &Connection) -> Result<(), Error> {
        match self {
            Self::Sql(sql) => Ok(connection.execute_batch(sql)?),
            Self::Convert(convert) => convert(connection),
        }
    }
}

const VERSION: &str = "user_version";

/// Refuses a newer file, and one whose tables, indexes, triggers or views are not those of its version.
pub(crate) fn check(connection: &Connection) -> Result<(), Error> {
    let found = version(connection)?;
    let known = MIGRATIONS.len();
    let applied = usize::try_from(found)
        .ok()
        .and_then(|count| MIGRATIONS.get(..count))
        .ok_or(Error::NewerVersion { found, known: i64::try_from(known).unwrap_or(i64::MAX) })?;

    let model = Connection::open_in_memory()?;
    applied.iter().copied().flatten().try_for_each(|step| step.run(&model))?;
    let (expected, actual) = (objects(&model)?, objects(connection)?);
    let strange = actual
        .iter()
        .find(|object| !expected.contains(object))
        .or_else(|| expected.iter().find(|object| !actual.contains(object)));
    match strange {
        Some(object) => Err(Error::SchemaChanged { name: object.name.as_str().into() }),
        None => Ok(()),
    }
}

/// Brings the file to the newest version, one transaction per step.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    loop {
        // The other connection of this program may be doing the same: whoever comes second finds it done.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&transaction)?;
        let Some(next) = usize::try_from(found).ok().and_then(|done| MIGRATIONS.get(done)) else {
            return Ok(());
        };
        next.iter().try_for_each(|step| step.run(&transaction))?;
        transaction.pragma_update(None, VERSION, found + 1)?;
        transaction.commit()?;
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, VERSION, |row| row.get(0))
}

#[derive(PartialEq)]
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: Option<String>,
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let objects = statement.query_map([], |row| {
        Ok(Object { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    objects.collect()
}
