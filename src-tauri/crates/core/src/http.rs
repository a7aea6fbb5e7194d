//! The few words of HTTP that a decision needs.

use std::fmt;

/// A request method of RFC 9110 §9, or PATCH (RFC 5789). No others are taken; TRACE and CONNECT never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
}

impl Method {
    /// All of them, in the order of [`Method::index`].
    pub const ALL: [Self; 7] =
        [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// Reads an upper-case method name.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().as_bytes() == bytes)
    }

    /// The name as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Place in [`Method::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether it asks and changes nothing (RFC 9110 §9.2.1).
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }

    /// Whether a body needs a definition's word (RFC 9110 gives it no meaning on these).
    pub const fn body_is_unusual(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Delete | Self::Options)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `text` is a header name as taken here: an RFC 9110 token without `_`, which some servers fold
/// into `-` and so into another header (CVE-2025-64484).
pub fn is_header_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 128 && text.bytes().all(is_name_byte)
}

/// A byte of such a name.
pub const fn is_name_byte(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'`' | b'|' | b'~'
        | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
}
