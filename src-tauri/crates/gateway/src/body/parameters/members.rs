use super::LONGEST_NAME;
use crate::body::BodyError;

/// Deepest nesting of JSON.
const DEEPEST: usize = 128;

/// Reads JSON as strictly as RFC 8259 has it, but for numbers, in which nothing can hide, and judges the names of its outermost object.
#[derive(Debug, Default)]
pub(super) struct Members {
    at: At,
    /// What is open, outermost first.
    open: Vec<Nest>,
    /// Of a name at the top, what has been read so far, in quotes.
    name: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nest {
    Object,
    Array,
}

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Value,
    /// A value, or the end of an array that has none.
    FirstElement,
    /// A name, or the end of an object that has none.
    FirstName,
    Name,
    Colon,
    /// A comma, or the end of what is open.
    Behind,
    Text(Text),
    Number,
    /// The rest of `true`, `false` or `null`.
    Word(&'static [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Text {
    is_name: bool,
    escaped: bool,
}

impl Members {
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        judge: impl Fn(&[u8]) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        let mut place = 0;
        while let Some(&byte) = bytes.get(place) {
            place += 1;
            if let At::Text(text) = self.at {
                // Most of a body is inside texts.
                let rest = &bytes[place - 1..];
                let plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
                let length = if text.escaped {
                    0
                } else {
                    rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len())
                };
                self.keep(text, &rest[..length])?;
                place += length;
                let Some(&byte) = bytes.get(place - 1) else { return Ok(()) };
                self.text(text, byte, &judge)?;
                continue;
            }
            self.step(byte)?;
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), BodyError> {
        let ended = self.open.is_empty() && matches!(self.at, At::Behind | At::Number | At::Value);
        if ended { Ok(()) } else { Err(BodyError::Json) }
    }

    fn step(&mut self, byte: u8) -> Result<(), BodyError> {
        match (self.at, byte) {
            (At::Word([next, rest @ ..]), byte) if byte == *next => {
                self.at = if rest.is_empty() { At::Behind } else { At::Word(rest) };
            }
            (At::Number, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') => {}
            (At::Number, _) => {
                self.at = At::Behind;
                return self.step(byte);
            }
            (_, b' ' | b'\t' | b'\r' | b'\n') if !matches!(self.at, At::Word(_)) => {}
            (At::Value | At::FirstElement, b'{') => self.nest(Nest::Object, At::FirstName)?,
            (At::Value | At::FirstElement, b'[') => self.nest(Nest::Array, At::FirstElement)?,
            (At::Value | At::FirstElement, b'"') => {
                self.at = At::Text(Text { is_name: false, escaped: false });
            }
            (At::Value | At::FirstElement, b'0'..=b'9' | b'-') => self.at = At::Number,
            (At::Value | At::FirstElement, b't') => self.at = At::Word(b"rue"),
            (At::Value | At::FirstElement, b'f') => self.at = At::Word(b"alse"),
            (At::Value | At::FirstElement, b'n') => self.at = At::Word(b"ull"),
            (At::FirstElement, b']') | (At::FirstName, b'}') => self.close(),
            (At::FirstName | At::Name, b'"') => {
                self.name.clear();
                let text = Text { is_name: true, escaped: false };
                self.at = At::Text(text);
                self.keep(text, b"\"")?;
            }
            (At::Colon, b':') => self.at = At::Value,
            (At::Behind, b',') => match self.open.last() {
                Some(Nest::Object) => self.at = At::Name,
                Some(Nest::Array) => self.at = At::Value,
                None => return Err(BodyError::Json),
            },
            (At::Behind, b'}') if self.open.last() == Some(&Nest::Object) => self.close(),
            (At::Behind, b']') if self.open.last() == Some(&Nest::Array) => self.close(),
            _ => return Err(BodyError::Json),
        }
        Ok(())
    }

    fn text(
        &mut self,
        text: Text,
        byte: u8,
        judge: impl Fn(&[u8]) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        if byte < b' ' || text.escaped && !b"\"\\/bfnrtu".contains(&byte) {
            return Err(BodyError::Json);
        }
        self.keep(text, &[byte])?;
        if !text.escaped && byte == b'"' {
            if !text.is_name {
                self.at = At::Behind;
                return Ok(());
            }
            self.at = At::Colon;
            if self.open.len() == 1 {
                let name: String = serde_json::from_slice(&self.name).map_err(|_| BodyError::Json)?;
                judge(name.as_bytes())?;
            }
        } else {
            self.at = At::Text(Text { escaped: !text.escaped && byte == b'\\', ..text });
        }
        Ok(())
    }

    /// Keeps what belongs to a name at the top.
    fn keep(&mut self, text: Text, part: &[u8]) -> Result<(), BodyError> {
        if !text.is_name || self.open.len() != 1 {
            return Ok(());
        }
        if self.name.len() + part.len() > LONGEST_NAME {
            return Err(BodyError::FieldName);
        }
        self.name.extend(part);
        Ok(())
    }

    fn nest(&mut self, nest: Nest, at: At) -> Result<(), BodyError> {
        if self.open.len() == DEEPEST {
            return Err(BodyError::Json);
        }
        self.open.push(nest);
        self.at = at;
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
        self.at = At::Behind;
    }
}
