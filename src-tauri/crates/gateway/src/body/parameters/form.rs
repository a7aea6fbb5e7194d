use memchr::{memchr2, memchr3};

use super::LONGEST_NAME;
use crate::body::BodyError;

/// A form in one line: what stands before `=` is a name. `;` parts fields too, as it does for some readers.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Of a name, what has been read so far.
    name: Vec<u8>,
    in_value: bool,
}

impl Form {
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        judge: impl Fn(&[u8]) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        while !bytes.is_empty() {
            let end =
                if self.in_value { memchr2(b'&', b';', bytes) } else { memchr3(b'&', b';', b'=', bytes) };
            if !self.in_value {
                let part = &bytes[..end.unwrap_or(bytes.len())];
                if self.name.len() + part.len() > LONGEST_NAME {
                    return Err(BodyError::FieldName);
                }
                self.name.extend(part);
            }
            let Some(end) = end else { return Ok(()) };
            if !self.in_value {
                judge(&self.name)?;
                self.name.clear();
            }
            self.in_value = bytes[end] == b'=';
            bytes = &bytes[end + 1..];
        }
        Ok(())
    }

    pub(super) fn finish(&self, judge: impl Fn(&[u8]) -> Result<(), BodyError>) -> Result<(), BodyError> {
        judge(&self.name)
    }
}
