//! Blocks: the form in which records are kept. One holds many records, each description once, and never changes;
//! it is replaced by another one with the same records, with more, or with fewer.

mod bytes;
mod draft;

use valetkey_core::{
    activity::{Outcome, RequestId},
    time::Timestamp,
    token::TokenId,
};

use crate::{
    description::Description,
    row::{End, Filter, Row, RowCaller},
};
pub(crate) use draft::{Draft, Finished};

/// One request in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) sequence: i64,
    pub(crate) request: RequestId,
    pub(crate) time: Timestamp,
    /// Its place among the block's descriptions.
    pub(crate) description: usize,
    /// `None` where it ran when the block was made.
    pub(crate) end: Option<End>,
}

/// A block that has been read.
pub(crate) struct Block<'b> {
    /// The descriptions, read and as they were written.
    pub(crate) descriptions: Vec<(Description<'b>, &'b [u8])>,
    /// By ascending sequence.
    pub(crate) entries: Vec<Entry>,
}

impl<'b> Block<'b> {
    /// Reads all of `bytes`; `None` where they are damaged.
    pub(crate) fn parse(bytes: &'b [u8]) -> Option<Self> {
        bytes::parse(bytes)
    }

    /// The entries that `filter` asks for, newest first. Its limit is the caller's business.
    pub(crate) fn matching(&self, filter: &Filter) -> impl Iterator<Item = &Entry> {
        let wanted: Vec<bool> =
            self.descriptions.iter().map(|(description, _)| description.matches(filter)).collect();
        let after = filter.after.unwrap_or(i64::MIN);
        let before = filter.before.unwrap_or(i64::MAX);
        let by_service = filter.refused_by_service_only;
        let asked = move |entry: &&Entry| {
            let refused = || {
                self.descriptions[entry.description].0.outcome == Outcome::Refusal
                    || entry.end.is_some_and(End::is_refusal_of_service)
            };
            wanted[entry.description]
                && after < entry.sequence
                && entry.sequence < before
                && (!by_service || refused())
        };
        self.entries.iter().rev().filter(asked)
    }

    /// For each description, how many of its entries are of `time` or later, and the latest of them; of the permits of `token`.
    pub(crate) fn permits_of(
        &self,
        token: TokenId,
        time: Timestamp,
    ) -> Vec<(&Description<'b>, u64, Timestamp)> {
        let mut counts = vec![(0, time); self.descriptions.len()];
        for entry in self.entries.iter().filter(|entry| entry.time >= time) {
            let (count, last) = &mut counts[entry.description];
            *count += 1;
            *last = entry.time.max(*last);
        }
        let all = self.descriptions.iter().zip(counts);
        all.filter(|((description, _), (count, _))| {
            *count > 0 && description.token == Some(token) && description.outcome == Outcome::Permit
        })
        .map(|((description, _), (count, last))| (description, count, last))
        .collect()
    }

    /// The row of an entry.
    pub(crate) fn row(&self, entry: &Entry) -> Row {
        let (description, _) = self.descriptions[entry.description];
        Row {
            sequence: entry.sequence,
            request: entry.request,
            time: entry.time,
            token: description.token,
            service: description.service.map(Into::into),
            method: description.method,
            operation: description.operation.into(),
            context: description.context.into(),
            outcome: description.outcome,
            reason: description.reason.into(),
            transport: description.transport,
            caller: description
                .caller
                .map(|caller| RowCaller { pid: caller.pid, program: caller.program.into() }),
            end: entry.end,
        }
    }
}
