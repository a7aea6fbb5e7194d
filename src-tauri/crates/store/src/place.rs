//! Private files and directories: who may reach them, and that nothing else stands in their place.

#[cfg(unix)]
#[path = "place/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "place/windows.rs"]
mod platform;

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::Error;
pub(crate) use platform::{private, resolve};

/// Makes a directory that only its owner can enter, or checks the one that is there.
pub fn make_directory(path: &Path) -> Result<(), Error> {
    match platform::make_directory(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_directory(path),
        Err(error) => Err(io_error(path, error)),
    }
}

/// Refuses a directory that is a symlink, belongs to somebody else or is open to others.
pub(crate) fn check_directory(path: &Path) -> Result<(), Error> {
    let metadata = fs::symlink_metadata(path).map_err(|error| io_error(path, error))?;
    if !metadata.is_dir() {
        return Err(Error::NotPlain { path: path.into() });
    }
    platform::check_access(path, &metadata)
}

/// The same for a file; gives its length.
pub(crate) fn check_file(path: &Path) -> Result<u64, Error> {
    let metadata = fs::symlink_metadata(path).map_err(|error| io_error(path, error))?;
    if !metadata.is_file() {
        return Err(Error::NotPlain { path: path.into() });
    }
    platform::check_access(path, &metadata)?;
    Ok(metadata.len())
}

/// Makes a private file where none was; private from its first moment.
pub(crate) fn make_file(path: &Path) -> io::Result<File> {
    private().read(true).append(true).create_new(true).open(path)
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> Error {
    if source.kind() == ErrorKind::StorageFull {
        return Error::DiskFull;
    }
    Error::Io { path: PathBuf::from(path), source }
}

/// A directory fit to be a profile.
#[cfg(test)]
pub(crate) fn temporary() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a test has a temporary directory");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(directory.path(), private).expect("a test has a temporary directory");
    }
    directory
}
