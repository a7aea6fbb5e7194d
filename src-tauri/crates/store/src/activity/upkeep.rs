//! Keeping blocks few, and no longer than the owner wants: merging small ones, taking in late ends, forgetting.
//!
//! Neighbouring blocks of one class are merged into one of the next, so that a record is written a few times in all
//! and an owner of few requests has few blocks. Each step is bounded by the size of a full block.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use valetkey_core::time::Timestamp;

use crate::{
    Error,
    block::{Draft, Entry},
    table::blocks::{self, Summary},
};

/// A block of so many records, or of so many bytes, is merged with no other.
const FULL_RECORDS: u64 = 8_192;
const FULL_SIZE: u64 = 1024 * 1024;
/// So many blocks of a class become one of the next.
const FAN_IN: usize = 32;
/// Records from which on a block is of the second class.
const SECOND_CLASS: u64 = FAN_IN as u64;
/// The same for the third and last, which are merged when together they make a full one.
const THIRD_CLASS: u64 = SECOND_CLASS * FAN_IN as u64;
/// Most blocks that forgetting looks at in one transaction.
const FORGET_AT_ONCE: u32 = 16;

/// Does one step of merging, if one is due.
pub(super) fn tidy(connection: &mut Connection) -> Result<(), Error> {
    let Some(replaced) = due(connection)? else { return Ok(()) };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    replace(&transaction, &replaced, |_| true)?;
    Ok(transaction.commit()?)
}

/// Forgets the records of ended requests from before `time`; gives their number.
pub(super) fn forget_before(connection: &mut Connection, time: Timestamp) -> Result<u64, Error> {
    let (mut cursor, mut forgotten) = (i64::MIN, 0);
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let begun = blocks::begun_before(&transaction, time, cursor, FORGET_AT_ONCE)?;
        let Some(last) = begun.last() else { return Ok(forgotten) };
        cursor = last.last;
        for block in &begun {
            if block.last_time < time && block.running == 0 {
                blocks::remove(&transaction, block.first, block.last)?;
                forgotten += block.records;
            } else {
                let kept = |entry: &Entry| entry.time >= time || entry.end.is_none();
                forgotten += replace(&transaction, std::slice::from_ref(block), kept)?;
            }
        }
        transaction.commit()?;
    }
}

/// The blocks that are to be one, oldest first.
fn due(connection: &Connection) -> Result<Option<Vec<Summary>>, Error> {
    let mut newest = None;
    let is_the_newest_or_small = |block: &Summary| {
        let first = *newest.get_or_insert(block.last) == block.last;
        first || !is_full(block)
    };
    let mut recent = blocks::newest_while(connection, is_the_newest_or_small)?;
    // The newest waits: most of what runs in it has ended by the time the next one comes.
    let newest_is_full = recent.first().is_some_and(is_full);
    let recent = recent.split_off(recent.len().min(1));
    if let Some(merged) = due_of(&recent, newest_is_full) {
        return Ok(Some(recent[..merged].iter().rev().copied().collect()));
    }
    let ended = blocks::with_late_ends_only(connection)?;
    Ok(ended.into_iter().find(is_full).map(|block| vec![block]))
}

/// How many of these blocks, newest first and none of them full, are to be one.
fn due_of(recent: &[Summary], followed_by_full: bool) -> Option<usize> {
    let records: u64 = recent.iter().map(|block| block.records).sum();
    let size: u64 = recent.iter().map(|block| block.size).sum();
    if recent.len() > 1 && (followed_by_full || records >= FULL_RECORDS || size >= FULL_SIZE) {
        return Some(recent.len());
    }
    [SECOND_CLASS, THIRD_CLASS].into_iter().find_map(|next_class| {
        let run = recent.partition_point(|block| block.records < next_class);
        let in_class = |block: &&Summary| block.records >= next_class / FAN_IN as u64;
        (recent[..run].iter().filter(in_class).count() >= FAN_IN).then_some(run)
    })
}

const fn is_full(block: &Summary) -> bool {
    block.records >= FULL_RECORDS || block.size >= FULL_SIZE
}

/// Puts one block in the place of neighbours, with their late ends and the entries that are `kept`; gives how many
/// were not.
fn replace(
    transaction: &Transaction<'_>,
    old: &[Summary],
    kept: impl Fn(&Entry) -> bool,
) -> Result<u64, Error> {
    let bytes =
        old.iter().map(|block| blocks::bytes(transaction, block.last)).collect::<Result<Vec<_>, _>>()?;
    let mut draft = Draft::default();
    let mut dropped = 0;
    for bytes in &bytes {
        let block = blocks::with_late_ends(transaction, bytes)?;
        let places: Vec<usize> = block.descriptions.iter().filter_map(|(_, raw)| draft.place(raw)).collect();
        for entry in &block.entries {
            if kept(entry) {
                draft.entries.push(Entry { description: places[entry.description], ..*entry });
            } else {
                dropped += 1;
            }
        }
    }
    for block in old {
        blocks::remove(transaction, block.first, block.last)?;
    }
    if let Some(block) = draft.finish() {
        blocks::insert(transaction, &block)?;
    }
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(last: i64, records: u64) -> Summary {
        let last_time = Timestamp::from_millis(0);
        Summary { first: last, last, last_time, records, running: 0, size: 20 * records }
    }

    /// Adds blocks of these many records, merging as they come; the blocks in the end, newest first, and how often a
    /// record was written again on average.
    #[expect(clippy::cast_precision_loss, reason = "numbers of records in a test")]
    fn add(sizes: impl Iterator<Item = u64>) -> (Vec<u64>, f64) {
        let mut all: Vec<Summary> = Vec::new();
        let (mut records, mut written) = (0, 0);
        for (size, last) in sizes.zip(0..) {
            all.insert(0, block(last, size));
            records += size;
            let small = all[1..].iter().take_while(|block| !is_full(block)).count();
            let recent = &all[1..=small];
            if let Some(count) = due_of(recent, is_full(&all[0])) {
                let sum = recent[..count].iter().map(|block| block.records).sum();
                written += sum;
                assert!(sum < 2 * FULL_RECORDS, "a step is bounded");
                let last = recent[0].last;
                all.splice(1..=count, [block(last, sum)]);
            }
        }
        (all.iter().map(|block| block.records).collect(), written as f64 / records as f64)
    }

    #[test]
    fn single_records_end_in_full_blocks_and_are_rewritten_three_times() {
        let (blocks, rewritten) = add((0..200_000).map(|_| 1));
        assert!(blocks.len() < 120, "{}", blocks.len());
        assert!(rewritten <= 3.0, "{rewritten}");
    }

    #[test]
    fn batches_of_a_busy_gateway_are_rewritten_once() {
        let (blocks, rewritten) = add((0..1_000).map(|_| 5_000));
        assert!(blocks.len() <= 502, "{}", blocks.len());
        assert!(rewritten <= 1.0, "{rewritten}");
    }

    #[test]
    fn blocks_of_any_sizes_stay_few() {
        let (blocks, rewritten) = add((0..50_000_u64).map(|n| 1 + n * n * 7_919 % 97));
        assert!(blocks.len() < 500, "{}", blocks.len());
        assert!(rewritten <= 4.0, "{rewritten}");
    }

    #[test]
    fn what_is_small_before_a_full_block_is_merged() {
        let (blocks, _) = add([3, 3, 3, 9_000, 1].into_iter());
        assert_eq!(blocks, [1, 9_000, 9]);
    }
}
