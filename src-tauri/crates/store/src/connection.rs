//! One connection to a profile's database, opened the same way everywhere.

use std::{io::ErrorKind, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{Error, place, schema};

const FILE: &str = "valetkey.db";
/// What SQLite puts beside the file; they hold the same rows.
const COMPANIONS: [&str; 3] = ["valetkey.db-wal", "valetkey.db-shm", "valetkey.db-journal"];
/// The longest that one connection waits for the other's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database in `directory`, making it or bringing it up to date.
pub(crate) fn open(directory: &Path) -> Result<Connection, Error> {
    place::check_directory(directory)?;
    let directory = place::resolve(directory).map_err(|error| place::io_error(directory, error))?;
    let path = directory.join(FILE);
    // SQLite would make it with the umask's mode; its companions take the mode of the file.
    match place::make_file(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(place::io_error(&path, error)),
    }
    place::check_file(&path)?;
    for companion in COMPANIONS {
        match place::check_file(&directory.join(companion)) {
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            result => drop(result?),
        }
    }

    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    schema::check(&connection)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}
