//! Personal tokens: their format, and the record the owner sees.
//!
//! A token is `vkey_` + 8 base62 characters (the public id) + `_` + 32 base62 characters (the secret) + 6
//! base62 characters (CRC-32 of everything before them). The string itself is never kept; [`Digest`] is.

use std::fmt;

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};
use sha2::{Digest as _, Sha256};

use crate::{Error, grant::Access, time::Timestamp};

const PREFIX: &[u8] = b"vkey_";
const ID_LEN: usize = 8;
const SECRET_LEN: usize = 32;
const CHECKSUM_LEN: usize = 6;
const ID_START: usize = PREFIX.len();
const SECRET_START: usize = ID_START + ID_LEN + 1;
const CHECKSUM_START: usize = SECRET_START + SECRET_LEN;
/// Length of a whole token in bytes.
pub const TOKEN_LEN: usize = CHECKSUM_START + CHECKSUM_LEN;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The public part of a token: names it in lists, logs and errors, and gives nothing away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; ID_LEN]);

impl TokenId {
    /// Reads eight base62 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; ID_LEN] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }

    /// The eight characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How the token begins; what lists show (`vkey_3fK9x2Qa`).
    pub fn shown(&self) -> String {
        format!("vkey_{self}")
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

/// SHA-256 of a whole token string. Enough to recognise it, useless to send.
///
/// Plain `==` is safe here: what is compared is the hash of what a caller sent, not what it sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `presented`, whatever that is.
    pub fn of(presented: &[u8]) -> Self {
        Self(Sha256::digest(presented).into())
    }

    /// From the 32 bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// A whole token string; exists between its making and the one time it is shown.
pub struct TokenSecret(SecretString);

impl TokenSecret {
    /// A new token from the operating system's generator.
    ///
    /// # Errors
    /// [`Error::NoEntropy`] where the generator fails.
    pub fn generate() -> Result<(TokenId, Self), Error> {
        let mut id = [0u8; ID_LEN];
        fill_base62(&mut id)?;
        Ok((TokenId(id), Self::generate_for(TokenId(id))?))
    }

    /// Another secret for a token that keeps its id.
    pub fn generate_for(id: TokenId) -> Result<Self, Error> {
        let mut token = [0u8; TOKEN_LEN];
        token[..ID_START].copy_from_slice(PREFIX);
        token[ID_START..ID_START + ID_LEN].copy_from_slice(&id.0);
        token[SECRET_START - 1] = b'_';
        fill_base62(&mut token[SECRET_START..CHECKSUM_START])?;
        let checksum = checksum(&token[..CHECKSUM_START]);
        token[CHECKSUM_START..].copy_from_slice(&checksum);
        let secret = SecretString::from(std::str::from_utf8(&token).unwrap_or_default());
        token.zeroize();
        Ok(Self(secret))
    }

    /// The string the application will send. Each call is a place to review.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.expose().as_bytes())
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(redacted)")
    }
}

/// What a caller presented, once its form and checksum have proved right. Nothing is known yet about
/// whether such a token was ever issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The public id it claims.
    pub id: TokenId,
    /// What to look it up by.
    pub digest: Digest,
}

impl Presented {
    /// Judges length, prefix, alphabet and checksum before anything is looked up.
    pub fn recognise(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != TOKEN_LEN || !bytes.starts_with(PREFIX) || bytes[SECRET_START - 1] != b'_' {
            return None;
        }
        let id: [u8; ID_LEN] = bytes[ID_START..ID_START + ID_LEN].try_into().ok()?;
        let base62 = |part: &[u8]| part.iter().all(u8::is_ascii_alphanumeric);
        if !base62(&id) || !base62(&bytes[SECRET_START..]) {
            return None;
        }
        if checksum(&bytes[..CHECKSUM_START]) != bytes[CHECKSUM_START..] {
            return None;
        }
        Some(Self { id: TokenId(id), digest: Digest::of(bytes) })
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LEN] {
    let mut rest = crc32fast::hash(bytes);
    let mut text = [b'0'; CHECKSUM_LEN];
    for place in text.iter_mut().rev() {
        *place = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    text
}

/// Fills `out` with uniformly drawn base62 characters: bytes past the last multiple of 62 are drawn again.
fn fill_base62(out: &mut [u8]) -> Result<(), Error> {
    let mut pool = [0u8; 64];
    let mut next = pool.len();
    for place in out {
        *place = loop {
            if next == pool.len() {
                getrandom::fill(&mut pool).map_err(|_| Error::NoEntropy)?;
                next = 0;
            }
            let byte = pool[next];
            next += 1;
            if byte < 62 * 4 {
                break BASE62[usize::from(byte % 62)];
            }
        };
    }
    pool.zeroize();
    Ok(())
}

/// The name the owner gave a token: 1–64 characters, no control or bidirectional ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(Box<str>);

impl TokenName {
    /// Takes a name as typed; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let name = text.trim();
        let length = name.chars().count();
        if length == 0 || length > 64 || !is_plain(name) {
            return Err(Error::NameInvalid);
        }
        Ok(Self(name.into()))
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What uniqueness is judged by: names that differ only in letter case are the same name.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A note beside the name: up to 500 characters, may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note(Box<str>);

impl Note {
    /// Takes a note as typed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let note = text.trim();
        if note.chars().count() > 500 || !note.split('\n').all(is_plain) {
            return Err(Error::NoteInvalid);
        }
        Ok(Self(note.into()))
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No control character and none that turns the direction of the text around it (Unicode UAX #9), which
/// could make one name look like another.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control()
            && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    })
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It works, unless it has expired.
    Active,
    /// Switched off; can be switched on again.
    Disabled,
    /// Ended for good.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// A personal token as the owner sees it. The secret is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its public id; stays the same for life, also when the secret is replaced.
    pub id: TokenId,
    /// Unique among tokens that are not revoked.
    pub name: TokenName,
    /// The owner's note.
    pub note: Note,
    /// What it may do, as the owner chose it; what it may do *now* is this cut by the owner's rights.
    pub access: Access,
    /// SHA-256 of the whole token string.
    pub digest: Digest,
    /// Active, disabled or revoked.
    pub status: Status,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself; `None` is never.
    pub expires: Option<Timestamp>,
    /// Whether it may use the HTTPS proxy.
    pub proxy: bool,
}

impl Token {
    /// Whether its time has come at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Whether it has been revoked.
    pub fn is_revoked(&self) -> bool {
        matches!(self.status, Status::Revoked { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_recognised_and_carries_its_id() {
        let (id, secret) = TokenSecret::generate().unwrap();
        let presented = Presented::recognise(secret.expose().as_bytes()).unwrap();
        assert_eq!(presented.id, id);
        assert_eq!(presented.digest, secret.digest());
        assert_eq!(secret.expose().len(), TOKEN_LEN);
    }

    #[test]
    fn every_single_changed_character_is_caught_by_form_or_checksum() {
        let (_, secret) = TokenSecret::generate().unwrap();
        let good = secret.expose().as_bytes();
        for place in 0..TOKEN_LEN {
            let mut bad = good.to_vec();
            bad[place] = if bad[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(Presented::recognise(&bad), None, "place {place}");
        }
    }

    #[test]
    fn the_published_vector_holds() {
        let body = b"vkey_00000000_00000000000000000000000000000000";
        let mut token = body.to_vec();
        token.extend(checksum(body));
        assert!(Presented::recognise(&token).is_some());
        assert_eq!(std::str::from_utf8(&token[CHECKSUM_START..]).unwrap(), "3qvnnG");
    }

    #[test]
    fn names_that_could_deceive_are_refused() {
        for bad in ["", "   ", "a\u{202E}b", "a\u{0}b", "a\nb", "\u{2066}x", &"n".repeat(65)] {
            assert!(TokenName::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(TokenName::parse("  ci-writer ").unwrap().as_str(), "ci-writer");
        assert!(TokenName::parse("<img onerror=alert(1)>").is_ok(), "shown as text, so allowed");
    }
}
