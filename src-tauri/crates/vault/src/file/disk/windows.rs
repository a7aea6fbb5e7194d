//! Windows: the profile lies in the user's own data directory, whose access list the file inherits.

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt,
    path::Path,
};

/// `FILE_FLAG_OPEN_REPARSE_POINT`: opens a link itself and not what it points to.
const OPEN_LINK_ITSELF: u32 = 0x0020_0000;

/// Opens a plain file, no link.
pub(in super::super) fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(OPEN_LINK_ITSELF).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a plain file")) }
}

/// Makes a new file, or fails if anything is there.
pub(in super::super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// NTFS journals renames itself and offers no way to sync a directory; what can be checked is that the file is
/// where it was put.
pub(in super::super) fn sync_directory(path: &Path) -> io::Result<()> {
    path.symlink_metadata().map(drop)
}
