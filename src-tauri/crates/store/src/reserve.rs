//! Disk space kept aside, so that revoking becomes durable on a full disk.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{Error, place};

const FILE: &str = "reserve";
/// Room for the pages that revoking some thousand tokens writes.
const SIZE: usize = 2 * 1024 * 1024;

/// A file whose only purpose is to be removed when the disk is full.
pub(crate) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    pub(crate) fn of(directory: &Path) -> Self {
        Self { path: directory.join(FILE) }
    }

    /// Makes the reserve where it is missing. Where there is no room for it that is no failure: the next successful
    /// change tries again.
    pub(crate) fn keep(&self) {
        if place::check_file(&self.path).is_ok_and(|length| length == SIZE as u64) {
            return;
        }
        self.release();
        if self.fill().is_err() {
            self.release();
        }
    }

    /// Runs `attempt`; where the disk is full, once more with the reserve given up.
    pub(crate) fn lend<T>(&self, mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        match attempt() {
            Err(Error::DiskFull) if self.release() => attempt(),
            result => result,
        }
    }

    fn release(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }

    fn fill(&self) -> io::Result<()> {
        let mut file = place::make_file(&self.path)?;
        file.write_all(&incompressible())?;
        file.sync_all()
    }
}

/// Bytes that a compressing file system can't make smaller.
fn incompressible() -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(SIZE);
    while bytes.len() < SIZE {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_for_want_of_space_succeeds_once_the_reserve_is_given_up() {
        let directory = place::temporary();
        let reserve = Reserve::of(directory.path());
        reserve.keep();
        assert_eq!(fs::metadata(&reserve.path).unwrap().len(), SIZE as u64);

        let full_while_reserved = || if reserve.path.exists() { Err(Error::DiskFull) } else { Ok(()) };
        reserve.lend(full_while_reserved).unwrap();
        reserve.keep();
        assert!(reserve.path.exists());
    }

    #[test]
    fn without_a_reserve_a_full_disk_stays_a_full_disk() {
        let directory = place::temporary();
        let mut attempts = 0;
        let result: Result<(), Error> = Reserve::of(directory.path()).lend(|| {
            attempts += 1;
            Err(Error::DiskFull)
        });
        assert!(matches!(result, Err(Error::DiskFull)));
        assert_eq!(attempts, 1);
    }
}
