use std::{
    fs::File,
    io::{ErrorKind, Write},
};

use valetkey_core::activity::ActivityUnavailable;

use super::{Part, Room};

/// A file this long is followed by a new one.
const SIZE: u64 = 4 * 1024 * 1024;

/// A part that is written with one `write` a record.
pub(in super::super) struct Written {
    file: File,
    /// Where the last whole record ends.
    length: u64,
    /// It ends with part of a record that could not be taken away; nothing may be written behind that.
    torn: bool,
}

impl Written {
    pub(in super::super) const fn begin(file: File) -> Self {
        Self { file, length: 0, torn: false }
    }
}

impl Part for Written {
    fn room(&self, _length: usize) -> Room {
        match self {
            Self { torn: true, .. } => Room::None,
            Self { length: SIZE.., .. } => Room::Long,
            Self { .. } => Room::Enough,
        }
    }

    /// One `write`, so that a record lies in the file whole or, where the disk is full, not at all.
    fn append(&mut self, record: &[u8]) -> Result<(), ActivityUnavailable> {
        let written = loop {
            match self.file.write(record) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        match written {
            Ok(count) if count == record.len() => {
                self.length += record.len() as u64;
                Ok(())
            }
            Ok(_) => {
                self.torn = self.file.set_len(self.length).is_err();
                Err(ActivityUnavailable)
            }
            Err(_) => Err(ActivityUnavailable),
        }
    }

    fn finish(self: Box<Self>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_torn_record_there_is_no_room_and_a_long_file_is_left_if_possible() {
        let part = Written::begin(tempfile::tempfile().unwrap());
        assert_eq!(part.room(100), Room::Enough);
        let part = Written { length: SIZE, ..part };
        assert_eq!(part.room(100), Room::Long);
        let part = Written { torn: true, ..part };
        assert_eq!(part.room(100), Room::None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported() {
        let file = File::options().write(true).open("/dev/full").unwrap();
        assert_eq!(Written::begin(file).append(b"record"), Err(ActivityUnavailable));
    }
}
