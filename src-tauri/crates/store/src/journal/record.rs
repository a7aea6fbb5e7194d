//! The records' form.
//!
//! A record is `FF 01`, the payload's length (u16), the CRC-32 of length and payload (u32), and the payload: one byte
//! that says what it holds, then an opening, a closing or both. Numbers are little-endian; a text is its length (u16)
//! and UTF-8, cut to a fixed maximum.

use valetkey_core::{
    activity::{Caller, Closing, Ending, Opening, Outcome, RequestId, Transport},
    http::Method,
    time::Timestamp,
    token::TokenId,
};

const MAGIC: [u8; 2] = [0xFF, 0x01];
const HEADER_LEN: usize = 8;

const MAX_SERVICE: usize = 64;
const MAX_OPERATION: usize = 512;
const MAX_CONTEXT: usize = 640;
const MAX_REASON: usize = 160;
const MAX_PROGRAM: usize = 128;

const NUMBERS_LEN: usize = 1 + OPENING_NUMBERS_LEN + CLOSING_NUMBERS_LEN;
const OPENING_NUMBERS_LEN: usize = 8 + 8 + 1 + 1 + 4 + 8 + 5 * 2;
const CLOSING_NUMBERS_LEN: usize = 8 + 2 + 3 * 8 + 1;
const MAX_PAYLOAD: usize = NUMBERS_LEN + MAX_SERVICE + MAX_OPERATION + MAX_CONTEXT + MAX_REASON + MAX_PROGRAM;
/// No record is longer.
pub(super) const MAX_LEN: usize = HEADER_LEN + MAX_PAYLOAD;
/// Every closing alone is this long.
#[cfg(test)]
pub(super) const CLOSING_LEN: usize = HEADER_LEN + 1 + CLOSING_NUMBERS_LEN;

const OPENING: u8 = 1;
const CLOSING: u8 = 2;
const BOTH: u8 = 3;

const HAS_TOKEN: u8 = 1;
const HAS_SERVICE: u8 = 2;
const HAS_CALLER: u8 = 4;
const OVER_UNIX: u8 = 8;
const REFUSED: u8 = 16;
const ALL_FLAGS: u8 = HAS_TOKEN | HAS_SERVICE | HAS_CALLER | OVER_UNIX | REFUSED;
const NO_METHOD: u8 = u8::MAX;

/// What one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record<'b> {
    Opening(Opening<'b>, Option<Closing>),
    Closing(Closing),
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
    Reader(payload).record().map_or(Decoded::Damaged(whole), |record| Decoded::Record(record, whole))
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
    let flag = |bit, set| if set { bit } else { 0 };
    buffer.extend(opening.request.0.to_le_bytes());
    buffer.extend(opening.time.as_millis().to_le_bytes());
    buffer.push(
        flag(HAS_TOKEN, opening.token.is_some())
            | flag(HAS_SERVICE, opening.service.is_some())
            | flag(HAS_CALLER, opening.caller.is_some())
            | flag(OVER_UNIX, opening.transport == Transport::Unix)
            | flag(REFUSED, opening.outcome == Outcome::Refusal),
    );
    buffer.push(opening.method.map_or(NO_METHOD, method_number));
    if let Some(token) = &opening.token {
        buffer.extend(token.as_str().as_bytes());
    }
    if let Some(service) = opening.service {
        put_text(buffer, service, MAX_SERVICE);
    }
    put_text(buffer, opening.operation, MAX_OPERATION);
    put_text(buffer, opening.context, MAX_CONTEXT);
    put_text(buffer, opening.reason, MAX_REASON);
    if let Some(caller) = opening.caller {
        buffer.extend(caller.pid.to_le_bytes());
        put_text(buffer, caller.program, MAX_PROGRAM);
    }
}

fn put_closing(buffer: &mut Vec<u8>, closing: &Closing) {
    buffer.extend(closing.request.0.to_le_bytes());
    buffer.extend(closing.status.to_le_bytes());
    for count in [closing.sent, closing.received, closing.micros] {
        buffer.extend(count.to_le_bytes());
    }
    buffer.push(ending_number(closing.ending));
}

fn put_text(buffer: &mut Vec<u8>, text: &str, max: usize) {
    let cut = &text[..text.floor_char_boundary(max)];
    buffer.extend(u16::try_from(cut.len()).unwrap_or(u16::MAX).to_le_bytes());
    buffer.extend(cut.as_bytes());
}

/// What is left of a payload. Everything it gives is `None` where the payload is none of ours.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn record(mut self) -> Option<Record<'b>> {
        let record = match self.byte()? {
            OPENING => Record::Opening(self.opening()?, None),
            CLOSING => Record::Closing(self.closing()?),
            BOTH => Record::Opening(self.opening()?, Some(self.closing()?)),
            _ => return None,
        };
        self.0.is_empty().then_some(record)
    }

    fn opening(&mut self) -> Option<Opening<'b>> {
        let request = RequestId(u64::from_le_bytes(self.array()?));
        let time = Timestamp::from_millis(i64::from_le_bytes(self.array()?));
        let flags = self.byte()?;
        if flags & !ALL_FLAGS != 0 {
            return None;
        }
        let has = |flag| flags & flag != 0;
        Some(Opening {
            request,
            time,
            method: match self.byte()? {
                NO_METHOD => None,
                number => Some(*Method::ALL.get(usize::from(number))?),
            },
            token: if has(HAS_TOKEN) { Some(self.token()?) } else { None },
            service: if has(HAS_SERVICE) { Some(self.text()?) } else { None },
            operation: self.text()?,
            context: self.text()?,
            reason: self.text()?,
            outcome: if has(REFUSED) { Outcome::Refusal } else { Outcome::Permit },
            transport: if has(OVER_UNIX) { Transport::Unix } else { Transport::Tcp },
            caller: if has(HAS_CALLER) {
                Some(Caller { pid: u32::from_le_bytes(self.array()?), program: self.text()? })
            } else {
                None
            },
        })
    }

    fn closing(&mut self) -> Option<Closing> {
        Some(Closing {
            request: RequestId(u64::from_le_bytes(self.array()?)),
            status: u16::from_le_bytes(self.array()?),
            sent: u64::from_le_bytes(self.array()?),
            received: u64::from_le_bytes(self.array()?),
            micros: u64::from_le_bytes(self.array()?),
            ending: *ENDINGS.get(usize::from(self.byte()?))?,
        })
    }

    fn token(&mut self) -> Option<TokenId> {
        TokenId::parse(std::str::from_utf8(&self.array::<8>()?).ok()?)
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = u16::from_le_bytes(self.array()?);
        let (text, rest) = self.0.split_at_checked(length.into())?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}

fn method_number(method: Method) -> u8 {
    u8::try_from(method.index()).unwrap_or(NO_METHOD)
}

/// Place is number.
const ENDINGS: [Ending; 5] =
    [Ending::Complete, Ending::Cut, Ending::ClientGone, Ending::UpstreamFailed, Ending::Limit];

const fn ending_number(ending: Ending) -> u8 {
    match ending {
        Ending::Complete => 0,
        Ending::Cut => 1,
        Ending::ClientGone => 2,
        Ending::UpstreamFailed => 3,
        Ending::Limit => 4,
    }
}

#[cfg(test)]
mod tests;
