//! The one canonicaliser: what a request target may look like.
//!
//! It refuses and never repairs, so that the string that was authorized is the string that is forwarded.
//! Paths are RFC 3986 `*( "/" segment )` with non-empty segments of pchar, in the one spelling that section
//! 6.2.2 calls normal. What a service may need nevertheless is reported as [`Unusual`] and judged once it is
//! known which service is meant.

mod query;

use std::borrow::Cow;

use memchr::memchr;

pub use query::{Query, is_refused_parameter};

/// Why a target is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Not in origin form (RFC 9112 §3.2.1).
    #[error("the request target must begin with /")]
    NotOriginForm,
    /// `//`, which servers collapse or not.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..`, plain or behind `%2F`.
    #[error("the path has a dot segment")]
    DotSegment,
    /// A byte that is not a pchar.
    #[error("the path has a character that must be percent-encoded or must not be there")]
    ForbiddenByte,
    /// `%` without two upper-case hex digits.
    #[error(
        "the path has a malformed percent-encoding (two upper-case hex digits are taken, and %2f where it is switched on)"
    )]
    MalformedEncoding,
    /// An encoded unreserved character, control character or backslash.
    #[error("the path encodes a character that must not be encoded")]
    ForbiddenEncoding,
    /// A byte that a query can't hold.
    #[error("the query has a character that must be percent-encoded")]
    QueryForbiddenByte,
    /// `_method` and its kin, or a parameter that the definition refuses.
    #[error("the query has a parameter that is refused: it would change what the request means")]
    QueryParameterRefused,
    /// Something of [`Unusual`] that this service's definition does not switch on.
    #[error("the path has %2F, %2f, %25 or ; which this service's definition does not allow")]
    NotEnabled,
}

/// Things in a path that are refused unless the service's definition switches them on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Unusual {
    /// `%2F`: data inside one segment, never a separator.
    pub encoded_slash: bool,
    /// `%2f`, the one encoding that is taken in lower case: npm writes scoped names so. It is `%2F` besides, in all that is said of that.
    pub lower_case_slash: bool,
    /// `%25`
    pub encoded_percent: bool,
    /// `;`
    pub semicolon: bool,
}

impl Unusual {
    /// Whether everything used here is among `enabled`.
    pub const fn within(self, enabled: Self) -> bool {
        (!self.encoded_slash || enabled.encoded_slash)
            && (!self.lower_case_slash || enabled.lower_case_slash)
            && (!self.encoded_percent || enabled.encoded_percent)
            && (!self.semicolon || enabled.semicolon)
    }
}

/// A path that passed: begins with `/`, canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'t> {
    text: &'t str,
    unusual: Unusual,
}

impl<'t> Path<'t> {
    /// Judges `text`, which has no query.
    pub fn parse(text: &'t str) -> Result<Self, PathError> {
        let rest = text.strip_prefix('/').ok_or(PathError::NotOriginForm)?;
        let mut unusual = Unusual::default();
        let mut rest = Some(rest);
        while let Some(from_segment) = rest {
            let end = memchr(b'/', from_segment.as_bytes());
            let segment = &from_segment[..end.unwrap_or(from_segment.len())];
            rest = end.map(|end| &from_segment[end + 1..]);
            if !segment.is_empty() {
                judge_segment(segment, &mut unusual)?;
            } else if rest.is_some() {
                // Only the last one may be empty: the trailing slash, a part of the path.
                return Err(PathError::EmptySegment);
            }
        }
        Ok(Self { text, unusual })
    }

    /// The path as it came and as it will be sent.
    pub const fn as_str(self) -> &'t str {
        self.text
    }

    /// What it uses of the switchable things.
    pub const fn unusual(self) -> Unusual {
        self.unusual
    }

    /// Splits off the first segment: `/github/user` gives `github` and `/user`; `/github` gives `github` and `/`.
    pub fn split_first(self) -> (&'t str, Self) {
        let rest = &self.text[1..];
        let (first, tail) = match memchr(b'/', rest.as_bytes()) {
            Some(end) => (&rest[..end], &rest[end..]),
            None => (rest, "/"),
        };
        (first, Self { text: tail, unusual: self.unusual })
    }

    /// The segments; a trailing slash shows as a last, empty one.
    pub fn segments(self) -> std::str::Split<'t, char> {
        self.text[1..].split('/')
    }
}

fn judge_segment(segment: &str, unusual: &mut Unusual) -> Result<(), PathError> {
    let bytes = segment.as_bytes();
    if matches!(segment, "." | "..") {
        return Err(PathError::DotSegment);
    }
    let mut slashes = false;
    let mut place = 0;
    while place < bytes.len() {
        match bytes[place] {
            b'%' => {
                match decoded(bytes, place)? {
                    b'/' => {
                        slashes = true;
                        unusual.lower_case_slash |= bytes[place + 2] == b'f';
                    }
                    b'%' => unusual.encoded_percent = true,
                    byte if byte < 0x20 || byte == 0x7F || byte == b'\\' || is_unreserved(byte) => {
                        return Err(PathError::ForbiddenEncoding);
                    }
                    _ => {}
                }
                place += 3;
            }
            b';' => {
                unusual.semicolon = true;
                place += 1;
            }
            byte if is_unreserved(byte) || is_sub_delim(byte) || matches!(byte, b':' | b'@') => place += 1,
            _ => return Err(PathError::ForbiddenByte),
        }
    }
    if slashes {
        unusual.encoded_slash = true;
        // A service that decodes before it splits must find nothing to climb with.
        for part in segment.split("%2F").flat_map(|part| part.split("%2f")) {
            match part {
                "" => return Err(PathError::EmptySegment),
                "." | ".." => return Err(PathError::DotSegment),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether a part of a canonical path holds an encoded slash, in either spelling.
pub fn has_encoded_slash(part: &str) -> bool {
    part.contains("%2F") || part.contains("%2f")
}

/// The byte that `%XY` at `place` stands for; upper-case hex and `%2f` only, so that there is one spelling, but for that.
fn decoded(bytes: &[u8], place: usize) -> Result<u8, PathError> {
    if bytes[place..].starts_with(b"%2f") {
        return Ok(b'/');
    }
    let digit = |at: usize| match bytes.get(at) {
        Some(byte @ b'0'..=b'9') => Ok(byte - b'0'),
        Some(byte @ b'A'..=b'F') => Ok(byte - b'A' + 10),
        _ => Err(PathError::MalformedEncoding),
    };
    Ok(digit(place + 1)? << 4 | digit(place + 2)?)
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

const fn is_sub_delim(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=')
}

/// What a segment of a canonical path stands for. `None` where that is not UTF-8.
pub fn decode_segment(segment: &str) -> Option<Cow<'_, str>> {
    if !segment.contains('%') {
        return Some(Cow::Borrowed(segment));
    }
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        if bytes[place] == b'%' {
            out.push(decoded(bytes, place).ok()?);
            place += 3;
        } else {
            out.push(bytes[place]);
            place += 1;
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_paths_pass_as_they_are() {
        for good in [
            "/",
            "/a",
            "/a/",
            "/a/b.c/~d",
            "/caf%C3%A9",
            "/a%20b",
            "/x!$&'()*+,=:@y",
            "/a..b/...",
            "/-/.well-known",
        ] {
            assert_eq!(Path::parse(good).map(Path::as_str), Ok(good));
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        use PathError as E;
        for (bad, why) in [
            ("", E::NotOriginForm),
            ("a", E::NotOriginForm),
            ("http://x/", E::NotOriginForm),
            ("*", E::NotOriginForm),
            ("//a", E::EmptySegment),
            ("/a//b", E::EmptySegment),
            ("/a/../b", E::DotSegment),
            ("/a/.", E::DotSegment),
            ("/..", E::DotSegment),
            ("/%2e%2e/b", E::MalformedEncoding),
            ("/%2E%2E/b", E::ForbiddenEncoding),
            ("/.%2E/b", E::ForbiddenEncoding),
            ("/a\\b", E::ForbiddenByte),
            ("/a%5Cb", E::ForbiddenEncoding),
            ("/a%00", E::ForbiddenEncoding),
            ("/a%0D%0A", E::ForbiddenEncoding),
            ("/a%0d", E::MalformedEncoding),
            ("/a%7F", E::ForbiddenEncoding),
            ("/a%41", E::ForbiddenEncoding),
            ("/a%", E::MalformedEncoding),
            ("/a%2", E::MalformedEncoding),
            ("/a#b", E::ForbiddenByte),
            ("/a?b", E::ForbiddenByte),
            ("/a b", E::ForbiddenByte),
            ("/é", E::ForbiddenByte),
            ("/a%2F..%2Fb", E::DotSegment),
            ("/a%2F%2Fb", E::EmptySegment),
            ("/a%2f%2Fb", E::EmptySegment),
            ("/a%2f..%2Fb", E::DotSegment),
            ("/a%2f", E::EmptySegment),
            ("/a%5b", E::MalformedEncoding),
        ] {
            assert_eq!(Path::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn the_switchable_things_are_reported() {
        let unusual = Path::parse("/group%2Fproject;x/%25").unwrap().unusual();
        let all =
            Unusual { encoded_slash: true, encoded_percent: true, semicolon: true, lower_case_slash: true };
        assert_eq!(unusual, Unusual { lower_case_slash: false, ..all });
        assert!(!unusual.within(Unusual::default()));
        assert!(unusual.within(unusual));
        let lower = Path::parse("/@scope%2fname").unwrap().unusual();
        assert!(lower.encoded_slash && lower.lower_case_slash);
        assert!(!lower.within(Unusual { lower_case_slash: false, ..all }));
        assert!(!lower.within(Unusual { encoded_slash: false, ..all }));
    }

    proptest! {
        #[test]
        fn a_path_that_passes_never_climbs_when_decoded(text in "(/([a-zA-Z0-9%./;\\\\]|%2f){0,6}){1,5}") {
            if let Ok(path) = Path::parse(&text) {
                for segment in path.segments() {
                    let decoded = decode_segment(segment).unwrap_or_default();
                    prop_assert!(!decoded.split(['/', '\\']).any(|part| part == "." || part == ".."));
                }
            }
        }
    }
}
