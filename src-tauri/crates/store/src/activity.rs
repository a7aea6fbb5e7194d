//! Activity: taken over from the journal, read by window and command line.

mod batch;
mod chunk;
mod upkeep;

use std::{collections::HashMap, fs, path::PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use valetkey_core::{activity::RequestId, suggestion::Use, time::Timestamp, token::TokenId};

use crate::{
    Error, Journal, connection,
    journal::{self, Listed, Run},
    place,
    row::{End, Filter, Row, Totals},
    table::{blocks, early_closings, journals, late_closings},
};
use batch::{Batch, Changes};
use chunk::Chunk;

/// What one ingest took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Records taken over: openings and closings count apart unless they came together.
    pub records: u64,
    /// Bytes that could not be read as records: a write that a power loss or a full disk cut, or damage.
    pub damaged_bytes: u64,
}

/// The kept activity: filled from the journal, read by window and command line. Has a connection of its own.
pub struct Activity {
    connection: Connection,
    directory: PathBuf,
    run: Run,
    /// The requests that run, and their sequences.
    running: HashMap<RequestId, i64>,
    inherited: Ingested,
}

impl Activity {
    /// Opens the activity of the journal's profile and takes over what earlier processes left in the journal. Their
    /// running requests end as unfinished, so that there must be one `Activity` to a [`Journal`].
    pub fn open(journal: &Journal) -> Result<Self, Error> {
        let connection = connection::open(journal.profile())?;
        let running = blocks::running(&connection)?;
        let mut activity = Self {
            connection,
            directory: journal.directory().into(),
            run: journal.run().clone(),
            running: running.iter().map(|entry| (entry.request, entry.sequence)).collect(),
            inherited: Ingested::default(),
        };
        activity.inherited = activity.ingest_files(|file| !file.ours)?;
        activity.end_unfinished()?;
        Ok(activity)
    }

    /// Moves what the journal holds into blocks. Whenever this process dies, each record is taken over once.
    pub fn ingest(&mut self) -> Result<Ingested, Error> {
        self.ingest_files(|_| true)
    }

    /// What opening took over of earlier processes.
    pub fn inherited(&self) -> Ingested {
        self.inherited
    }

    /// The rows that `filter` asks for, newest first.
    pub fn rows(&self, filter: &Filter) -> Result<Vec<Row>, Error> {
        blocks::select(&self.connection, filter)
    }

    /// What `token` was permitted at `time` or later; requests that run still are among it.
    pub fn uses(&self, token: TokenId, time: Timestamp) -> Result<Vec<Use>, Error> {
        blocks::uses(&self.connection, token, time)
    }

    /// How many records there are.
    pub fn totals(&self) -> Result<Totals, Error> {
        blocks::totals(&self.connection)
    }

    /// Forgets the records of ended requests from before `time`; gives their number.
    pub fn forget_before(&mut self, time: Timestamp) -> Result<u64, Error> {
        upkeep::forget_before(&mut self.connection, time)
    }

    fn end_unfinished(&mut self) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let running = blocks::running(&transaction)?;
        for entry in &running {
            late_closings::save(&transaction, entry.sequence, entry.request, End::Unfinished)?;
        }
        let sequences: Vec<i64> = running.iter().map(|entry| entry.sequence).collect();
        blocks::note_ended(&transaction, &sequences)?;
        early_closings::clear(&transaction)?;
        transaction.commit()?;
        self.running.clear();
        Ok(())
    }

    fn ingest_files(&mut self, wanted: impl Fn(&Listed) -> bool) -> Result<Ingested, Error> {
        let mut all = Ingested::default();
        loop {
            let step = self.ingest_some(&wanted)?;
            all.records += step.ingested.records;
            all.damaged_bytes += step.ingested.damaged_bytes;
            if step.ingested.records > 0 {
                upkeep::tidy(&mut self.connection)?;
            }
            if !step.more {
                return Ok(all);
            }
        }
    }

    fn ingest_some(&mut self, wanted: impl Fn(&Listed) -> bool) -> Result<Step, Error> {
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
        let mut step = Step::default();
        let mut ends = Vec::new();
        for chunk in &chunks {
            let taken = chunk.take_into(&mut batch);
            step.ingested.records += taken.ingested.records;
            step.ingested.damaged_bytes += taken.ingested.damaged_bytes;
            step.more |= taken.more;
            if taken.done {
                step.done.push(chunk.file.path.clone());
            }
            if !chunk.is_unchanged(&taken) {
                ends.push((&chunk.file.name, taken.end));
            }
        }
        if ends.is_empty() && gone.is_empty() {
            return Ok(step);
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changes: Changes = batch.save(&transaction, &self.running)?;
        ends.iter().try_for_each(|(name, end)| journals::save(&transaction, name, *end))?;
        gone.iter().try_for_each(|name| journals::forget(&transaction, name))?;
        transaction.commit()?;
        changes.apply(&mut self.running);
        for path in &step.done {
            // Only now that the records are durable. Where this fails the file is found taken over the next time.
            fs::remove_file(path).map_err(|error| place::io_error(path, error))?;
        }
        Ok(step)
    }
}

/// What one transaction took over.
#[derive(Default)]
struct Step {
    ingested: Ingested,
    /// Some file has more than was read of it.
    more: bool,
    /// Files that have nothing more to give.
    done: Vec<PathBuf>,
}
