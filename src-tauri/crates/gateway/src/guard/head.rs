use std::ops::Range;

use valetkey_core::http::{Method, is_name_byte};

use super::{GuardError, MAX_FIELDS, MAX_FIELDS_LEN, MAX_TARGET};

/// A request head as places in the buffer it was read from.
#[derive(Debug, Default)]
pub(crate) struct Head {
    method: Option<Method>,
    target: Range<usize>,
    old_version: bool,
    fields: Vec<Field>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

/// What the bytes so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeadState {
    /// Nothing wrong yet; more is needed.
    Partial,
    /// The whole head is there, and sound.
    Complete,
}

impl Head {
    /// Always there once a head is complete.
    pub(crate) fn method(&self) -> Option<Method> {
        self.method
    }

    /// Bytes of the whole head, the empty line included.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// HTTP/1.0
    pub(crate) const fn is_old_version(&self) -> bool {
        self.old_version
    }

    pub(crate) fn target<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.target.clone()]
    }

    /// Name and value of every field, in order.
    pub(crate) fn fields<'b>(&self, bytes: &'b [u8]) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
        self.fields.iter().map(|field| (&bytes[field.name.clone()], &bytes[field.value.clone()]))
    }

    /// The values of the fields called `name` (lower case).
    pub(crate) fn values<'b>(&self, bytes: &'b [u8], name: &str) -> impl Iterator<Item = &'b [u8]> {
        self.fields(bytes)
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

/// Reads a head from the beginning of `bytes` into `head`, which is reused from request to request.
///
/// What can never become a sound head is refused as soon as it shows, so that no client is left waiting.
pub(crate) fn read_head(bytes: &[u8], head: &mut Head) -> Result<HeadState, GuardError> {
    head.fields.clear();
    head.method = None;
    let mut lines = Lines { bytes, place: 0 };

    let Some(line) = lines.next_line(MAX_TARGET + 32, GuardError::TargetTooLong)? else {
        return Ok(HeadState::Partial);
    };
    read_request_line(bytes, line, head)?;

    let fields_start = lines.place;
    loop {
        let room = MAX_FIELDS_LEN.saturating_sub(lines.place - fields_start);
        let Some(line) = lines.next_line(room, GuardError::TooManyFields)? else {
            return Ok(HeadState::Partial);
        };
        if line.is_empty() {
            head.len = lines.place;
            return Ok(HeadState::Complete);
        }
        if head.fields.len() == MAX_FIELDS {
            return Err(GuardError::TooManyFields);
        }
        head.fields.push(read_field(bytes, line)?);
    }
}

/// Splits at CR LF; refuses either of them alone.
struct Lines<'b> {
    bytes: &'b [u8],
    place: usize,
}

impl Lines<'_> {
    /// The next line without its end; `None` where its end has not come yet. More than `room` bytes are `too_long`.
    fn next_line(&mut self, room: usize, too_long: GuardError) -> Result<Option<Range<usize>>, GuardError> {
        let rest = &self.bytes[self.place..];
        let Some(end) = memchr::memchr2(b'\r', b'\n', rest) else {
            return if rest.len() > room { Err(too_long) } else { Ok(None) };
        };
        if end > room {
            return Err(too_long);
        }
        match (rest[end], rest.get(end + 1)) {
            (b'\r', Some(b'\n')) => {
                let line = self.place..self.place + end;
                self.place += end + 2;
                Ok(Some(line))
            }
            (b'\r', None) => Ok(None),
            _ => Err(GuardError::LineEnd),
        }
    }
}

fn read_request_line(bytes: &[u8], line: Range<usize>, head: &mut Head) -> Result<(), GuardError> {
    let text = &bytes[line.clone()];
    let method_end = memchr::memchr(b' ', text).ok_or(GuardError::RequestLine)?;
    let target_end = memchr::memrchr(b' ', text).ok_or(GuardError::RequestLine)?;
    if target_end <= method_end + 1 {
        return Err(GuardError::RequestLine);
    }
    head.old_version = match &text[target_end + 1..] {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        _ => return Err(GuardError::Version),
    };
    head.method = Some(Method::parse(&text[..method_end]).ok_or(GuardError::Method)?);
    head.target = line.start + method_end + 1..line.start + target_end;
    if head.target.len() > MAX_TARGET {
        return Err(GuardError::TargetTooLong);
    }
    if text[method_end + 1..target_end].contains(&b' ') {
        return Err(GuardError::RequestLine);
    }
    Ok(())
}

fn read_field(bytes: &[u8], line: Range<usize>) -> Result<Field, GuardError> {
    let text = &bytes[line.clone()];
    // A line that begins with white space (obs-fold) has no name before it and is refused with that.
    let colon = memchr::memchr(b':', text).ok_or(GuardError::FieldName)?;
    if colon == 0 || !text[..colon].iter().all(|byte| is_name_byte(*byte)) {
        return Err(GuardError::FieldName);
    }
    let value = &text[colon + 1..];
    // Looks at every byte, so that the compiler can look at many at once.
    if !value.iter().fold(true, |sound, byte| sound & matches!(byte, b'\t' | 0x20..=0x7E | 0x80..)) {
        return Err(GuardError::FieldValue);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let leading = value.iter().take_while(|byte| blank(byte)).count();
    let trailing = value[leading..].iter().rev().take_while(|byte| blank(byte)).count();
    let start = line.start + colon + 1 + leading;
    Ok(Field { name: line.start..line.start + colon, value: start..line.end - trailing })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Result<HeadState, GuardError>, Head) {
        let mut head = Head::default();
        (read_head(bytes, &mut head), head)
    }

    #[test]
    fn a_sound_head_is_read_in_place() {
        let bytes = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nY:  two words \t\r\n\r\nbody";
        let (state, head) = read(bytes);
        assert_eq!(state, Ok(HeadState::Complete));
        assert_eq!(head.method(), Some(Method::Post));
        assert_eq!(head.target(bytes), b"/a?b=c");
        let fields: Vec<_> = head.fields(bytes).collect();
        assert_eq!(fields, [(&b"Host"[..], &b"x"[..]), (b"X-Empty", b""), (b"Y", b"two words")]);
        assert_eq!(&bytes[head.len()..], b"body");
    }

    #[test]
    fn every_proper_beginning_of_a_sound_head_is_partial() {
        let bytes = b"GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]).0, Ok(HeadState::Partial), "{end}");
        }
    }

    #[test]
    fn what_servers_read_in_two_ways_is_refused() {
        use GuardError as E;
        for (bytes, why) in [
            (&b"GET / HTTP/1.1\nHost: x\n\n"[..], E::LineEnd),
            (b"GET / HTTP/1.1\r\nHost: x\n\r\n", E::LineEnd),
            (b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", E::LineEnd),
            (b"\r\nGET / HTTP/1.1\r\n\r\n", E::RequestLine),
            (b"GET  / HTTP/1.1\r\n\r\n", E::RequestLine),
            (b"GET /a b HTTP/1.1\r\n\r\n", E::RequestLine),
            (b"GET /\r\n\r\n", E::RequestLine),
            (b"GET / HTTP/1.1 \r\n\r\n", E::Version),
            (b"GET / HTTP/2.0\r\n\r\n", E::Version),
            (b"GET / http/1.1\r\n\r\n", E::Version),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", E::Version),
            (b"get / HTTP/1.1\r\n\r\n", E::Method),
            (b"TRACE / HTTP/1.1\r\n\r\n", E::Method),
            (b"CONNECT x:1 HTTP/1.1\r\n\r\n", E::Method),
            (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\n: x\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\nnocolon\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\nX_Forwarded_User: a\r\n\r\n", E::FieldName),
            (b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", E::FieldValue),
            (b"GET / HTTP/1.1\r\nA: b\x0bc\r\n\r\n", E::FieldValue),
        ] {
            assert_eq!(read(bytes).0, Err(why), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn sizes_are_bounded_before_the_head_is_complete() {
        let long_target = [b"GET /", &[b'a'; 9000][..]].concat();
        assert_eq!(read(&long_target).0, Err(GuardError::TargetTooLong));
        let long_field = [b"GET / HTTP/1.1\r\nA: ", &b"a".repeat(17000)[..]].concat();
        assert_eq!(read(&long_field).0, Err(GuardError::TooManyFields));
        let many = [b"GET / HTTP/1.1\r\n".to_vec(), b"A: b\r\n".repeat(65)].concat();
        assert_eq!(read(&many).0, Err(GuardError::TooManyFields));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_a_whole_head_ends_in_an_empty_line(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (state, head) = read(&bytes);
            if state == Ok(HeadState::Complete) {
                prop_assert!(bytes[..head.len()].ends_with(b"\r\n\r\n"));
            }
        }
    }
}
