use super::{ReplyError, ReplyFraming};
use crate::guard::{ChunkedBody, GuardError, Step};

/// Reads a reply's body by its framing.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    Ended,
    Length(u64),
    Chunked(LenientChunks),
    UntilClose,
}

/// What stands at the beginning of the bytes read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ReplyStep {
    /// Skip so many bytes of framing.
    Framing(usize),
    /// So many bytes of data.
    Data(usize),
    /// More bytes are needed.
    More,
    /// The body has ended, after so many bytes of framing.
    End(usize),
}

/// Whether a body that stops here is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    Whole,
    Torn,
}

impl ReplyBody {
    pub(crate) fn new(framing: ReplyFraming) -> Self {
        match framing {
            ReplyFraming::None => Self::Ended,
            ReplyFraming::Length(length) => Self::Length(length),
            ReplyFraming::Chunked => Self::Chunked(LenientChunks::default()),
            ReplyFraming::UntilClose => Self::UntilClose,
        }
    }

    /// Judges the beginning of `bytes`; the caller takes away what the step says.
    pub(crate) fn step(&mut self, bytes: &[u8]) -> Result<ReplyStep, ReplyError> {
        match self {
            Self::Ended | Self::Length(0) => Ok(ReplyStep::End(0)),
            Self::Length(_) | Self::UntilClose if bytes.is_empty() => Ok(ReplyStep::More),
            Self::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= here as u64;
                Ok(ReplyStep::Data(here))
            }
            Self::UntilClose => Ok(ReplyStep::Data(bytes.len())),
            Self::Chunked(chunks) => chunks.step(bytes),
        }
    }

    /// Whether the data that the last step spoke of was the last.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self, Self::Ended | Self::Length(0))
    }

    /// What it means that the connection ends here.
    pub(crate) fn at_close(&self) -> BodyEnd {
        match self {
            Self::Ended | Self::Length(0) | Self::UntilClose => BodyEnd::Whole,
            Self::Length(_) => BodyEnd::Torn,
            Self::Chunked(chunks) => {
                if chunks.strict.is_ended() {
                    BodyEnd::Whole
                } else {
                    BodyEnd::Torn
                }
            }
        }
    }
}

/// A service may send chunk extensions and trailers, which RFC 9112 lets a recipient drop; so they are read here and
/// go no further. Everything else is as strict as with requests.
#[derive(Debug, Default)]
pub(crate) struct LenientChunks {
    strict: ChunkedBody,
    in_trailer: bool,
    ended: bool,
}

/// Longest size line or trailer line.
const MAX_LINE: usize = 4096;

impl LenientChunks {
    fn step(&mut self, bytes: &[u8]) -> Result<ReplyStep, ReplyError> {
        if self.ended {
            return Ok(ReplyStep::End(0));
        }
        if self.in_trailer {
            return self.trailer_line(bytes);
        }
        match self.strict.step(bytes) {
            Ok(Step::Framing(length)) => Ok(ReplyStep::Framing(length)),
            Ok(Step::Data(length)) => Ok(ReplyStep::Data(length)),
            Ok(Step::More) => Ok(ReplyStep::More),
            Ok(Step::End(length)) => {
                self.ended = true;
                Ok(ReplyStep::End(length))
            }
            Err(GuardError::Chunk) => self.extended_size_line(bytes),
            Err(_) => Err(ReplyError::Chunk),
        }
    }

    /// `size;extension CR LF`, or the last chunk with trailers behind it.
    fn extended_size_line(&mut self, bytes: &[u8]) -> Result<ReplyStep, ReplyError> {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits == 0 || !matches!(bytes.get(digits), Some(b';' | b' ' | b'\t' | b'\r')) {
            return Err(ReplyError::Chunk);
        }
        let Some(end) = line_end(bytes)? else { return Ok(ReplyStep::More) };
        let text = std::str::from_utf8(&bytes[..digits]).map_err(|_| ReplyError::Chunk)?;
        let size = u64::from_str_radix(text, 16).map_err(|_| ReplyError::Chunk)?;
        if size == 0 {
            self.in_trailer = true;
        } else {
            self.strict.enter_data(size);
        }
        Ok(ReplyStep::Framing(end + 2))
    }

    fn trailer_line(&mut self, bytes: &[u8]) -> Result<ReplyStep, ReplyError> {
        match line_end(bytes)? {
            None => Ok(ReplyStep::More),
            Some(0) => {
                self.ended = true;
                self.strict.finish();
                Ok(ReplyStep::End(2))
            }
            Some(end) => Ok(ReplyStep::Framing(end + 2)),
        }
    }
}

fn line_end(bytes: &[u8]) -> Result<Option<usize>, ReplyError> {
    match memchr::memchr2(b'\r', b'\n', bytes) {
        Some(end) if end > MAX_LINE => Err(ReplyError::Chunk),
        Some(end) if bytes[end] == b'\r' => match bytes.get(end + 1) {
            None => Ok(None),
            Some(b'\n') => Ok(Some(end)),
            Some(_) => Err(ReplyError::Chunk),
        },
        Some(_) => Err(ReplyError::Chunk),
        None if bytes.len() > MAX_LINE => Err(ReplyError::Chunk),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(framing: ReplyFraming, bytes: &[u8]) -> Result<(Vec<u8>, bool), ReplyError> {
        let mut body = ReplyBody::new(framing);
        let (mut data, mut place) = (Vec::new(), 0);
        loop {
            match body.step(&bytes[place..])? {
                ReplyStep::Framing(length) => place += length,
                ReplyStep::Data(length) => {
                    data.extend(&bytes[place..place + length]);
                    place += length;
                }
                ReplyStep::End(_) => return Ok((data, true)),
                ReplyStep::More => return Ok((data, body.at_close() == BodyEnd::Whole)),
            }
        }
    }

    #[test]
    fn bodies_end_where_their_framing_says() {
        assert_eq!(read(ReplyFraming::Length(3), b"abcdef"), Ok((b"abc".to_vec(), true)));
        assert_eq!(read(ReplyFraming::Length(3), b"ab"), Ok((b"ab".to_vec(), false)));
        assert_eq!(read(ReplyFraming::UntilClose, b"ab"), Ok((b"ab".to_vec(), true)));
        assert_eq!(read(ReplyFraming::Chunked, b"2\r\nab\r\n0\r\n\r\nrest"), Ok((b"ab".to_vec(), true)));
        assert_eq!(read(ReplyFraming::Chunked, b"2\r\nab\r\n"), Ok((b"ab".to_vec(), false)));
    }

    #[test]
    fn extensions_and_trailers_of_a_service_are_read_and_dropped() {
        let bytes = b"2;a=b\r\nab\r\n1 \r\nc\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n";
        assert_eq!(read(ReplyFraming::Chunked, bytes), Ok((b"abc".to_vec(), true)));
        assert_eq!(read(ReplyFraming::Chunked, b"2\nab"), Err(ReplyError::Chunk));
        assert_eq!(read(ReplyFraming::Chunked, b"-2\r\nab"), Err(ReplyError::Chunk));
    }
}
