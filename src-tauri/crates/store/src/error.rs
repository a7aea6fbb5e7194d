use std::{io, path::PathBuf};

use valetkey_core::ports::StoreFailure;

/// Why the store could not serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others may read or write it; the owner mends that with `chmod`.
    #[error("{} is open to other users of this machine; directories need mode 0700, files 0600", path.display())]
    TooOpen {
        /// Which file or directory.
        path: PathBuf,
    },
    /// It belongs to another user.
    #[error("{} belongs to another user", path.display())]
    NotOurs {
        /// Which file or directory.
        path: PathBuf,
    },
    /// A symlink, or something else that is not what belongs there.
    #[error("{} is a symlink or a special file; that is refused", path.display())]
    NotPlain {
        /// Which file or directory.
        path: PathBuf,
    },
    /// A newer version of the program made the database.
    #[error("the database has version {found}, this program knows {known}; use the newer program")]
    NewerVersion {
        /// Version of the file.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// Something is in the database's schema that no version of the program puts there, or something is missing.
    #[error("the database has been changed: “{name}” is not as it was made")]
    SchemaChanged {
        /// The table, index, trigger or view.
        name: Box<str>,
    },
    /// A row of this table holds what can't be read.
    #[error("the database is damaged: table “{table}” holds a row that can't be read")]
    Damaged {
        /// Which table.
        table: &'static str,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// Anything else that SQLite could not do.
    #[error("the database failed: {0}")]
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        if is_full(&error) { Self::DiskFull } else { Self::Database(error) }
    }
}

/// Where the shared-memory file can't grow, SQLite calls that an I/O error; its reason is the same.
fn is_full(error: &rusqlite::Error) -> bool {
    let Some(failure) = error.sqlite_error() else { return false };
    failure.code == rusqlite::ErrorCode::DiskFull
        || failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
}

impl From<Error> for StoreFailure {
    fn from(error: Error) -> Self {
        if matches!(error, Error::DiskFull) { Self::DiskFull } else { Self::Failed(error.to_string().into()) }
    }
}
