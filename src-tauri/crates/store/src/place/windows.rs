//! Windows has no mode bits. A profile lies in the user's own data directory, whose access control list admits that
//! user, administrators and the system; files made in it inherit the list. That is relied on and not checked here, so
//! a profile put elsewhere by hand is as private as that place is.

use std::{
    fs::{self, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::Error;

pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

#[expect(clippy::unnecessary_wraps, reason = "the other platform refuses here")]
pub(super) fn check_access(_path: &Path, _metadata: &Metadata) -> Result<(), Error> {
    Ok(())
}

/// Options for files of ours.
pub(crate) fn private() -> OpenOptions {
    OpenOptions::new()
}

/// The path as it is: SQLite does not take the verbatim form that canonicalizing gives.
#[expect(clippy::unnecessary_wraps, reason = "the other platform can fail here")]
pub(crate) fn resolve(directory: &Path) -> io::Result<PathBuf> {
    Ok(directory.into())
}
