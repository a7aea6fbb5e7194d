use valetkey_core::http::Method;

use super::{GuardError, Head};

/// How long a request's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    None,
    /// So many bytes, at least one.
    Length(u64),
    /// Chunked.
    Chunked,
}

/// What a head says about the message and the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts about one head")]
pub(crate) struct Facts {
    pub(crate) method: Method,
    pub(crate) framing: Framing,
    /// The client waits for 100 before it sends its body.
    pub(crate) expects_continue: bool,
    /// The connection ends after this request.
    pub(crate) close: bool,
    /// `Connection: upgrade` and one `Upgrade` are there.
    pub(crate) upgrade: bool,
    /// A browser sent it on behalf of a page.
    pub(crate) cross_origin: bool,
    /// The client names gzip as a coding that it reads, and asks neither for a range nor for an upgrade.
    pub(crate) takes_gzip: bool,
}

/// Headers that `Connection` must not name: dropping them would change who asks, whom, or how much (CVE-2025-48865).
const NEVER_NAMED: [&[u8]; 6] =
    [b"authorization", b"host", b"content-length", b"transfer-encoding", b"content-type", b"cookie"];

impl Facts {
    /// Judges the fields of a sound head.
    pub(crate) fn of(head: &Head, bytes: &[u8]) -> Result<Self, GuardError> {
        let method = head.method().ok_or(GuardError::Method)?;
        let mut length = None;
        let mut chunked = false;
        let mut close = head.is_old_version();
        let mut connection_upgrade = false;
        let mut upgrades = 0;
        let mut expects_continue = false;
        let mut cross_origin = false;
        let mut offers_gzip = false;
        let mut ranged = false;
        for (name, value) in head.fields(bytes) {
            // Lengths tell most names apart without a comparison.
            match name.len() {
                2 if is(name, b"te") && !value.is_empty() && !is(value, b"trailers") => {
                    return Err(GuardError::Trailers);
                }
                5 if is(name, b"range") => ranged = true,
                6 if is(name, b"expect") => {
                    if !is(value, b"100-continue") {
                        return Err(GuardError::Expect);
                    }
                    expects_continue = true;
                }
                6 if is(name, b"origin") => cross_origin = true,
                7 if is(name, b"upgrade") => upgrades += 1,
                7 if is(name, b"trailer") => return Err(GuardError::Trailers),
                10 if is(name, b"connection") => {
                    for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                        if NEVER_NAMED.iter().any(|never| is(option, never)) {
                            return Err(GuardError::ConnectionNames);
                        }
                        close |= is(option, b"close");
                        connection_upgrade |= is(option, b"upgrade");
                    }
                }
                14 if is(name, b"content-length") => {
                    if length.is_some() {
                        return Err(GuardError::ContentLength);
                    }
                    length = Some(read_length(value).ok_or(GuardError::ContentLength)?);
                }
                14 if is(name, b"sec-fetch-site") => cross_origin |= !is(value, b"none"),
                14 if is(name, b"sec-fetch-mode") => cross_origin |= is(value, b"navigate"),
                15 if is(name, b"accept-encoding") => offers_gzip |= offers_gzip_in(value),
                17 if is(name, b"transfer-encoding") => {
                    if chunked || !is(value, b"chunked") {
                        return Err(GuardError::TransferEncoding);
                    }
                    chunked = true;
                }
                _ => {}
            }
        }
        let framing = match (length, chunked) {
            (Some(_), true) => return Err(GuardError::BothFramings),
            (_, true) | (Some(1..), _) if head.is_old_version() => return Err(GuardError::OldVersionBody),
            (_, true) => Framing::Chunked,
            (None | Some(0), false) => Framing::None,
            (Some(length), false) => Framing::Length(length),
        };
        let upgrade = connection_upgrade && upgrades == 1 && !head.is_old_version();
        let takes_gzip = offers_gzip && !ranged && !upgrade;
        Ok(Self { method, framing, expects_continue, close, upgrade, cross_origin, takes_gzip })
    }
}

/// `1*DIGIT` without leading zeros, that fits in 64 bits.
fn read_length(value: &[u8]) -> Option<u64> {
    let sound =
        !value.is_empty() && value.iter().all(u8::is_ascii_digit) && (value.len() == 1 || value[0] != b'0');
    if sound { std::str::from_utf8(value).ok()?.parse().ok() } else { None }
}

/// Whether an Accept-Encoding names gzip, with a weight that is not 0 (RFC 9110 §12.5.3). `*` alone names nothing.
fn offers_gzip_in(value: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|offer| {
        let mut parts = offer.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let coding = parts.next().unwrap_or_default();
        (is(coding, b"gzip") || is(coding, b"x-gzip"))
            && parts.all(|part| match part.split_first_chunk::<2>() {
                Some((b"q=" | b"Q=", weight)) => weight.iter().any(|digit| matches!(digit, b'1'..=b'9')),
                _ => true,
            })
    })
}

pub(super) fn is(text: &[u8], lower: &[u8]) -> bool {
    text.eq_ignore_ascii_case(lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::read_head;

    fn facts(fields: &str) -> Result<Facts, GuardError> {
        let bytes = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
        let mut head = Head::default();
        read_head(bytes.as_bytes(), &mut head)?;
        Facts::of(&head, bytes.as_bytes())
    }

    #[test]
    fn lengths_have_one_spelling() {
        assert_eq!(facts("Content-Length: 5").unwrap().framing, Framing::Length(5));
        assert_eq!(facts("Content-Length: 0").unwrap().framing, Framing::None);
        assert_eq!(facts("Host: x").unwrap().framing, Framing::None);
        for bad in ["+5", "-1", "005", "00", "5,5", "5, 5", "0x5", "5 5", "", "18446744073709551616", "5;a"] {
            let error = facts(&format!("Content-Length: {bad}")).unwrap_err();
            assert_eq!(error, GuardError::ContentLength, "{bad}");
        }
        assert_eq!(facts("Content-Length: 5\r\ncontent-length: 5"), Err(GuardError::ContentLength));
    }

    #[test]
    fn chunked_stands_alone() {
        assert_eq!(facts("Transfer-Encoding: chunked").unwrap().framing, Framing::Chunked);
        for bad in
            ["xchunked", "chunked, identity", "identity", "gzip, chunked", "chunked,", "", "\"chunked\""]
        {
            let error = facts(&format!("Transfer-Encoding: {bad}")).unwrap_err();
            assert_eq!(error, GuardError::TransferEncoding, "{bad}");
        }
        let twice = "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked";
        assert_eq!(facts(twice), Err(GuardError::TransferEncoding));
        assert_eq!(facts("Content-Length: 5\r\nTransfer-Encoding: chunked"), Err(GuardError::BothFramings));
        assert_eq!(facts("Transfer-Encoding: chunked\r\nContent-Length: 5"), Err(GuardError::BothFramings));
    }

    #[test]
    fn connection_may_not_name_what_must_stay() {
        assert!(facts("Connection: close").unwrap().close);
        assert!(facts("Connection: keep-alive, X-Custom").is_ok());
        for bad in ["authorization", "Host", "close, Authorization", "transfer-encoding"] {
            assert_eq!(facts(&format!("Connection: {bad}")), Err(GuardError::ConnectionNames), "{bad}");
        }
    }

    #[test]
    fn gzip_is_taken_where_the_client_names_it() {
        for taken in ["gzip", "br, GZIP;q=0.5", "deflate , x-gzip ; Q=1", "identity\r\nAccept-Encoding: gzip"]
        {
            assert!(facts(&format!("Accept-Encoding: {taken}")).unwrap().takes_gzip, "{taken}");
        }
        for not in [
            "",
            "*",
            "br",
            "gzipped",
            "gzip;q=0",
            "gzip; q=0.000, br",
            "gzip;q=",
            "gzip\r\nRange: bytes=0-1",
            "gzip\r\nConnection: upgrade\r\nUpgrade: websocket",
        ] {
            assert!(!facts(&format!("Accept-Encoding: {not}")).unwrap().takes_gzip, "{not}");
        }
    }

    #[test]
    fn browsers_give_themselves_away() {
        for page in [
            "Origin: null",
            "Origin: https://evil.com",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Mode: navigate",
        ] {
            assert!(facts(page).unwrap().cross_origin, "{page}");
        }
        assert!(!facts("Sec-Fetch-Site: none\r\nSec-Fetch-Mode: cors").unwrap().cross_origin);
    }
}
