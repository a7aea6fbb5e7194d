use super::GuardError;

/// Most hex digits of a chunk size; sixteen hold every length of 64 bits.
const MAX_SIZE_DIGITS: usize = 15;

/// Reads a chunked body strictly: no extensions, no trailers, CR LF everywhere (RFC 9112 §7.1 without what it
/// makes optional).
#[derive(Debug, Default)]
pub(crate) struct ChunkedBody {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A size line comes next.
    #[default]
    Size,
    /// So many data bytes come next.
    Data(u64),
    /// CR LF behind data comes next.
    DataEnd,
    /// The body has ended.
    End,
}

/// What stands at the beginning of the bytes read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Skip so many bytes of framing, then ask again.
    Framing(usize),
    /// So many bytes of data, at least one.
    Data(usize),
    /// More bytes are needed.
    More,
    /// Skip so many bytes; the body ends there.
    End(usize),
}

impl ChunkedBody {
    /// Whether the body has ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.state == State::End
    }

    /// Goes on with a chunk of `size` bytes whose size line somebody else has read.
    pub(crate) fn enter_data(&mut self, size: u64) {
        self.state = State::Data(size);
    }

    /// Ends the body where somebody else has read its end.
    pub(crate) fn finish(&mut self) {
        self.state = State::End;
    }

    /// Judges the beginning of `bytes`. The caller takes away what the step says before it asks again.
    pub(crate) fn step(&mut self, bytes: &[u8]) -> Result<Step, GuardError> {
        match self.state {
            State::End => Ok(Step::End(0)),
            State::Data(left) => {
                if bytes.is_empty() {
                    return Ok(Step::More);
                }
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                let left = left - here as u64;
                self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                Ok(Step::Data(here))
            }
            State::DataEnd => match bytes {
                [] | [b'\r'] => Ok(Step::More),
                [b'\r', b'\n', ..] => {
                    self.state = State::Size;
                    Ok(Step::Framing(2))
                }
                _ => Err(GuardError::Chunk),
            },
            State::Size => self.size_line(bytes),
        }
    }

    fn size_line(&mut self, bytes: &[u8]) -> Result<Step, GuardError> {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits > MAX_SIZE_DIGITS {
            return Err(GuardError::Chunk);
        }
        match (digits, &bytes[digits..]) {
            (_, [] | [b'\r']) if digits > 0 || bytes.is_empty() => Ok(Step::More),
            (1.., [b'\r', b'\n', rest @ ..]) => {
                let text = std::str::from_utf8(&bytes[..digits]).map_err(|_| GuardError::Chunk)?;
                let size = u64::from_str_radix(text, 16).map_err(|_| GuardError::Chunk)?;
                if size > 0 {
                    self.state = State::Data(size);
                    return Ok(Step::Framing(digits + 2));
                }
                // The last chunk; a trailer would stand where its CR LF must.
                match rest {
                    [] | [b'\r'] => Ok(Step::More),
                    [b'\r', b'\n', ..] => {
                        self.state = State::End;
                        Ok(Step::End(digits + 4))
                    }
                    _ => Err(GuardError::Chunk),
                }
            }
            _ => Err(GuardError::Chunk),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All data, if the body is whole and sound; fed `portion` bytes at a time.
    fn decode(bytes: &[u8], portion: usize) -> Result<Option<Vec<u8>>, GuardError> {
        let mut body = ChunkedBody::default();
        let (mut data, mut buffer, mut rest) = (Vec::new(), Vec::new(), bytes);
        loop {
            match body.step(&buffer)? {
                Step::Framing(length) => drop(buffer.drain(..length)),
                Step::Data(length) => data.extend(buffer.drain(..length)),
                Step::End(_) => return Ok(Some(data)),
                Step::More => {
                    if rest.is_empty() {
                        return Ok(None);
                    }
                    let (now, later) = rest.split_at(portion.min(rest.len()));
                    buffer.extend(now);
                    rest = later;
                }
            }
        }
    }

    #[test]
    fn a_sound_body_is_read_in_any_portions() {
        let bytes = b"4\r\nWiki\r\n00a\r\n0123456789\r\n0\r\n\r\n";
        for portion in 1..bytes.len() {
            assert_eq!(decode(bytes, portion), Ok(Some(b"Wiki0123456789".to_vec())), "{portion}");
        }
        assert_eq!(decode(&bytes[..bytes.len() - 1], 7), Ok(None));
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for bad in [
            &b"+3\r\nabc\r\n0\r\n\r\n"[..],
            b"-1\r\n",
            b" 3\r\nabc\r\n",
            b"3 \r\nabc\r\n",
            b"3;ext=1\r\nabc\r\n",
            b"0x3\r\nabc\r\n",
            b"\r\n",
            b"3\nabc\n",
            b"3\r\nabcd\r\n",
            b"3\r\nabc\n0\r\n\r\n",
            b"11111111111111111\r\n",
            b"0\r\nTrailer: x\r\n\r\n",
            b"0\r\nX",
            b"g\r\n",
        ] {
            assert_eq!(decode(bad, 3), Err(GuardError::Chunk), "{}", String::from_utf8_lossy(bad));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100), portion in 1usize..20) {
            let _ = decode(&bytes, portion);
        }
    }
}
