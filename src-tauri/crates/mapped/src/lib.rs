//! A file that is written by copying into memory: what was copied lies in the system's page cache, where it survives
//! the death of this process as a `write` does, at a tenth of the cost.
//!
//! It is for Linux, and for file systems that reserve space for certain, in place: ext4, xfs and tmpfs. Elsewhere
//! [`Mapped::reserve`] says that it is unsupported (and on other systems there is nothing here at all). Nothing is
//! ever read through it, and it does not make anything survive a loss of power.
//!
//! The invariant it upholds: once [`Mapped::reserve`] has succeeded, no copy fails for want of space. Writing into a
//! mapped page that has no space behind it would end the process with `SIGBUS`.
//!
//! This is the one crate of the workspace with unsafe code: mapping a file is unsafe because the language can't see
//! who else changes it. There is one such line, and why it is sound stands beside it.
//!
//! ```
//! # #[cfg(target_os = "linux")] {
//! use valetkey_mapped::Mapped;
//!
//! let file = tempfile::tempfile()?;
//! match Mapped::reserve(&file, 4096) {
//!     Ok(mut mapped) => assert!(mapped.copy(0, b"recorded")),
//!     Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::Unsupported),
//! }
//! # }
//! # Ok::<(), std::io::Error>(())
//! ```
#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io,
    sync::atomic::{Ordering, compiler_fence},
};

use memmap2::{MmapMut, MmapOptions};
use rustix::fs::{FallocateFlags, FsWord, fallocate, fstatfs};

/// File systems on which reserved space is space for what is written there, whatever happens. Where data is copied on
/// write (btrfs, zfs), compressed, or somewhere else, it is not. The numbers are those of statfs(2).
const RESERVING: [FsWord; 3] = [0xEF53, 0x5846_5342, 0x0102_1994];

/// The beginning of a file, mapped for writing.
pub struct Mapped(MmapMut);

impl Mapped {
    /// Reserves the first `length` bytes of a file, which read as zeros as far as nothing was written, and maps them.
    /// The file must be open for reading and writing, and nobody may shorten it while this lives.
    ///
    /// [`io::ErrorKind::Unsupported`] where the file system does not reserve space for certain;
    /// [`io::ErrorKind::StorageFull`] where there is not so much.
    pub fn reserve(file: &File, length: usize) -> io::Result<Self> {
        let kind = fstatfs(file)?.f_type;
        if !RESERVING.contains(&kind) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        fallocate(file, FallocateFlags::empty(), 0, length as u64)?;
        map(file, length).map(Self)
    }

    /// Copies bytes to a place; `false`, and nothing is copied, where they don't fit.
    pub fn copy(&mut self, place: usize, bytes: &[u8]) -> bool {
        let target = place.checked_add(bytes.len()).and_then(|end| self.0.get_mut(place..end));
        let Some(target) = target else { return false };
        target.copy_from_slice(bytes);
        // Stored before anything that the caller does because of it.
        compiler_fence(Ordering::SeqCst);
        true
    }

    /// How many bytes there are.
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

#[expect(unsafe_code, reason = "mapping a file is unsafe by its nature; why it is sound here is said there")]
fn map(file: &File, length: usize) -> io::Result<MmapMut> {
    // SAFETY: What makes a mapping unsound is memory that changes behind a reference, or that is not there.
    // - Changes: the bytes are only ever written, by the one owner of the value this becomes; no reference to them is
    //   given out and nothing decides by what they hold. Readers of the file use `read`, which goes through the kernel.
    // - Not there (SIGBUS): the space was reserved above, so that no page lacks it; and the file is made private by
    //   whoever calls, who shortens it only after this is dropped. Another program of the same user could shorten it:
    //   then this process dies, and records and forwards nothing, as if that program had killed it.
    unsafe { MmapOptions::new().len(length).map_mut(file) }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_was_copied_is_read_from_the_file_and_the_rest_is_zeros() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = File::options().read(true).append(true).create_new(true).open(&path).unwrap();
        let mut mapped = match Mapped::reserve(&file, 8_192) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return println!("skipped: {error}"),
            mapped => mapped.unwrap(),
        };
        assert!(mapped.copy(4_094, b"over a page's end"));
        assert!(!mapped.copy(8_190, b"too long"));
        assert!(!mapped.copy(usize::MAX, b"far out"));
        let mut wanted = vec![0; mapped.length()];
        wanted[4_094..4_111].copy_from_slice(b"over a page's end");
        let mut read = Vec::new();
        File::open(&path).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == wanted);
    }

    #[test]
    fn a_file_that_is_none_to_reserve_is_said_to_be_unsupported() {
        let file = File::options().read(true).write(true).open("/dev/null").unwrap();
        assert!(Mapped::reserve(&file, 4_096).is_err());
        let file = File::open("/proc/self/status").unwrap();
        assert_eq!(Mapped::reserve(&file, 4_096).err().unwrap().kind(), io::ErrorKind::Unsupported);
    }
}
