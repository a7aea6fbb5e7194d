//! Reading what is new in a journal file.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Ingested, batch::Batch};
use crate::{
    Error,
    journal::{self, Decoded, Listed},
    place,
};

/// Most that is read of one file at once, so that no transaction keeps the owner's changes waiting long and no block
/// gets out of hand. Longer than the longest record.
const SIZE: u64 = 1024 * 1024;
/// So much is read at a time of a file that is still written, and no more once it ends in zeros: in most cases there
/// is nothing behind them.
const PIECE: u64 = 64 * 1024;
const ZEROS: [u8; 8] = [0; 8];
/// After so many records the core is offered to others.
const AT_ONCE: u32 = 512;

/// Some bytes of a journal file.
pub(super) struct Chunk {
    pub(super) file: Listed,
    start: u64,
    bytes: Vec<u8>,
    /// What the file has behind them.
    rest: u64,
}

/// How far a chunk's file is done with.
pub(super) struct Taken {
    /// Up to here.
    pub(super) end: u64,
    pub(super) ingested: Ingested,
    /// There is more in the file, and something was taken of this.
    pub(super) more: bool,
    /// The file has nothing more to give.
    pub(super) done: bool,
}

impl Chunk {
    /// Reads from `start`; `None` where there is nothing new and nothing to clear away.
    pub(super) fn read(file: Listed, start: u64) -> Result<Option<Self>, Error> {
        let length = place::check_file(&file.path)?;
        if length <= start && !file.finished {
            return Ok(None);
        }
        let failed = |error: io::Error| place::io_error(&file.path, error);
        let mut bytes = Vec::new();
        let mut source = place::private().read(true).open(&file.path).map_err(failed)?;
        source.seek(SeekFrom::Start(start)).map_err(failed)?;
        while (bytes.len() as u64) < SIZE && (file.finished || !bytes.ends_with(&ZEROS)) {
            if source.by_ref().take(PIECE).read_to_end(&mut bytes).map_err(failed)? == 0 {
                break;
            }
        }
        let rest = length.saturating_sub(start + bytes.len() as u64);
        Ok(Some(Self { file, start, bytes, rest }))
    }

    /// Puts the chunk's records into a batch.
    pub(super) fn take_into<'b>(&'b self, batch: &mut Batch<'b>) -> Taken {
        let mut ingested = Ingested::default();
        let (mut consumed, mut skipped) = (0, 0);
        let mut since_rest = 0;
        let stopped_by = loop {
            // In one go, all that came in a tenth of a second would keep a gateway thread from its core for milliseconds.
            since_rest += 1;
            if since_rest == AT_ONCE {
                since_rest = 0;
                std::thread::yield_now();
            }
            let next = journal::decode(&self.bytes[consumed..]);
            match next {
                Decoded::Record(record, length) => {
                    if batch.take(&record) {
                        ingested.records += 1;
                    } else {
                        ingested.damaged_bytes += length as u64;
                    }
                    consumed += length;
                }
                // In a file that is still written this may be a write under way, or one being taken back.
                Decoded::Damaged(_) | Decoded::Incomplete | Decoded::Lost if !self.file.finished => {
                    break next;
                }
                Decoded::Damaged(length) => {
                    ingested.damaged_bytes += length as u64;
                    consumed += length;
                }
                Decoded::Incomplete if self.rest > 0 => break next,
                Decoded::Incomplete | Decoded::Lost => {
                    let left = &self.bytes[consumed..];
                    let used = left.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                    consumed = self.bytes.len();
                    // Zeros are reserved space that was never used. What follows anything else can't be told from the
                    // inside of a torn record, so none of it is taken for one.
                    if used > 0 {
                        ingested.damaged_bytes += used as u64 + self.rest;
                        skipped = self.rest;
                    }
                    break next;
                }
            }
        };
        let left = self.rest - skipped;
        // What comes while this is taken over waits for the next time; else, under load, there would be no end.
        let goes_on = self.file.finished || stopped_by == Decoded::Incomplete;
        Taken {
            end: self.start + consumed as u64 + skipped,
            ingested,
            more: left > 0 && consumed > 0 && goes_on,
            done: left == 0 && self.file.finished,
        }
    }

    /// Whether a batch changes nothing for this file.
    pub(super) fn is_unchanged(&self, taken: &Taken) -> bool {
        taken.end == self.start && !taken.done
    }
}

#[cfg(test)]
mod tests {
    use valetkey_core::{
        activity::{Closing, Ending, RequestId},
        ports::ActivityLog,
    };

    use super::*;
    use crate::{Activity, Journal};

    /// A record that is zeros for the most part.
    fn closing(request: u64) -> Closing {
        let request = RequestId(request);
        Closing { request, status: 0, sent: 0, received: 0, micros: 0, ending: Ending::Complete }
    }

    #[test]
    fn at_the_end_of_what_is_written_there_is_no_more_though_the_file_goes_on_in_zeros() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        let mut writer = journal.writer().unwrap();
        writer.close(&closing(1)).unwrap();
        let file = journal::list(journal.directory(), journal.run()).unwrap().remove(0);
        let chunk = Chunk::read(file, 0).unwrap().unwrap();
        let taken = chunk.take_into(&mut Batch::default());
        assert_eq!((taken.ingested.records, taken.more, taken.done), (1, false, false));
    }

    #[test]
    fn zeros_in_records_are_not_taken_for_the_end() {
        let directory = place::temporary();
        let journal = Journal::open(directory.path()).unwrap();
        let mut activity = Activity::open(&journal).unwrap();
        let mut writer = journal.writer().unwrap();
        for count in 5_000..5_040 {
            for request in 0..count {
                writer.close(&closing(request)).unwrap();
            }
            assert_eq!(activity.ingest().unwrap().records, count);
        }
    }
}
