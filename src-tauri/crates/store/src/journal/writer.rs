use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    path::Path,
    sync::{Arc, PoisonError},
};

use valetkey_core::{
    activity::{ActivityUnavailable, Closing, Opening},
    ports::ActivityWriter,
};

use super::{Shared, files::FileName, record};
use crate::place;

/// A file this long is followed by a new one, so that the reader can remove it.
const PART_SIZE: u64 = 4 * 1024 * 1024;

/// A journal file that is being written.
pub(super) struct OpenFile {
    name: FileName,
    file: File,
    /// Where the last whole record ends.
    length: u64,
    /// It ends with part of a record that could not be taken away; nothing may be written behind that.
    torn: bool,
}

impl OpenFile {
    pub(super) fn make(directory: &Path, name: FileName) -> io::Result<Self> {
        let file = place::make_file(&directory.join(name.to_string()))?;
        Ok(Self { name, file, length: 0, torn: false })
    }

    /// One `write`, so that a record lies in the file whole or, where the disk is full, not at all.
    fn append(&mut self, bytes: &[u8]) -> Result<(), ActivityUnavailable> {
        let written = loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        match written {
            Ok(count) if count == bytes.len() => {
                self.length += bytes.len() as u64;
                Ok(())
            }
            Ok(_) => {
                self.torn = self.file.set_len(self.length).is_err();
                Err(ActivityUnavailable)
            }
            Err(_) => Err(ActivityUnavailable),
        }
    }
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    /// There until the writer is dropped.
    file: Option<OpenFile>,
    buffer: Vec<u8>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, file: OpenFile) -> Self {
        Self { shared, file: Some(file), buffer: Vec::with_capacity(record::MAX_LEN) }
    }

    fn append(&mut self) -> Result<(), ActivityUnavailable> {
        let file = self.file.as_mut().ok_or(ActivityUnavailable)?;
        if file.torn || file.length >= PART_SIZE {
            match OpenFile::make(&self.shared.directory, file.name.next()) {
                Ok(next) => *file = next,
                // A long file only waits for its turn; a torn one must not grow.
                Err(_) if file.torn => return Err(ActivityUnavailable),
                Err(_) => {}
            }
        }
        file.append(&self.buffer)
    }
}

impl ActivityWriter for Writer {
    fn open(&mut self, opening: &Opening<'_>, closing: Option<&Closing>) -> Result<(), ActivityUnavailable> {
        record::encode_opening(&mut self.buffer, opening, closing);
        self.append()
    }

    fn close(&mut self, closing: &Closing) -> Result<(), ActivityUnavailable> {
        record::encode_closing(&mut self.buffer, closing);
        self.append()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activity, Journal};
    use valetkey_core::{
        activity::{Ending, RequestId},
        ports::ActivityLog,
    };

    fn closing(request: u64) -> Closing {
        let request = RequestId(request);
        Closing { request, status: 200, sent: 1, received: 2, micros: 3, ending: Ending::Complete }
    }

    #[test]
    fn a_torn_file_is_left_and_the_next_part_goes_on() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        let mut file = journal.shared.new_file().unwrap();
        file.file.write_all(&[0xFF]).unwrap();
        file.torn = true;
        let mut writer = Writer::new(Arc::clone(&journal.shared), file);
        writer.close(&closing(1)).unwrap();
        assert_eq!(writer.file.as_ref().unwrap().length, record::CLOSING_LEN as u64);

        let ingested = Activity::open(&journal).unwrap().ingest().unwrap();
        assert_eq!((ingested.records, ingested.damaged_bytes), (1, 1));
    }

    #[test]
    fn a_long_file_is_followed_by_a_new_one_and_removed_once_read() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        let mut activity = Activity::open(&journal).unwrap();
        let mut writer = Writer::new(Arc::clone(&journal.shared), journal.shared.new_file().unwrap());
        writer.close(&closing(1)).unwrap();
        writer.file.as_mut().unwrap().length = PART_SIZE;
        writer.close(&closing(2)).unwrap();
        let files = || std::fs::read_dir(journal.directory()).unwrap().count();
        assert_eq!(files(), 2);
        assert_eq!(activity.ingest().unwrap().records, 2);
        assert_eq!(files(), 1);
    }

    #[test]
    fn writers_that_come_and_go_share_files() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        for request in 0..50 {
            journal.writer().unwrap().close(&closing(request)).unwrap();
        }
        assert_eq!(std::fs::read_dir(journal.directory()).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported() {
        let file = File::options().write(true).open("/dev/full").unwrap();
        let name = FileName::first(&super::super::files::Run::begin(), 0);
        let mut open = OpenFile { name, file, length: 0, torn: false };
        assert_eq!(open.append(b"record"), Err(ActivityUnavailable));
    }
}
