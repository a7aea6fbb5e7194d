//! Joining the records of several journal files into one block.

use std::collections::HashMap;

use rusqlite::Transaction;
use valetkey_core::activity::{Closing, RequestId};

use crate::{
    Error,
    block::{Draft, Entry},
    journal::Record,
    row::End,
    table::{blocks, early_closings, last_uses, late_closings},
};

/// Records that are taken over together.
#[derive(Default)]
pub(super) struct Batch<'b> {
    draft: Draft<'b>,
    /// The batch's requests without an end, and their places among the draft's entries.
    open: HashMap<RequestId, usize>,
    /// Closings whose openings have not come so far.
    closings: Vec<Closing>,
}

/// What a batch changed in which requests run; in force once the batch is durable.
#[derive(Default)]
pub(super) struct Changes {
    begun: Vec<(RequestId, i64)>,
    ended: Vec<RequestId>,
}

impl<'b> Batch<'b> {
    /// Takes one record in; `false` where it can't be read after all.
    pub(super) fn take(&mut self, record: &Record<'b>) -> bool {
        match record {
            Record::Opening(opened, closing) => {
                let Some(description) = self.draft.place(opened.description) else { return false };
                if closing.is_none() {
                    self.open.insert(opened.request, self.draft.entries.len());
                }
                self.draft.entries.push(Entry {
                    sequence: 0,
                    request: opened.request,
                    time: opened.time,
                    description,
                    end: closing.map(End::Closed),
                });
            }
            Record::Closing(closing) => {
                if !self.close(closing) {
                    self.closings.push(*closing);
                }
            }
        }
        true
    }

    /// Makes the batch a block, and sees to the closings of requests that are in earlier ones or in none yet.
    pub(super) fn save(
        mut self,
        transaction: &Transaction<'_>,
        running: &HashMap<RequestId, i64>,
    ) -> Result<Changes, Error> {
        let mut changes = Changes::default();
        self.join_early(transaction)?;
        let mut late = Vec::new();
        for closing in std::mem::take(&mut self.closings) {
            // An opening of this batch may have come after it, from another file.
            if self.close(&closing) {
                continue;
            }
            match running.get(&closing.request) {
                Some(sequence) => late.push((*sequence, closing)),
                None => early_closings::save(transaction, &closing)?,
            }
        }
        late.sort_unstable_by_key(|(sequence, _)| *sequence);
        late.dedup_by_key(|(sequence, _)| *sequence);
        for (sequence, closing) in &late {
            late_closings::save(transaction, *sequence, closing.request, End::Closed(*closing))?;
            changes.ended.push(closing.request);
        }
        let sequences: Vec<i64> = late.iter().map(|(sequence, _)| *sequence).collect();
        blocks::note_ended(transaction, &sequences)?;

        self.draft.entries.sort_by_key(|entry| entry.time);
        let before = blocks::last_sequence(transaction)?;
        for (entry, sequence) in self.draft.entries.iter_mut().zip(before + 1..) {
            entry.sequence = sequence;
            if entry.end.is_none() {
                changes.begun.push((entry.request, sequence));
            }
        }
        for (token, (time, permit)) in self.draft.last_permits() {
            last_uses::note(transaction, token, time, &permit)?;
        }
        if let Some(block) = self.draft.finish() {
            blocks::insert(transaction, &block)?;
        }
        Ok(changes)
    }

    /// Joins a closing to its opening in this batch, if it is there.
    fn close(&mut self, closing: &Closing) -> bool {
        let place = self.open.remove(&closing.request);
        let entry = place.and_then(|place| self.draft.entries.get_mut(place));
        entry.is_some_and(|entry| {
            entry.end = Some(End::Closed(*closing));
            true
        })
    }

    fn join_early(&mut self, transaction: &Transaction<'_>) -> Result<(), Error> {
        if self.open.is_empty() || !early_closings::any(transaction)? {
            return Ok(());
        }
        let open: Vec<RequestId> = self.open.keys().copied().collect();
        for request in open {
            if let Some(closing) = early_closings::take(transaction, request)? {
                self.close(&closing);
            }
        }
        Ok(())
    }
}

impl Changes {
    pub(super) fn apply(self, running: &mut HashMap<RequestId, i64>) {
        for request in &self.ended {
            running.remove(request);
        }
        running.extend(self.begun);
    }
}
