//! The records' form.
//!
//! A record is `FF 01`, the payload's length (u16), the CRC-32 of length and payload (u32), and the payload: one byte
//! that says what it holds, then an opening (request, time, description), a closing or both. Numbers are little-endian.

use valetkey_core::{
    activity::{Closing, Opening, RequestId},
    time::Timestamp,
};

use crate::{
    description::{self, Description},
    ending,
};

const MAGIC: [u8; 2] = [0xFF, 0x01];
const HEADER_LEN: usize = 8;

/// Request and time of an opening.
const WHEN_LEN: usize = 8 + 8;
const CLOSING_PAYLOAD_LEN: usize = 8 + 2 + 3 * 8 + 1;
const MAX_PAYLOAD: usize = 1 + WHEN_LEN + description::MAX_LEN + CLOSING_PAYLOAD_LEN;
/// No record is longer.
pub(super) const MAX_LEN: usize = HEADER_LEN + MAX_PAYLOAD;
/// Every closing alone is this long.
#[cfg(test)]
pub(super) const CLOSING_LEN: usize = HEADER_LEN + 1 + CLOSING_PAYLOAD_LEN;

const OPENING: u8 = 1;
const CLOSING: u8 = 2;
const BOTH: u8 = 3;

/// What one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record<'b> {
    Opening(Opened<'b>, Option<Closing>),
    Closing(Closing),
}

/// An opening whose description is not read yet: most are the same as one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened<'b> {
    pub(crate) request: RequestId,
    pub(crate) time: Timestamp,
    pub(crate) description: &'b [u8],
}

/// What stands at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'b> {
    /// A record and its length.
    Record(Record<'b>, usize),
    /// Something of this length that has a record's frame and is none.
    Damaged(usize),
    /// The beginning of a record, or nothing.
    Incomplete,
    /// Nothing that could be a record.
    Lost,
}

pub(super) fn encode_opening(buffer: &mut Vec<u8>, opening: &Opening<'_>, closing: Option<&Closing>) {
    begin(buffer, if closing.is_some() { BOTH } else { OPENING });
    put_opening(buffer, opening);
    if let Some(closing) = closing {
        put_closing(buffer, closing);
    }
    finish(buffer);
}

pub(super) fn encode_closing(buffer: &mut Vec<u8>, closing: &Closing) {
    begin(buffer, CLOSING);
    put_closing(buffer, closing);
    finish(buffer);
}

pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let present = bytes.len().min(MAGIC.len());
    if bytes[..present] != MAGIC[..present] {
        return Decoded::Lost;
    }
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER_LEN>() else { return Decoded::Incomplete };
    let [_, _, low, high, crc @ ..] = *header;
    let length = usize::from(u16::from_le_bytes([low, high]));
    if length > MAX_PAYLOAD {
        return Decoded::Lost;
    }
    let Some(payload) = rest.get(..length) else { return Decoded::Incomplete };
    let whole = HEADER_LEN + length;
    if u32::from_le_bytes(crc) != checksum([low, high], payload) {
        return Decoded::Damaged(whole);
    }
    parse(payload).map_or(Decoded::Damaged(whole), |record| Decoded::Record(record, whole))
}

fn begin(buffer: &mut Vec<u8>, what: u8) {
    buffer.clear();
    buffer.extend(MAGIC);
    buffer.extend([0; HEADER_LEN - MAGIC.len()]);
    buffer.push(what);
}

fn finish(buffer: &mut [u8]) {
    let Some((header, payload)) = buffer.split_first_chunk_mut::<HEADER_LEN>() else { return };
    // Every text is cut, so that a payload is never longer than its length field can say.
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX).to_le_bytes();
    header[2..4].copy_from_slice(&length);
    header[4..].copy_from_slice(&checksum(length, payload).to_le_bytes());
}

fn checksum(length: [u8; 2], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    hasher.finalize()
}

fn put_opening(buffer: &mut Vec<u8>, opening: &Opening<'_>) {
    buffer.extend(opening.request.0.to_le_bytes());
    buffer.extend(opening.time.as_millis().to_le_bytes());
    Description::of(opening).write(buffer);
}

fn put_closing(buffer: &mut Vec<u8>, closing: &Closing) {
    buffer.extend(closing.request.0.to_le_bytes());
    buffer.extend(closing.status.to_le_bytes());
    for count in [closing.sent, closing.received, closing.micros] {
        buffer.extend(count.to_le_bytes());
    }
    buffer.push(ending::number(closing.ending));
}

/// Reads a payload; `None` where it is none of ours.
fn parse(payload: &[u8]) -> Option<Record<'_>> {
    let (what, rest) = payload.split_first()?;
    match *what {
        OPENING => Some(Record::Opening(opened(rest)?, None)),
        CLOSING => Some(Record::Closing(closing(rest)?)),
        BOTH => {
            let (opening, end) = rest.split_at_checked(rest.len().checked_sub(CLOSING_PAYLOAD_LEN)?)?;
            Some(Record::Opening(opened(opening)?, Some(closing(end)?)))
        }
        _ => None,
    }
}

fn opened(bytes: &[u8]) -> Option<Opened<'_>> {
    let (request, rest) = bytes.split_first_chunk()?;
    let (time, description) = rest.split_first_chunk()?;
    Some(Opened {
        request: RequestId(u64::from_le_bytes(*request)),
        time: Timestamp::from_millis(i64::from_le_bytes(*time)),
        description,
    })
}

fn closing(bytes: &[u8]) -> Option<Closing> {
    let (request, rest) = bytes.split_first_chunk()?;
    let (status, rest) = rest.split_first_chunk()?;
    let (sent, rest) = rest.split_first_chunk()?;
    let (received, rest) = rest.split_first_chunk()?;
    let (micros, rest) = rest.split_first_chunk()?;
    let [ending] = rest else { return None };
    Some(Closing {
        request: RequestId(u64::from_le_bytes(*request)),
        status: u16::from_le_bytes(*status),
        sent: u64::from_le_bytes(*sent),
        received: u64::from_le_bytes(*received),
        micros: u64::from_le_bytes(*micros),
        ending: ending::parse(*ending)?,
    })
}

#[cfg(test)]
mod tests;
