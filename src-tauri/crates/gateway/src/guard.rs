//! The head guard: a small strict parser over the raw bytes of every request on a connection.
//!
//! It takes what RFC 9112 lets a client generate and nothing that some server, somewhere, has read in two ways.
//! Everything it refuses is answered with 400 and the end of the connection, since after it nobody knows where the next
//! request would begin.

mod chunked;
mod fields;
mod head;

pub(crate) use chunked::{ChunkedBody, Step};
pub(crate) use fields::{Facts, Framing};
pub(crate) use head::{Head, HeadState, read_head};

/// Longest request target, in bytes.
pub(crate) const MAX_TARGET: usize = 8 * 1024;
/// Longest header section, in bytes.
pub(crate) const MAX_FIELDS_LEN: usize = 16 * 1024;
/// Most header fields.
pub(crate) const MAX_FIELDS: usize = 64;

/// Why a head, or a body's framing, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GuardError {
    #[error("the request line is malformed")]
    RequestLine,
    #[error("the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    Method,
    #[error("the request target is longer than 8 KiB")]
    TargetTooLong,
    #[error("only HTTP/1.1 and HTTP/1.0 are taken")]
    Version,
    #[error("lines must end in CR LF, and neither may stand anywhere else")]
    LineEnd,
    #[error("a header name is malformed")]
    FieldName,
    #[error("a header value has a control character")]
    FieldValue,
    #[error("more than 64 headers, or more than 16 KiB of them")]
    TooManyFields,
    #[error("Content-Length is malformed or repeated")]
    ContentLength,
    #[error("Transfer-Encoding must be exactly “chunked”, once")]
    TransferEncoding,
    #[error("Content-Length and Transfer-Encoding are both there")]
    BothFramings,
    #[error("an HTTP/1.0 request must not have a body")]
    OldVersionBody,
    #[error("Connection names a header that must not be dropped")]
    ConnectionNames,
    #[error("Expect must be “100-continue”")]
    Expect,
    #[error("the Trailer and TE headers are not taken")]
    Trailers,
    #[error("the chunked body is malformed: chunk extensions and trailers are not taken")]
    Chunk,
}
