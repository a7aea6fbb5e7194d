//! One file of a journal, and the ways to write it.

#[cfg(target_os = "linux")]
mod reserved;
mod written;

use std::fs::File;

use valetkey_core::activity::ActivityUnavailable;

pub(super) use written::Written;

/// A file that records are put into, one behind the other.
pub(super) trait Part: Send {
    /// Whether a record of this length still belongs here.
    fn room(&self, length: usize) -> Room;
    /// Puts a record in. What this returned `Ok` for survives the death of the process; otherwise nothing of it is
    /// there that could be taken for a record.
    fn append(&mut self, record: &[u8]) -> Result<(), ActivityUnavailable>;
    /// Gives back the space that was not used.
    fn finish(self: Box<Self>);
}

/// Whether there is room in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is.
    Enough,
    /// There is, but the next part should begin if it can, so that the reader can remove this one.
    Long,
    /// There is none.
    None,
}

/// Begins to write an empty file, in the best way that its file system has.
#[cfg(target_os = "linux")]
pub(super) fn begin(file: File) -> Box<dyn Part> {
    reserved::begin(file)
}

/// The same, where there is one way.
#[cfg(not(target_os = "linux"))]
pub(super) fn begin(file: File) -> Box<dyn Part> {
    Box::new(Written::begin(file))
}
