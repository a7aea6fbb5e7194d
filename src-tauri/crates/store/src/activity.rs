use std::{
    collections::HashMap,
    fs,
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use valetkey_core::{
    activity::{Closing, Opening, Outcome},
    time::Timestamp,
    token::TokenId,
};

use crate::{
    Error, Journal, connection,
    journal::{self, Decoded, Listed, Record, Run},
    place,
    table::{
        self,
        activity::{Filter, Row, Totals},
        early_closings, journals, last_uses,
    },
};

/// Most that is read of one file for one transaction, so that no transaction keeps the owner's changes waiting long.
/// Longer than the longest record.
const CHUNK: u64 = 64 * 1024;
/// Most records that are forgotten in one transaction, for the same reason.
const FORGET_AT_ONCE: u32 = 2_000;

/// What one ingest took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Records taken over: openings and closings count apart unless they came together.
    pub records: u64,
    /// Bytes that could not be read as records: a write that a power loss or a full disk cut, or damage.
    pub damaged_bytes: u64,
}

/// The activity table: filled from the journal, read by window and command line. Has a connection of its own.
pub struct Activity {
    connection: Connection,
    directory: PathBuf,
    run: Run,
    inherited: Ingested,
}

impl Activity {
    /// Opens the activity of the journal's profile and takes over what earlier processes left in the journal. Their
    /// running requests end as unfinished, so that there must be one `Activity` to a [`Journal`].
    pub fn open(journal: &Journal) -> Result<Self, Error> {
        let mut activity = Self {
            connection: connection::open(journal.profile())?,
            directory: journal.directory().into(),
            run: journal.run().clone(),
            inherited: Ingested::default(),
        };
        activity.inherited = activity.ingest_files(|file| !file.ours)?;
        let transaction = activity.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        table::activity::close_all_unfinished(&transaction)?;
        early_closings::clear(&transaction)?;
        transaction.commit()?;
        Ok(activity)
    }

    /// Moves what the journal holds into the table. Whenever this process dies, each record is taken over once.
    pub fn ingest(&mut self) -> Result<Ingested, Error> {
        self.ingest_files(|_| true)
    }

    /// What opening took over of earlier processes.
    pub fn inherited(&self) -> Ingested {
        self.inherited
    }

    /// The rows that `filter` asks for, newest first.
    pub fn rows(&self, filter: &Filter) -> Result<Vec<Row>, Error> {
        table::activity::select(&self.connection, filter)
    }

    /// How many records there are.
    pub fn totals(&self) -> Result<Totals, Error> {
        table::activity::totals(&self.connection)
    }

    /// Forgets the records of ended requests from before `time`; gives their number.
    pub fn forget_before(&mut self, time: Timestamp) -> Result<u64, Error> {
        let mut forgotten = 0;
        loop {
            match table::activity::forget_before(&self.connection, time, FORGET_AT_ONCE)? {
                0 => return Ok(forgotten),
                count => forgotten += count as u64,
            }
        }
    }

    fn ingest_files(&mut self, wanted: impl Fn(&Listed) -> bool) -> Result<Ingested, Error> {
        let mut all = Ingested::default();
        loop {
            let batch = self.ingest_batch(&wanted)?;
            all.records += batch.ingested.records;
            all.damaged_bytes += batch.ingested.damaged_bytes;
            if !batch.more {
                return Ok(all);
            }
        }
    }

    fn ingest_batch(&mut self, wanted: impl Fn(&Listed) -> bool) -> Result<Batch, Error> {
        let listed = journal::list(&self.directory, &self.run)?;
        let mut consumed = journals::load(&self.connection)?;
        let mut chunks = Vec::new();
        for file in listed {
            let start = consumed.remove(&file.name).unwrap_or(0);
            if wanted(&file) {
                chunks.extend(Chunk::read(file, start)?);
            }
        }
        let gone: Vec<String> = consumed.into_keys().collect();

        let mut batch = Batch::default();
        if !chunks.is_empty() || !gone.is_empty() {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            batch = take_over(&transaction, &chunks)?;
            gone.iter().try_for_each(|name| journals::forget(&transaction, name))?;
            transaction.commit()?;
        }
        for path in &batch.done {
            // Only now that the rows are durable. Where this fails the file is found taken over the next time.
            fs::remove_file(path).map_err(|error| place::io_error(path, error))?;
        }
        Ok(batch)
    }
}

#[derive(Default)]
struct Batch {
    ingested: Ingested,
    /// Some file has more than was read of it.
    more: bool,
    /// Files that have nothing more to give.
    done: Vec<PathBuf>,
}

/// Some bytes of a journal file.
struct Chunk {
    file: Listed,
    start: u64,
    bytes: Vec<u8>,
    /// What the file has behind them.
    rest: u64,
}

impl Chunk {
    /// Reads from `start`; `None` where there is nothing new and nothing to clear away.
    fn read(file: Listed, start: u64) -> Result<Option<Self>, Error> {
        let length = place::check_file(&file.path)?;
        if length <= start && !file.finished {
            return Ok(None);
        }
        let failed = |error: io::Error| place::io_error(&file.path, error);
        let mut bytes = Vec::new();
        let mut source = place::private().read(true).open(&file.path).map_err(failed)?;
        source.seek(SeekFrom::Start(start)).map_err(failed)?;
        source.take(CHUNK).read_to_end(&mut bytes).map_err(failed)?;
        let rest = length.saturating_sub(start + bytes.len() as u64);
        Ok(Some(Self { file, start, bytes, rest }))
    }

    fn parse(&self) -> Parsed<'_> {
        let mut parsed = Parsed { records: Vec::new(), consumed: 0, damaged: 0, skipped: 0 };
        loop {
            match journal::decode(&self.bytes[parsed.consumed..]) {
                Decoded::Record(record, length) => {
                    parsed.records.push(record);
                    parsed.consumed += length;
                }
                // In a file that is still written this may be a write under way, or one being taken back.
                Decoded::Damaged(_) | Decoded::Incomplete | Decoded::Lost if !self.file.finished => {
                    return parsed;
                }
                Decoded::Damaged(length) => {
                    parsed.damaged += length as u64;
                    parsed.consumed += length;
                }
                Decoded::Incomplete if self.rest > 0 => return parsed,
                // What follows can't be told from the inside of a torn record, so none of it is taken for one.
                Decoded::Incomplete | Decoded::Lost => {
                    parsed.damaged += (self.bytes.len() - parsed.consumed) as u64 + self.rest;
                    parsed.consumed = self.bytes.len();
                    return Parsed { skipped: self.rest, ..parsed };
                }
            }
        }
    }
}

struct Parsed<'b> {
    records: Vec<Record<'b>>,
    /// How many of the chunk's bytes are done with.
    consumed: usize,
    /// How many behind the chunk are done with, unread.
    skipped: u64,
    /// How many of both were no records.
    damaged: u64,
}

fn take_over(transaction: &Transaction<'_>, chunks: &[Chunk]) -> Result<Batch, Error> {
    let mut batch = Batch::default();
    let mut openings: Vec<(Opening<'_>, Option<Closing>)> = Vec::new();
    let mut closings = Vec::new();
    for chunk in chunks {
        let parsed = chunk.parse();
        for record in &parsed.records {
            match record {
                Record::Opening(opening, closing) => openings.push((*opening, *closing)),
                Record::Closing(closing) => closings.push(*closing),
            }
        }
        batch.ingested.records += parsed.records.len() as u64;
        batch.ingested.damaged_bytes += parsed.damaged;
        let left = chunk.rest - parsed.skipped;
        batch.more |= left > 0 && parsed.consumed > 0;
        if left == 0 && chunk.file.finished {
            batch.done.push(chunk.file.path.clone());
        }
        let end = chunk.start + parsed.consumed as u64 + parsed.skipped;
        journals::save(transaction, &chunk.file.name, end)?;
    }
    insert(transaction, openings)?;
    for closing in &closings {
        if !table::activity::close(transaction, closing)? {
            early_closings::save(transaction, closing)?;
        }
    }
    Ok(batch)
}

fn insert(
    transaction: &Transaction<'_>,
    mut openings: Vec<(Opening<'_>, Option<Closing>)>,
) -> Result<(), Error> {
    openings.sort_by_key(|(opening, _)| opening.time);
    let closings_wait = early_closings::any(transaction)?;
    let mut last_permits: HashMap<TokenId, Opening<'_>> = HashMap::new();
    for (opening, closing) in openings {
        let closing = match closing {
            None if closings_wait => early_closings::take(transaction, opening.request)?,
            known => known,
        };
        table::activity::insert(transaction, &opening, closing.as_ref())?;
        if let (Some(token), Outcome::Permit) = (opening.token, opening.outcome) {
            last_permits.insert(token, opening);
        }
    }
    last_permits.iter().try_for_each(|(token, opening)| last_uses::note(transaction, *token, opening))
}
