use std::{fs::File, io::ErrorKind};

use valetkey_core::activity::ActivityUnavailable;
use valetkey_mapped::Mapped;

use super::{Part, Room, Written};

/// Space that is reserved at once. Each thread of the gateway has so much, so it is not more than some seconds' worth
/// under load; longer than the longest record.
const SIZE: usize = 1024 * 1024;

/// A part whose space is reserved, and into which records are copied. Behind them there are zeros.
struct Reserved {
    file: File,
    /// `None` as long as there was no space to reserve.
    mapped: Option<Mapped>,
    /// Where the last record ends.
    length: usize,
}

pub(super) fn begin(file: File) -> Box<dyn Part> {
    match Mapped::reserve(&file, SIZE) {
        Ok(mapped) => Box::new(Reserved { file, mapped: Some(mapped), length: 0 }),
        Err(error) if error.kind() == ErrorKind::Unsupported => Box::new(Written::begin(file)),
        // The file is there already, and the one before it has ended by that. It is tried again with each record.
        Err(_) => Box::new(Reserved { file, mapped: None, length: 0 }),
    }
}

impl Part for Reserved {
    fn room(&self, length: usize) -> Room {
        if length <= SIZE - self.length { Room::Enough } else { Room::None }
    }

    fn append(&mut self, record: &[u8]) -> Result<(), ActivityUnavailable> {
        if self.mapped.is_none() {
            self.mapped = Mapped::reserve(&self.file, SIZE).ok();
        }
        let mapped = self.mapped.as_mut().ok_or(ActivityUnavailable)?;
        if !mapped.copy(self.length, record) {
            return Err(ActivityUnavailable);
        }
        self.length += record.len();
        Ok(())
    }

    fn finish(self: Box<Self>) {
        let Self { file, mapped, length } = *self;
        // The file is shortened only when it is mapped no more.
        drop(mapped);
        // Where that fails the space is given back a moment later, when the file is removed.
        let _ = file.set_len(length as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_used_is_given_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("part");
        let file = File::options().read(true).append(true).create_new(true).open(&path).unwrap();
        let mut part = begin(file);
        part.append(b"record").unwrap();
        assert_eq!(part.room(SIZE - 6), Room::Enough);
        part.finish();
        assert_eq!(fs::read(&path).unwrap(), b"record");
    }

    #[test]
    fn a_file_that_could_not_be_reserved_takes_nothing() {
        let mut part = Reserved { file: File::open("/dev/null").unwrap(), mapped: None, length: 0 };
        assert_eq!(part.append(b"record"), Err(ActivityUnavailable));
        assert_eq!(part.length, 0);
    }
}
