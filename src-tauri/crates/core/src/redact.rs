//! Finds a master credential that a service echoes, and blots it out.
//!
//! Searched are the forms in which a service may hand a credential back without meaning to: as it is, in
//! base64 (three alignments), in the Basic form, percent-encoded, JSON-escaped and in hex. A service that transforms it in
//! any other way is not caught; SECURITY.md says so.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{Engine, engine::general_purpose};

use crate::secret::MasterCredential;

/// Shorter credentials are not looked for: they would match everywhere.
pub const MIN_CREDENTIAL_LEN: usize = 8;

/// Looks for one credential in all its forms.
pub struct Redactor {
    needles: Vec<Vec<u8>>,
    automaton: Option<AhoCorasick>,
    beginnings: Beginnings,
    longest: usize,
}

/// The first two bytes of every needle, so that almost every place of a text is passed over by one look.
struct Beginnings {
    first: [bool; 256],
    pairs: Vec<[u8; 2]>,
}

impl Beginnings {
    fn of(needles: &[Vec<u8>]) -> Self {
        let mut first = [false; 256];
        let mut pairs: Vec<_> = needles.iter().filter_map(|needle| needle.first_chunk().copied()).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for pair in &pairs {
            first[usize::from(pair[0])] = true;
        }
        Self { first, pairs }
    }

    /// Whether a needle may begin as `tail` does, which is not empty.
    fn may_start(&self, tail: &[u8]) -> bool {
        self.first[usize::from(tail[0])] && tail.first_chunk().is_none_or(|pair| self.pairs.contains(pair))
    }
}

impl Redactor {
    /// For `credential`, sent as Basic with any of `users`.
    pub fn new<'u>(credential: &MasterCredential, users: impl IntoIterator<Item = &'u str>) -> Self {
        let secret = credential.expose().as_bytes();
        let mut needles = Vec::new();
        if secret.len() >= MIN_CREDENTIAL_LEN {
            needles.push(secret.to_vec());
            needles.extend(base64_forms(secret));
            // Without a user too: some put a credential so into a URL.
            for user in users.into_iter().chain([""]) {
                needles.extend(base64_forms(&[user.as_bytes(), b":", secret].concat()));
            }
            needles.push(percent(secret, *b"0123456789ABCDEF"));
            needles.push(percent(secret, *b"0123456789abcdef"));
            needles.push(json_escaped(secret));
            needles.push(hex(secret, *b"0123456789abcdef"));
            needles.push(hex(secret, *b"0123456789ABCDEF"));
            needles.sort();
            needles.dedup();
        }
        let automaton = (!needles.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&needles).ok())
            .flatten();
        let longest = needles.iter().map(Vec::len).max().unwrap_or(0);
        let beginnings = Beginnings::of(&needles);
        Self { needles, automaton, beginnings, longest }
    }

    /// Overwrites every whole occurrence in `bytes` with `*`, so that no length changes. Whether there was one.
    pub fn blot(&self, bytes: &mut [u8]) -> bool {
        let Some(automaton) = &self.automaton else { return false };
        let mut place = 0;
        let mut found = false;
        while let Some(hit) = automaton.find(&bytes[place..]) {
            bytes[place + hit.start()..place + hit.end()].fill(b'*');
            place += hit.end();
            found = true;
        }
        found
    }

    /// Whether there is a whole occurrence in `bytes`.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        self.automaton.as_ref().is_some_and(|automaton| automaton.is_match(bytes))
    }

    /// How many bytes at the end of `bytes` may be the beginning of an occurrence and must wait for what follows.
    /// Usually 0, so that streams are not delayed.
    pub fn pending(&self, bytes: &[u8]) -> usize {
        let most = self.longest.saturating_sub(1).min(bytes.len());
        (1..=most)
            .rev()
            .find(|&length| {
                let tail = &bytes[bytes.len() - length..];
                self.beginnings.may_start(tail) && self.needles.iter().any(|needle| needle.starts_with(tail))
            })
            .unwrap_or(0)
    }
}

impl Drop for Redactor {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.needles.zeroize();
        self.beginnings.first.zeroize();
        self.beginnings.pairs.zeroize();
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(redacted)")
    }
}

/// What of a base64 text is sure to be there wherever `secret` stands in the encoded bytes: for each of the three
/// alignments, the characters that depend on `secret` alone; in both alphabets. And the whole text of `secret` by itself, whose
/// last character would be left otherwise.
fn base64_forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![
        general_purpose::STANDARD.encode(secret).into_bytes(),
        general_purpose::URL_SAFE.encode(secret).into_bytes(),
    ];
    for engine in [&general_purpose::STANDARD_NO_PAD, &general_purpose::URL_SAFE_NO_PAD] {
        for shift in 0..3 {
            let padded = [vec![0; shift], secret.to_vec()].concat();
            let text = engine.encode(&padded).into_bytes();
            // A leading character that mixes in the bytes before, and a last one that would mix in the bytes after.
            let start = (shift * 8).div_ceil(6);
            let end = padded.len() * 8 / 6;
            if end > start + MIN_CREDENTIAL_LEN {
                forms.push(text[start..end].to_vec());
            }
        }
    }
    forms
}

fn percent(secret: &[u8], digits: [u8; 16]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in secret {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte);
        } else {
            out.extend([b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
    }
    out
}

fn hex(secret: &[u8], digits: [u8; 16]) -> Vec<u8> {
    secret.iter().flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]).collect()
}

fn json_escaped(secret: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in secret {
        if matches!(byte, b'"' | b'\\' | b'/') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let credential = MasterCredential::parse("s3cr3t/with+odd\"chars").unwrap();
        Redactor::new(&credential, ["oauth2", "octocat"])
    }

    #[test]
    fn every_form_is_blotted_and_lengths_stay() {
        let secret = b"s3cr3t/with+odd\"chars";
        let forms = [
            secret.to_vec(),
            general_purpose::STANDARD.encode([b"octocat:", &secret[..]].concat()).into_bytes(),
            general_purpose::STANDARD.encode([b"oauth2:", &secret[..]].concat()).into_bytes(),
            general_purpose::STANDARD.encode([b"x", &secret[..], b"yz"].concat()).into_bytes(),
            b"s3cr3t%2Fwith%2Bodd%22chars".to_vec(),
            b"s3cr3t\\/with+odd\\\"chars".to_vec(),
            hex(secret, *b"0123456789abcdef"),
        ];
        for form in forms {
            let mut body = [b"before ", &form[..], b" after"].concat();
            let length = body.len();
            assert!(redactor().finds(&body), "{}", String::from_utf8_lossy(&form));
            assert!(redactor().blot(&mut body), "{}", String::from_utf8_lossy(&form));
            assert!(!redactor().finds(&body));
            assert_eq!(body.len(), length);
            assert!(body.starts_with(b"before ") && body.ends_with(b" after"));
        }
    }

    #[test]
    fn a_beginning_at_the_end_waits_and_nothing_else_does() {
        let redactor = redactor();
        assert_eq!(redactor.pending(b"data: nothing here\n\n"), 0);
        assert_eq!(redactor.pending(b"x s3cr3t/wi"), 9);
        assert_eq!(redactor.pending(b""), 0);
    }

    #[test]
    fn a_credential_too_short_to_tell_is_left_alone() {
        let redactor = Redactor::new(&MasterCredential::parse("short").unwrap(), None);
        let mut body = b"short".to_vec();
        assert!(!redactor.blot(&mut body));
        assert_eq!(redactor.pending(&body), 0);
    }
}
