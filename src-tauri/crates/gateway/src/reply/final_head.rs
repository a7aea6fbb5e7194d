use std::io;

use tokio::io::AsyncRead;

use super::{MAX_INTERIM, ReplyError, ReplyHead, read_reply_head};
use crate::buffer::Buffer;

/// How much is read at once while a head is awaited.
const HEAD_READ: usize = 16 * 1024;

/// Whether a 101 answers something that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upgrade {
    Asked,
    NotAsked,
}

/// Why there is no final head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeadFailure {
    /// Before a byte of the reply came.
    #[error("head: the service closed the connection")]
    Closed,
    #[error("head: the service's reply was refused: {0}")]
    Refused(#[from] ReplyError),
}

/// Reads up to the head of the final reply into `head`; its bytes stay at the beginning of `input`, interim ones are dropped.
pub(crate) async fn read_final_head(
    upstream: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
    upgrade: Upgrade,
    head: &mut ReplyHead,
) -> Result<(), HeadFailure> {
    let mut interim = 0;
    loop {
        if read_reply_head(input.unread(), head)? {
            match head.status {
                101 if upgrade == Upgrade::NotAsked => return Err(ReplyError::Upgrade.into()),
                100 | 102..=199 if interim == MAX_INTERIM => return Err(ReplyError::Interim.into()),
                100 | 102..=199 => {
                    interim += 1;
                    input.consume(head.len);
                    continue;
                }
                _ => return Ok(()),
            }
        }
        match input.fill(upstream, HEAD_READ).await {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(ReplyError::Protocol.into());
            }
            Ok(0) | Err(_) if interim == 0 && input.unread().is_empty() => return Err(HeadFailure::Closed),
            Ok(0) | Err(_) => return Err(ReplyError::BrokenOff.into()),
        }
    }
}
