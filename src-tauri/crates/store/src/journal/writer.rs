use std::{
    io, mem,
    path::Path,
    sync::{Arc, PoisonError},
};

use valetkey_core::{
    activity::{ActivityUnavailable, Closing, Opening},
    ports::ActivityWriter,
};

use super::{
    Shared,
    files::FileName,
    part::{self, Part, Room},
    record,
};
use crate::place;

/// A journal file that is being written.
pub(super) struct OpenFile {
    name: FileName,
    part: Box<dyn Part>,
}

impl OpenFile {
    pub(super) fn make(directory: &Path, name: FileName) -> io::Result<Self> {
        let file = place::make_file(&directory.join(name.to_string()))?;
        Ok(Self { name, part: part::begin(file) })
    }

    /// Goes on in the next part. From the moment there is one, the reader takes this one for finished.
    fn turn(&mut self, directory: &Path) -> io::Result<()> {
        let next = Self::make(directory, self.name.next())?;
        mem::replace(self, next).part.finish();
        Ok(())
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
        match file.part.room(self.buffer.len()) {
            Room::Enough => {}
            // A long file only waits for its turn.
            Room::Long => drop(file.turn(&self.shared.directory)),
            Room::None => file.turn(&self.shared.directory).map_err(|_| ActivityUnavailable)?,
        }
        file.part.append(&self.buffer)
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

    /// A part that is in the state it is told to be in.
    struct Told(Room);

    impl Part for Told {
        fn room(&self, _length: usize) -> Room {
            self.0
        }

        fn append(&mut self, _record: &[u8]) -> Result<(), ActivityUnavailable> {
            if self.0 == Room::None { Err(ActivityUnavailable) } else { Ok(()) }
        }

        fn finish(self: Box<Self>) {}
    }

    #[test]
    fn where_a_part_has_no_room_or_is_long_the_next_part_goes_on() {
        for room in [Room::None, Room::Long] {
            let directory = place::temporary();
            let journal = Journal::open(directory.path()).unwrap();
            let mut activity = Activity::open(&journal).unwrap();
            let mut file = journal.shared.new_file().unwrap();
            file.part = Box::new(Told(room));
            let mut writer = Writer::new(Arc::clone(&journal.shared), file);
            writer.close(&closing(1)).unwrap();
            let files = || std::fs::read_dir(journal.directory()).unwrap().count();
            assert_eq!(files(), 2);
            assert_eq!(activity.ingest().unwrap().records, 1);
            assert_eq!(files(), 1, "the first one is finished and removed");
        }
    }

    #[test]
    fn where_the_next_part_can_not_be_made_a_long_one_goes_on_and_a_full_one_refuses() {
        for (room, outcome) in [(Room::Long, Ok(())), (Room::None, Err(ActivityUnavailable))] {
            let directory = place::temporary();
            let journal = Journal::open(directory.path()).unwrap();
            let mut file = journal.shared.new_file().unwrap();
            place::make_file(&journal.directory().join(file.name.next().to_string())).unwrap();
            file.part = Box::new(Told(room));
            let mut writer = Writer::new(Arc::clone(&journal.shared), file);
            assert_eq!(writer.close(&closing(1)), outcome);
        }
    }

    #[test]
    fn parts_follow_each_other_and_every_record_is_in_one() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        let mut activity = Activity::open(&journal).unwrap();
        let mut writer = journal.writer().unwrap();
        for request in 0..100_000 {
            writer.close(&closing(request)).unwrap();
        }
        let files = || std::fs::read_dir(journal.directory()).unwrap().count();
        assert!(files() > 1);
        let ingested = activity.ingest().unwrap();
        assert_eq!((ingested.records, ingested.damaged_bytes), (100_000, 0));
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
}
