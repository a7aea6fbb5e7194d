use memchr::memmem::{Finder, find};

use super::LONGEST_NAME;
use crate::body::BodyError;

/// Longest head of a part.
const LONGEST_HEAD: usize = 4 * 1024;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const DISPOSITION: &[u8] = b"content-disposition";

/// Reads `multipart/form-data` (RFC 7578) in the one form that its clients write: nothing before the first delimiter or behind the last, the
/// delimiter nowhere but on a line of its own, lines end in CR LF, every part has one name.
#[derive(Debug)]
pub(super) struct Multipart {
    delimiter: Finder<'static>,
    at: At,
    /// Bytes that have not been judged to their end.
    window: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Start,
    Head,
    Data,
    End,
}

impl Multipart {
    pub(super) fn new(boundary: &[u8]) -> Self {
        let delimiter = Finder::new(&[b"--", boundary].concat()).into_owned();
        Self { delimiter, at: At::Start, window: Vec::new() }
    }

    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        judge: impl Fn(&[u8]) -> Result<(), BodyError>,
    ) -> Result<(), BodyError> {
        self.window.extend(bytes);
        let mut done = 0;
        while let Some(step) = self.step(done, &judge)? {
            done += step;
        }
        self.window.drain(..done);
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), BodyError> {
        let ended = self.at == At::End && matches!(&*self.window, b"" | b"\r\n");
        if ended { Ok(()) } else { Err(BodyError::Multipart) }
    }

    /// How many bytes from `done` on are settled now; `None` where more are needed first.
    fn step(
        &mut self,
        done: usize,
        judge: impl Fn(&[u8]) -> Result<(), BodyError>,
    ) -> Result<Option<usize>, BodyError> {
        let rest = &self.window[done..];
        let delimiter = self.delimiter.needle();
        match self.at {
            At::Start => {
                if rest.len() < delimiter.len() + 2 {
                    return Ok(None);
                }
                if !rest.starts_with(delimiter) {
                    return Err(BodyError::Multipart);
                }
                self.at = behind(&rest[delimiter.len()..])?;
                Ok(Some(delimiter.len() + 2))
            }
            At::Head => match find(&rest[..rest.len().min(LONGEST_HEAD)], END_OF_HEAD) {
                None if rest.len() >= LONGEST_HEAD => Err(BodyError::Multipart),
                None => Ok(None),
                Some(end) => {
                    if self.delimiter.find(&rest[..end]).is_some() {
                        return Err(BodyError::Multipart);
                    }
                    judge(name_of(&rest[..end]).ok_or(BodyError::Multipart)?)?;
                    self.at = At::Data;
                    Ok(Some(end + END_OF_HEAD.len()))
                }
            },
            At::Data => match self.delimiter.find(rest) {
                // What may be the beginning of a delimiter stays, with the line's end before it.
                None => {
                    let settled = rest.len().saturating_sub(delimiter.len() + 1);
                    Ok((settled > 0).then_some(settled))
                }
                Some(place) => {
                    let end = place + delimiter.len();
                    if !rest[..place].ends_with(b"\r\n") {
                        return Err(BodyError::Multipart);
                    }
                    if rest.len() < end + 2 {
                        return Ok(None);
                    }
                    self.at = behind(&rest[end..])?;
                    Ok(Some(end + 2))
                }
            },
            At::End if b"\r\n".starts_with(rest) => Ok(None),
            At::End => Err(BodyError::Multipart),
        }
    }
}

/// What follows a delimiter.
fn behind(bytes: &[u8]) -> Result<At, BodyError> {
    match bytes {
        [b'\r', b'\n', ..] => Ok(At::Head),
        [b'-', b'-', ..] => Ok(At::End),
        _ => Err(BodyError::Multipart),
    }
}

/// The name in a part's head; `None` where it is not the one that every reader finds.
fn name_of(head: &[u8]) -> Option<&[u8]> {
    let mut found = None;
    let mut rest = head;
    while !rest.is_empty() {
        let end = find(rest, b"\r\n").unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 2..).unwrap_or_default();
        if line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return None;
        }
        let colon = memchr::memchr(b':', line)?;
        let (field, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if field.is_empty() || !field.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
            return None;
        }
        if field.eq_ignore_ascii_case(DISPOSITION) {
            if found.is_some() {
                return None;
            }
            found = Some(disposition(value)?);
        }
        // Rack 2 looks for these words anywhere in a part's head.
        if field.len() != DISPOSITION.len() && has(line, DISPOSITION) {
            return None;
        }
        let nested = value.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart"));
        if nested && field.eq_ignore_ascii_case(b"content-type") {
            return None;
        }
    }
    found
}

/// `form-data; name="…"; filename="…"`
fn disposition(value: &[u8]) -> Option<&[u8]> {
    let (kind, mut rest) = value.split_at_checked(b"form-data".len())?;
    if !kind.eq_ignore_ascii_case(b"form-data") {
        return None;
    }
    let mut seen: [Option<&[u8]>; 3] = [None; 3];
    while !rest.is_empty() {
        rest = rest.trim_ascii_start().strip_prefix(b";")?.trim_ascii_start();
        let (name, value) = rest.split_at(memchr::memchr(b'=', rest)?);
        let which = [&b"name"[..], b"filename", b"filename*"];
        let which = which.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        let (value, behind) = parameter(&value[1..])?;
        if seen[which].replace(value).is_some() {
            return None;
        }
        rest = behind;
    }
    // Readers that look for the text rather than read the line find this one first, or last.
    if seen.iter().flatten().any(|value| has(value, b"name=")) {
        return None;
    }
    let [name, ..] = seen;
    // For an empty one Rack puts the file's.
    name.filter(|name| (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(&b'\\'))
}

/// Whether these words, in lower case, are in `text` in any letter case.
fn has(text: &[u8], words: &[u8]) -> bool {
    find(&text.to_ascii_lowercase(), words).is_some()
}

/// A value, in quotes or plain, and what follows it.
fn parameter(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(quoted) = text.strip_prefix(b"\"") {
        let end = memchr::memchr(b'"', quoted)?;
        let (value, behind) = quoted.split_at(end);
        // Whether the quote ends it hangs on who reads it.
        return (!value.ends_with(b"\\")).then_some((value, &behind[1..]));
    }
    let end = text.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t')).unwrap_or(text.len());
    let (value, behind) = text.split_at(end);
    (!value.is_empty() && !value.contains(&b'"')).then_some((value, behind))
}
