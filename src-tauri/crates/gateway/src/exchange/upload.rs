use std::io::Write;

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use super::{BODY_READ, STALL_TIME, Tally};
use crate::{
    body::{BodyError, Scan},
    buffer::Buffer,
    guard::{ChunkedBody, Framing, GuardError, Step},
    open::Open,
};

/// Why a body did not go through whole.
#[derive(Debug)]
pub(super) enum UploadFailure {
    ClientGone,
    Slow,
    Guard(GuardError),
    Body(BodyError),
    Upstream,
}

/// What a body is passed on with.
pub(super) struct Passing<'x, 's> {
    pub(super) input: &'x mut Buffer,
    /// Looks through what is passed on.
    pub(super) scan: Option<&'x mut Scan<'s>>,
    pub(super) open: &'x Open,
    pub(super) tally: &'x Tally,
}

impl Passing<'_, '_> {
    fn look_through(&mut self, length: usize) -> Result<(), UploadFailure> {
        match &mut self.scan {
            Some(scan) => scan.feed(&self.input.unread()[..length]).map_err(UploadFailure::Body),
            None => Ok(()),
        }
    }

    fn look_at_the_end(&self) -> Result<(), UploadFailure> {
        match &self.scan {
            Some(scan) => scan.finish().map_err(UploadFailure::Body),
            None => Ok(()),
        }
    }
}

/// Passes a request's body on, reading no further than its end. A chunked body is written anew, chunk by chunk: what one parser
/// read is what the next one gets. What is looked through is looked through before it is passed on, to its end before the last of it.
pub(super) async fn upload(
    client: &mut (impl AsyncRead + Unpin),
    framing: Framing,
    upstream: &mut (impl AsyncWrite + Unpin),
    passing: Passing<'_, '_>,
) -> Result<(), UploadFailure> {
    match framing {
        Framing::None => Ok(()),
        Framing::Length(length) => pass_length(client, length, upstream, passing).await,
        Framing::Chunked => pass_chunks(client, upstream, passing).await,
    }
}

async fn pass_length(
    client: &mut (impl AsyncRead + Unpin),
    mut left: u64,
    upstream: &mut (impl AsyncWrite + Unpin),
    mut passing: Passing<'_, '_>,
) -> Result<(), UploadFailure> {
    while left > 0 {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(passing.input.unread().len());
        if here == 0 {
            more(client, passing.input, usize::try_from(left).unwrap_or(BODY_READ).min(BODY_READ)).await?;
            continue;
        }
        passing.look_through(here)?;
        left -= here as u64;
        if left == 0 {
            passing.look_at_the_end()?;
        }
        send(upstream, passing.open, &passing.input.unread()[..here]).await?;
        passing.input.consume(here);
        passing.tally.sent.set(passing.tally.sent.get() + here as u64);
    }
    Ok(())
}

async fn pass_chunks(
    client: &mut (impl AsyncRead + Unpin),
    upstream: &mut (impl AsyncWrite + Unpin),
    mut passing: Passing<'_, '_>,
) -> Result<(), UploadFailure> {
    let mut body = ChunkedBody::default();
    let mut out = Vec::new();
    loop {
        match body.step(passing.input.unread()).map_err(UploadFailure::Guard)? {
            Step::Framing(length) => passing.input.consume(length),
            Step::Data(length) => {
                passing.look_through(length)?;
                // Writing to a Vec can't fail.
                let _ = write!(out, "{length:x}\r\n");
                out.extend(&passing.input.unread()[..length]);
                out.extend(b"\r\n");
                passing.input.consume(length);
                passing.tally.sent.set(passing.tally.sent.get() + length as u64);
            }
            Step::End(length) => {
                passing.look_at_the_end()?;
                passing.input.consume(length);
                out.extend(b"0\r\n\r\n");
                return send(upstream, passing.open, &out).await;
            }
            Step::More => {
                if !out.is_empty() {
                    send(upstream, passing.open, &out).await?;
                    out.clear();
                }
                more(client, passing.input, BODY_READ).await?;
            }
        }
    }
}

async fn more(
    client: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
    most: usize,
) -> Result<(), UploadFailure> {
    match timeout(STALL_TIME, input.fill(client, most)).await {
        Ok(Ok(1..)) => Ok(()),
        Ok(Ok(0) | Err(_)) => Err(UploadFailure::ClientGone),
        Err(_) => Err(UploadFailure::Slow),
    }
}

async fn send(
    upstream: &mut (impl AsyncWrite + Unpin),
    open: &Open,
    bytes: &[u8],
) -> Result<(), UploadFailure> {
    let sent = async {
        upstream.write_all(bytes).await?;
        upstream.flush().await
    };
    match timeout(STALL_TIME, sent).await {
        Ok(Ok(())) => {
            // The reply may take its time from the body's end on, however long that takes to send.
            open.postpone();
            Ok(())
        }
        Ok(Err(_)) | Err(_) => Err(UploadFailure::Upstream),
    }
}
