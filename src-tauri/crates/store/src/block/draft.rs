use std::collections::{BTreeMap, HashMap};

use valetkey_core::{activity::Outcome, time::Timestamp, token::TokenId};

use super::{Entry, bytes};
use crate::description::Description;

/// A block that is being put together.
#[derive(Default)]
pub(crate) struct Draft<'b> {
    /// What is known of each description that came: its place, or that it can't be read.
    places: HashMap<&'b [u8], Option<usize>>,
    descriptions: Vec<(Description<'b>, &'b [u8])>,
    /// By ascending sequence once the block is finished.
    pub(crate) entries: Vec<Entry>,
}

/// A block as it is kept, and what is said about it beside it.
pub(crate) struct Finished<'b> {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) first_time: Timestamp,
    pub(crate) last_time: Timestamp,
    pub(crate) counts: Counts,
    /// Refusals by token, of every token in it.
    pub(crate) tokens: BTreeMap<TokenId, u64>,
    /// Refusals by service, of every service in it.
    pub(crate) services: BTreeMap<&'b str, u64>,
    pub(crate) bytes: Vec<u8>,
}

/// How many records there are in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) records: u64,
    pub(crate) refusals: u64,
    /// Without an end.
    pub(crate) open: u64,
}

impl<'b> Draft<'b> {
    /// The place of a description among the draft's; `None` where it can't be read.
    pub(crate) fn place(&mut self, description: &'b [u8]) -> Option<usize> {
        *self.places.entry(description).or_insert_with(|| {
            let read = Description::parse(description)?;
            self.descriptions.push((read, description));
            Some(self.descriptions.len() - 1)
        })
    }

    /// The latest permit of each token, and when.
    pub(crate) fn last_permits(&self) -> HashMap<TokenId, (Timestamp, Description<'b>)> {
        let mut latest = vec![None; self.descriptions.len()];
        for entry in &self.entries {
            latest[entry.description] = latest[entry.description].max(Some(entry.time));
        }
        let mut permits = HashMap::new();
        for ((description, _), latest) in self.descriptions.iter().zip(latest) {
            let (Outcome::Permit, Some(token), Some(time)) = (description.outcome, description.token, latest)
            else {
                continue;
            };
            let known = permits.entry(token).or_insert((time, *description));
            if known.0 < time {
                *known = (time, *description);
            }
        }
        permits
    }

    /// The block; `None` where there is nothing in it.
    pub(crate) fn finish(self) -> Option<Finished<'b>> {
        let first = self.entries.first()?.sequence;
        let last = self.entries.last()?.sequence;
        let mut used = vec![0_u64; self.descriptions.len()];
        let mut counts = Counts::default();
        let (mut first_time, mut last_time) = (self.entries[0].time, self.entries[0].time);
        for entry in &self.entries {
            used[entry.description] += 1;
            counts.open += u64::from(entry.end.is_none());
            first_time = first_time.min(entry.time);
            last_time = last_time.max(entry.time);
        }
        counts.records = self.entries.len() as u64;
        let (mut tokens, mut services) = (BTreeMap::new(), BTreeMap::new());
        for ((description, _), used) in self.descriptions.iter().zip(used).filter(|(_, used)| *used > 0) {
            let refusals = if description.outcome == Outcome::Refusal { used } else { 0 };
            counts.refusals += refusals;
            if let Some(token) = description.token {
                *tokens.entry(token).or_default() += refusals;
            }
            if let Some(service) = description.service {
                *services.entry(service).or_default() += refusals;
            }
        }
        let bytes = bytes::write(self.descriptions.iter().map(|(_, raw)| *raw), &self.entries);
        Some(Finished { first, last, first_time, last_time, counts, tokens, services, bytes })
    }
}
