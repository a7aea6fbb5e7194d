use std::{
    fs::{DirBuilder, Metadata, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::Error;

pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

pub(super) fn check_access(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::NotOurs { path: path.into() });
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(Error::TooOpen { path: path.into() });
    }
    Ok(())
}

/// Options that make files 0600 and follow no symlink.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    options
}

/// The path without symlinks: SQLite is told to follow none, and the way to a home directory may have some.
pub(crate) fn resolve(directory: &Path) -> io::Result<PathBuf> {
    directory.canonicalize()
}
