mod form;
mod members;
mod multipart;

use form::Form;
use members::Members;
use multipart::Multipart;
use valetkey_core::path::is_refused_parameter;

use super::{BodyError, Media};

/// Longest name of a parameter, as it is spelt. What is refused is far shorter, in any spelling that means anything.
const LONGEST_NAME: usize = 1024;

/// Looks through a body, portion by portion, for parameters that are refused.
#[derive(Debug)]
pub(crate) struct Scan<'p> {
    refused: &'p [Box<str>],
    reading: Reading,
}

#[derive(Debug)]
enum Reading {
    Form(Form),
    Multipart(Box<Multipart>),
    Members(Members),
    /// Whether it is JSON shows when it begins.
    Unlabelled,
    Opaque,
}

impl<'p> Scan<'p> {
    pub(crate) fn new(media: &Media, refused: &'p [Box<str>]) -> Self {
        let reading = match media {
            Media::Form => Reading::Form(Form::default()),
            Media::Multipart(boundary) => Reading::Multipart(Box::new(Multipart::new(boundary))),
            Media::Json => Reading::Members(Members::default()),
            Media::Unlabelled => Reading::Unlabelled,
            Media::Opaque => Reading::Opaque,
        };
        Self { refused, reading }
    }

    /// Judges the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), BodyError> {
        let judge = |name: &[u8]| judge(name, self.refused);
        match &mut self.reading {
            Reading::Form(form) => form.feed(bytes, judge),
            Reading::Multipart(multipart) => multipart.feed(bytes, judge),
            Reading::Members(members) => members.feed(bytes, judge),
            Reading::Opaque => Ok(()),
            Reading::Unlabelled => {
                // Lenient readers of JSON pass over a byte order mark, and over comments.
                let before = |byte: &u8| byte.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(byte);
                let Some(begin) = bytes.iter().position(|byte| !before(byte)) else { return Ok(()) };
                if !matches!(bytes[begin], b'{' | b'/') {
                    self.reading = Reading::Opaque;
                    return Ok(());
                }
                let mut members = Members::default();
                let judged = members.feed(&bytes[begin..], judge);
                self.reading = Reading::Members(members);
                judged
            }
        }
    }

    /// Judges where it ends.
    pub(crate) fn finish(&self) -> Result<(), BodyError> {
        match &self.reading {
            Reading::Form(form) => form.finish(|name| judge(name, self.refused)),
            Reading::Multipart(multipart) => multipart.finish(),
            Reading::Members(members) => members.finish(),
            Reading::Unlabelled | Reading::Opaque => Ok(()),
        }
    }
}

fn judge(name: &[u8], refused: &[Box<str>]) -> Result<(), BodyError> {
    if is_refused_parameter(&String::from_utf8_lossy(name), refused) {
        Err(BodyError::ParameterRefused)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
