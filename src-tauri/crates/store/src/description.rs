//! What a request is besides its number, its time and its end: who asked for what of whom, and what was decided.
//!
//! Many requests share it, so that a journal writes it as one run of bytes, and a block of records holds each once.
//! Numbers are little-endian; a text is its length (u16) and UTF-8, cut to a fixed maximum.

use valetkey_core::{
    activity::{Caller, Opening, Outcome, Transport},
    http::Method,
    token::TokenId,
};

use crate::row::Filter;

const MAX_SERVICE: usize = 64;
const MAX_OPERATION: usize = 512;
const MAX_CONTEXT: usize = 640;
const MAX_REASON: usize = 160;
const MAX_PROGRAM: usize = 128;

const NUMBERS_LEN: usize = 1 + 1 + 4 + 8 + 5 * 2;
/// No description is longer.
pub(crate) const MAX_LEN: usize =
    NUMBERS_LEN + MAX_SERVICE + MAX_OPERATION + MAX_CONTEXT + MAX_REASON + MAX_PROGRAM;

const HAS_TOKEN: u8 = 1;
const HAS_SERVICE: u8 = 2;
const HAS_CALLER: u8 = 4;
const OVER_UNIX: u8 = 8;
const REFUSED: u8 = 16;
const ALL_FLAGS: u8 = HAS_TOKEN | HAS_SERVICE | HAS_CALLER | OVER_UNIX | REFUSED;
const NO_METHOD: u8 = u8::MAX;

/// The fields of an [`Opening`] that are described here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Description<'b> {
    pub(crate) token: Option<TokenId>,
    pub(crate) service: Option<&'b str>,
    pub(crate) method: Option<Method>,
    pub(crate) operation: &'b str,
    pub(crate) context: &'b str,
    pub(crate) outcome: Outcome,
    pub(crate) reason: &'b str,
    pub(crate) transport: Transport,
    pub(crate) caller: Option<Caller<'b>>,
}

impl<'b> Description<'b> {
    pub(crate) const fn of(opening: &Opening<'b>) -> Self {
        let Opening {
            token, service, method, operation, context, outcome, reason, transport, caller, ..
        } = *opening;
        Self { token, service, method, operation, context, outcome, reason, transport, caller }
    }

    /// Whether requests described so are asked for.
    pub(crate) fn matches(&self, filter: &Filter) -> bool {
        filter.token.is_none_or(|token| self.token == Some(token))
            && filter.service.as_deref().is_none_or(|service| self.service == Some(service))
            && match self.outcome {
                Outcome::Refusal => filter.denied_only || !filter.refused_by_service_only,
                Outcome::Permit => filter.refused_by_service_only || !filter.denied_only,
            }
    }

    /// Reads all of `bytes`; `None` where they are no description.
    pub(crate) fn parse(bytes: &'b [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let description = reader.description()?;
        reader.0.is_empty().then_some(description)
    }

    pub(crate) fn write(&self, buffer: &mut Vec<u8>) {
        let flag = |bit, set| if set { bit } else { 0 };
        buffer.push(
            flag(HAS_TOKEN, self.token.is_some())
                | flag(HAS_SERVICE, self.service.is_some())
                | flag(HAS_CALLER, self.caller.is_some())
                | flag(OVER_UNIX, self.transport == Transport::Unix)
                | flag(REFUSED, self.outcome == Outcome::Refusal),
        );
        buffer.push(self.method.map_or(NO_METHOD, method_number));
        if let Some(token) = &self.token {
            buffer.extend(token.as_str().as_bytes());
        }
        if let Some(service) = self.service {
            put_text(buffer, service, MAX_SERVICE);
        }
        put_text(buffer, self.operation, MAX_OPERATION);
        put_text(buffer, self.context, MAX_CONTEXT);
        put_text(buffer, self.reason, MAX_REASON);
        if let Some(caller) = self.caller {
            buffer.extend(caller.pid.to_le_bytes());
            put_text(buffer, caller.program, MAX_PROGRAM);
        }
    }
}

fn put_text(buffer: &mut Vec<u8>, text: &str, max: usize) {
    let cut = &text[..text.floor_char_boundary(max)];
    buffer.extend(u16::try_from(cut.len()).unwrap_or(u16::MAX).to_le_bytes());
    buffer.extend(cut.as_bytes());
}

/// What is left to read. Everything it gives is `None` where the bytes are none of ours.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn description(&mut self) -> Option<Description<'b>> {
        let flags = self.byte()?;
        if flags & !ALL_FLAGS != 0 {
            return None;
        }
        let has = |flag| flags & flag != 0;
        Some(Description {
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
