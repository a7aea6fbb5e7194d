use std::ops::Range;

use valetkey_core::http::Method;

use super::{MAX_REPLY_FIELDS, MAX_REPLY_HEAD, ReplyError};

/// A reply head as places in the buffer it was read from.
#[derive(Debug, Default)]
pub(crate) struct ReplyHead {
    pub(crate) status: u16,
    old_version: bool,
    reason: Range<usize>,
    fields: Vec<(Range<usize>, Range<usize>)>,
    pub(crate) len: usize,
}

/// How long a reply's body is (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyFraming {
    /// There is none.
    None,
    /// So many bytes.
    Length(u64),
    /// Chunked.
    Chunked,
    /// To the end of the connection.
    UntilClose,
}

impl ReplyHead {
    pub(crate) fn reason<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.reason.clone()]
    }

    pub(crate) fn fields<'b>(&self, bytes: &'b [u8]) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
        self.fields.iter().map(|(name, value)| (&bytes[name.clone()], &bytes[value.clone()]))
    }

    pub(crate) fn value<'b>(&self, bytes: &'b [u8], name: &str) -> Option<&'b [u8]> {
        self.fields(bytes)
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// Whether the connection can be used again after this reply, as far as the head says.
    pub(crate) fn keeps_alive(&self, bytes: &[u8]) -> bool {
        !self.old_version
            && !self.fields(bytes).any(|(name, value)| {
                name.eq_ignore_ascii_case(b"connection")
                    && value
                        .split(|byte| *byte == b',')
                        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
            })
    }

    /// The one Content-Length, as far as [`Self::framing`] found it sound.
    pub(crate) fn stated_length(&self, bytes: &[u8]) -> Option<u64> {
        std::str::from_utf8(self.value(bytes, "content-length")?).ok()?.parse().ok()
    }

    /// The body's framing; anything that two readers could take differently is an error.
    pub(crate) fn framing(&self, bytes: &[u8], method: Method) -> Result<ReplyFraming, ReplyError> {
        let mut length = None;
        let mut chunked = false;
        for (name, value) in self.fields(bytes) {
            if name.eq_ignore_ascii_case(b"content-length") {
                if length.is_some() || value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
                    return Err(ReplyError::Framing);
                }
                let text = std::str::from_utf8(value).map_err(|_| ReplyError::Framing)?;
                length = Some(text.parse().map_err(|_| ReplyError::Framing)?);
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                if chunked || !value.eq_ignore_ascii_case(b"chunked") || self.old_version {
                    return Err(ReplyError::Framing);
                }
                chunked = true;
            }
        }
        if length.is_some() && chunked {
            return Err(ReplyError::Framing);
        }
        if method == Method::Head || matches!(self.status, 100..=199 | 204 | 304) {
            return Ok(ReplyFraming::None);
        }
        Ok(match (length, chunked) {
            (_, true) => ReplyFraming::Chunked,
            (Some(0), false) => ReplyFraming::None,
            (Some(length), false) => ReplyFraming::Length(length),
            (None, false) => ReplyFraming::UntilClose,
        })
    }
}

/// Reads a reply head from the beginning of `bytes` into `head`, which is reused from reply to reply; `false` where more is needed.
pub(crate) fn read_reply_head(bytes: &[u8], head: &mut ReplyHead) -> Result<bool, ReplyError> {
    head.fields.clear();
    let mut place = 0;
    loop {
        // CR or LF alone would let a service write a header that only some readers see.
        let end = match memchr::memchr2(b'\r', b'\n', &bytes[place..]).map(|length| place + length) {
            Some(end) if bytes[end] == b'\r' && end + 1 < bytes.len() => end,
            Some(end) if bytes[end] == b'\n' => return Err(ReplyError::Field),
            Some(_) | None if bytes.len() >= MAX_REPLY_HEAD => return Err(ReplyError::TooLarge),
            Some(_) | None => return Ok(false),
        };
        if bytes[end + 1] != b'\n' {
            return Err(ReplyError::Field);
        }
        let line = place..end;
        let first = place == 0;
        place = end + 2;
        if place > MAX_REPLY_HEAD {
            return Err(ReplyError::TooLarge);
        }
        if first {
            read_status_line(bytes, line, head)?;
        } else if line.is_empty() {
            head.len = place;
            return Ok(true);
        } else if head.fields.len() == MAX_REPLY_FIELDS {
            return Err(ReplyError::TooLarge);
        } else {
            head.fields.push(read_field(bytes, line)?);
        }
    }
}

/// Looks at every byte, so that the compiler can look at many at once.
fn has_control(text: &[u8]) -> bool {
    text.iter().fold(false, |found, byte| found | matches!(byte, 0..=0x08 | 0x0A..=0x1F | 0x7F))
}

fn read_status_line(bytes: &[u8], line: Range<usize>, head: &mut ReplyHead) -> Result<(), ReplyError> {
    let text = &bytes[line.clone()];
    head.old_version = match text.get(..9) {
        Some(b"HTTP/1.1 ") => false,
        Some(b"HTTP/1.0 ") => true,
        _ => return Err(ReplyError::StatusLine),
    };
    let digits = text.get(9..12).ok_or(ReplyError::StatusLine)?;
    let status = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    head.status = status.filter(|status| (100..=599).contains(status)).ok_or(ReplyError::StatusLine)?;
    match text.get(12) {
        None => head.reason = line.end..line.end,
        Some(b' ') => head.reason = line.start + 13..line.end,
        Some(_) => return Err(ReplyError::StatusLine),
    }
    if has_control(&text[12..]) {
        return Err(ReplyError::StatusLine);
    }
    Ok(())
}

fn read_field(bytes: &[u8], line: Range<usize>) -> Result<(Range<usize>, Range<usize>), ReplyError> {
    let text = &bytes[line.clone()];
    let colon = memchr::memchr(b':', text).ok_or(ReplyError::Field)?;
    // Services do send `_` in names; only white space and controls make a name ambiguous.
    if colon == 0 || !text[..colon].iter().all(u8::is_ascii_graphic) {
        return Err(ReplyError::Field);
    }
    let value = &text[colon + 1..];
    if has_control(value) {
        return Err(ReplyError::Field);
    }
    let leading = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let trailing = value[leading..].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Ok((line.start..line.start + colon, line.start + colon + 1 + leading..line.end - trailing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(fields: &str, method: Method) -> Result<ReplyFraming, ReplyError> {
        let bytes = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n");
        let mut head = ReplyHead::default();
        assert!(read_reply_head(bytes.as_bytes(), &mut head)?);
        head.framing(bytes.as_bytes(), method)
    }

    #[test]
    fn a_reply_that_can_be_read_in_two_ways_is_refused() {
        for bad in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: 5, 5",
            "Content-Length: +5",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ] {
            assert_eq!(framing(bad, Method::Get), Err(ReplyError::Framing), "{bad}");
        }
        assert_eq!(framing("Content-Length: 5", Method::Get), Ok(ReplyFraming::Length(5)));
        assert_eq!(framing("Content-Length: 5", Method::Head), Ok(ReplyFraming::None));
        assert_eq!(framing("A: b", Method::Get), Ok(ReplyFraming::UntilClose));
    }

    #[test]
    fn malformed_heads_are_refused() {
        let read = |bytes: &[u8]| read_reply_head(bytes, &mut ReplyHead::default());
        assert_eq!(read(b"HTTP/1.1 200"), Ok(false));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), Ok(true));
        assert_eq!(read(b"HTTP/2 200 OK\r\n\r\n"), Err(ReplyError::StatusLine));
        assert_eq!(read(b"HTTP/1.1 99 x\r\n\r\n"), Err(ReplyError::StatusLine));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nA: b\nSet-Cookie: c\r\n\r\n"), Err(ReplyError::Field));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n"), Err(ReplyError::Field));
        assert_eq!(
            read(&[b"HTTP/1.1 200 OK\r\nA: ", &b"x".repeat(70_000)[..]].concat()),
            Err(ReplyError::TooLarge)
        );
    }
}
