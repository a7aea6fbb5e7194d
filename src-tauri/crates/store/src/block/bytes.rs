//! The bytes of a block.
//!
//! A version (one byte), the CRC-32 of all that follows (u32), the descriptions, each behind its length, and the
//! entries. All numbers are of variable length, seven bits a byte; what mostly grows is written as the difference to
//! the entry before.

use valetkey_core::{
    activity::{Closing, RequestId},
    time::Timestamp,
};

use super::{Block, Entry};
use crate::{description::Description, ending, row::End};

const VERSION: u8 = 1;
const HEADER_LEN: usize = 5;

/// What an entry's first byte says of its end: none, unfinished, or an ending's number behind these.
const RUNNING: u8 = 0;
const UNFINISHED: u8 = 1;
const FIRST_ENDING: u8 = 2;
const END: u8 = 0b0111;
/// Its sequence is not the one after that of the entry before.
const GAP: u8 = 0b1000;

pub(super) fn write<'b>(descriptions: impl ExactSizeIterator<Item = &'b [u8]>, entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LEN + 32 * entries.len());
    bytes.push(VERSION);
    bytes.extend([0; HEADER_LEN - 1]);
    put(&mut bytes, descriptions.len() as u64);
    for description in descriptions {
        put(&mut bytes, description.len() as u64);
        bytes.extend(description);
    }
    put(&mut bytes, entries.len() as u64);
    let mut before = START;
    for entry in entries {
        put_entry(&mut bytes, &before, entry);
        before = *entry;
    }
    let checksum = crc32fast::hash(&bytes[HEADER_LEN..]);
    bytes[1..HEADER_LEN].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

pub(super) fn parse(bytes: &[u8]) -> Option<Block<'_>> {
    let (header, body) = bytes.split_first_chunk::<HEADER_LEN>()?;
    let [version, checksum @ ..] = *header;
    if version != VERSION || u32::from_le_bytes(checksum) != crc32fast::hash(body) {
        return None;
    }
    let mut reader = Reader(body);
    let mut descriptions = Vec::new();
    for _ in 0..reader.number()? {
        let length = usize::try_from(reader.number()?).ok()?;
        let (raw, rest) = reader.0.split_at_checked(length)?;
        reader.0 = rest;
        descriptions.push((Description::parse(raw)?, raw));
    }
    let count = usize::try_from(reader.number()?).ok()?;
    let mut entries = Vec::with_capacity(count.min(reader.0.len()));
    let mut before = START;
    for _ in 0..count {
        before = reader.entry(&before).filter(|entry| entry.description < descriptions.len())?;
        entries.push(before);
    }
    reader.0.is_empty().then_some(Block { descriptions, entries })
}

/// Before the first entry.
const START: Entry =
    Entry { sequence: 0, request: RequestId(0), time: Timestamp::from_millis(0), description: 0, end: None };

fn put_entry(bytes: &mut Vec<u8>, before: &Entry, entry: &Entry) {
    let gap = entry.sequence.wrapping_sub(before.sequence).wrapping_sub(1);
    let end = match entry.end {
        None => RUNNING,
        Some(End::Unfinished) => UNFINISHED,
        Some(End::Closed(closing)) => FIRST_ENDING + ending::number(closing.ending),
    };
    bytes.push(end | if gap == 0 { 0 } else { GAP });
    if gap != 0 {
        put_signed(bytes, gap);
    }
    put(bytes, entry.description as u64);
    put_signed(bytes, entry.request.0.wrapping_sub(before.request.0).cast_signed());
    put_signed(bytes, entry.time.as_millis().wrapping_sub(before.time.as_millis()));
    if let Some(End::Closed(closing)) = entry.end {
        put(bytes, closing.status.into());
        put(bytes, closing.sent);
        put(bytes, closing.received);
        put(bytes, closing.micros);
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while let high @ 1.. = number >> 7 {
        bytes.push(low_seven(number) | 0x80);
        number = high;
    }
    bytes.push(low_seven(number));
}

const fn low_seven(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7F
}

/// Small numbers of either sign are short.
fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// What is left to read. Everything it gives is `None` where the bytes are none of ours.
struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn entry(&mut self, before: &Entry) -> Option<Entry> {
        let first = self.byte()?;
        let gap = if first & GAP == 0 { 0 } else { self.signed()? };
        let description = usize::try_from(self.number()?).ok()?;
        let request = RequestId(before.request.0.wrapping_add(self.signed()?.cast_unsigned()));
        let time = Timestamp::from_millis(before.time.as_millis().wrapping_add(self.signed()?));
        let end = match first & !GAP {
            RUNNING => None,
            UNFINISHED => Some(End::Unfinished),
            end => Some(End::Closed(Closing {
                request,
                ending: ending::parse((end & END).checked_sub(FIRST_ENDING).filter(|_| end <= END)?)?,
                status: u16::try_from(self.number()?).ok()?,
                sent: self.number()?,
                received: self.number()?,
                micros: self.number()?,
            })),
        };
        let sequence = before.sequence.wrapping_add(gap).wrapping_add(1);
        Some(Entry { sequence, request, time, description, end })
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};

    use super::*;
    use valetkey_core::activity::{Outcome, Transport};

    fn ends() -> impl Strategy<Value = End> {
        prop_oneof![
            Just(End::Unfinished),
            (any::<u16>(), any::<[u64; 3]>(), 0..5_u8).prop_map(
                |(status, [sent, received, micros], ending)| {
                    let ending = ending::parse(ending).unwrap();
                    let request = RequestId(0);
                    End::Closed(Closing { request, status, sent, received, micros, ending })
                }
            )
        ]
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry = (any::<[i64; 2]>(), any::<u64>(), 0..3_usize, option::of(ends()));
        proptest::collection::vec(entry, 0..20).prop_map(|all| {
            let entry = |([sequence, time], request, description, end): ([i64; 2], _, _, Option<End>)| {
                let request = RequestId(request);
                let end = end.map(|end| match end {
                    End::Closed(closing) => End::Closed(Closing { request, ..closing }),
                    End::Unfinished => end,
                });
                Entry { sequence, request, time: Timestamp::from_millis(time), description, end }
            };
            all.into_iter().map(entry).collect()
        })
    }

    fn three_descriptions() -> Vec<Vec<u8>> {
        let description = |operation| {
            let mut bytes = Vec::new();
            Description {
                token: None,
                service: None,
                method: None,
                operation,
                context: "",
                outcome: Outcome::Permit,
                reason: "permit",
                transport: Transport::Tcp,
                caller: None,
            }
            .write(&mut bytes);
            bytes
        };
        ["/a", "/b", "/c"].map(description).into()
    }

    proptest! {
        #[test]
        fn blocks_read_back(entries in entries()) {
            let descriptions = three_descriptions();
            let bytes = write(descriptions.iter().map(|raw| &**raw), &entries);
            let block = parse(&bytes).unwrap();
            prop_assert_eq!(block.entries, entries);
            prop_assert_eq!(block.descriptions.len(), 3);
        }

        #[test]
        fn a_changed_byte_is_noticed(entries in entries(), place: prop::sample::Index, change in 1..=u8::MAX) {
            let descriptions = three_descriptions();
            let mut bytes = write(descriptions.iter().map(|raw| &**raw), &entries);
            let place = place.index(bytes.len());
            bytes[place] ^= change;
            prop_assert!(parse(&bytes).is_none());
        }

        #[test]
        fn no_bytes_with_a_right_checksum_make_the_reader_panic(body: Vec<u8>) {
            let mut bytes = vec![VERSION];
            bytes.extend(crc32fast::hash(&body).to_le_bytes());
            bytes.extend(body);
            parse(&bytes);
        }
    }
}
