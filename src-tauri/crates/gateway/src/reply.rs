//! The service's replies, judged by us: a reply whose end can be read in two ways is not passed on, and its
//! connection is not used again.

mod accepted;
mod batch;
mod body;
mod final_head;
mod gzip;
mod head;
mod link;
mod rewrite;

pub(crate) use accepted::accepted;
pub(crate) use batch::led_back;
pub(crate) use body::{BodyEnd, ReplyBody, ReplyStep};
pub(crate) use final_head::{HeadFailure, Upgrade, read_final_head};
pub(crate) use gzip::GzipSearch;
pub(crate) use head::{ReplyFraming, ReplyHead, read_reply_head};
pub(crate) use rewrite::{Coding, Echo, Location, OutFraming, Passage, coding_of, echo_of, rewrite_reply};

/// Longest reply head, in bytes.
pub(crate) const MAX_REPLY_HEAD: usize = 64 * 1024;
/// Most header fields of a reply.
pub(crate) const MAX_REPLY_FIELDS: usize = 128;
/// Most interim replies (1xx) before the final one.
pub(crate) const MAX_INTERIM: usize = 8;

/// What is wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReplyError {
    #[error("the status line is malformed")]
    StatusLine,
    #[error("a header is malformed")]
    Field,
    #[error("the head is too large")]
    TooLarge,
    #[error("its length can be read in two ways")]
    Framing,
    #[error("too many interim replies")]
    Interim,
    #[error("it switched protocols, which nobody asked for")]
    Upgrade,
    #[error("a chunk is malformed")]
    Chunk,
    #[error("it ended within its head")]
    BrokenOff,
    #[error("it breaks the rules of TLS or HTTP/2")]
    Protocol,
    #[error(
        "it is compressed in a way that was not asked for, so that it can't be searched for the credential"
    )]
    Encoded,
    #[error("its gzip is damaged, so that it can't be searched for the credential")]
    Gzip,
    #[error("it has the master credential in a compressed body, where it can't be blotted out")]
    Echo,
    #[error("it is no list of large files that could be led back here, so that it might hold a credential")]
    Batch,
}
