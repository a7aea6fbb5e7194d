//! What the benches of this crate measure, and nothing else may use: reading a head, and writing both heads anew.

use valetkey_core::{decision::Permit, http::Method, path::Path};

use crate::{
    forwarded,
    guard::{self, Facts, HeadState},
    reply::{self, Location, OutFraming, Passage},
};

/// A request's head, reused from request to request as on a connection.
#[derive(Debug, Default)]
pub struct RequestHead(guard::Head);

impl RequestHead {
    /// Guards the bytes of a head; whether it is whole and sound.
    pub fn read(&mut self, bytes: &[u8]) -> bool {
        guard::read_head(bytes, &mut self.0) == Ok(HeadState::Complete) && Facts::of(&self.0, bytes).is_ok()
    }

    /// Writes what the service gets of a head that was read from `bytes`; whether there was nothing against it.
    pub fn forward(&self, permit: &Permit, bytes: &[u8], path: Path<'_>, out: &mut Vec<u8>) -> bool {
        out.clear();
        Facts::of(&self.0, bytes)
            .and_then(|facts| forwarded::write_head(permit, &self.0, bytes, &facts, path, None, out))
            .is_ok()
    }
}

/// A reply's head, reused likewise.
#[derive(Debug, Default)]
pub struct ReplyHead(reply::ReplyHead);

impl ReplyHead {
    /// Judges the bytes of a head; whether it is whole and sound.
    pub fn read(&mut self, bytes: &[u8]) -> bool {
        reply::read_reply_head(bytes, &mut self.0) == Ok(true)
    }

    /// Writes what the application gets of a head that was read from `bytes`; whether its length was clear.
    pub fn pass_on(&self, permit: &Permit, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        out.clear();
        let Ok(framing) = self.0.framing(bytes, Method::Get) else { return false };
        let passage = Passage {
            service: &permit.service().name,
            endpoint: permit.endpoint(),
            injection: permit.injection(),
            location: Location::Prefix("http", "127.0.0.1:7743"),
            framing: OutFraming::of(framing, &self.0, bytes, Method::Get, false),
            close: false,
        };
        reply::rewrite_reply(&self.0, bytes, passage, out);
        true
    }
}
