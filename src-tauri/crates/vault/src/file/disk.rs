//! The vault file on disk: read with suspicion, replaced as a whole.

#[cfg(unix)]
#[path = "disk/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "disk/windows.rs"]
mod platform;

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use valetkey_core::ports::VaultError;

/// A thousand services with the longest credentials have room in it.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<Vec<u8>, VaultError> {
    let file = platform::open_private(path).map_err(|_| VaultError::Io)?;
    let mut sealed = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut sealed).map_err(|_| VaultError::Io)?;
    if sealed.len() as u64 > MOST_BYTES { Err(VaultError::Damaged) } else { Ok(sealed) }
}

/// Puts `sealed` in the place of the file, durably and in one step: a crash leaves the old file or the new one.
pub(super) fn replace(path: &Path, sealed: &[u8]) -> Result<(), VaultError> {
    let replaced = || -> io::Result<()> {
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other("what is there is not a file"));
        }
        let new = beside(path);
        // Left over from a crash; only one process has the profile.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let written = write(&new, sealed).and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            // The first failure is the one to tell; the next change tries to remove it again.
            let _ = fs::remove_file(&new);
        }
        written.and_then(|()| platform::sync_directory(path))
    };
    replaced().map_err(|_| VaultError::Io)
}

fn write(new: &Path, sealed: &[u8]) -> io::Result<()> {
    let mut file = platform::create_private(new)?;
    file.write_all(sealed)?;
    file.sync_all()
}

/// In the same directory, because only there a rename is one step.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}
