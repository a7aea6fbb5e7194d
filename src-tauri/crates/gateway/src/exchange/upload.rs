use std::io::Write;

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use super::{BODY_READ, STALL_TIME, Tally};
use crate::{
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
    Upstream,
}

/// Passes a request's body on, reading no further than its end. A chunked body is written anew, chunk by chunk: what one parser
/// read is what the next one gets.
pub(super) async fn upload(
    client: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
    framing: Framing,
    upstream: &mut (impl AsyncWrite + Unpin),
    open: &Open,
    tally: &Tally,
) -> Result<(), UploadFailure> {
    match framing {
        Framing::None => Ok(()),
        Framing::Length(length) => pass_length(client, input, length, upstream, open, tally).await,
        Framing::Chunked => pass_chunks(client, input, upstream, open, tally).await,
    }
}

async fn pass_length(
    client: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
    mut left: u64,
    upstream: &mut (impl AsyncWrite + Unpin),
    open: &Open,
    tally: &Tally,
) -> Result<(), UploadFailure> {
    while left > 0 {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.unread().len());
        if here == 0 {
            more(client, input, usize::try_from(left).unwrap_or(BODY_READ).min(BODY_READ)).await?;
            continue;
        }
        send(upstream, open, &input.unread()[..here]).await?;
        input.consume(here);
        left -= here as u64;
        tally.sent.set(tally.sent.get() + here as u64);
    }
    Ok(())
}

async fn pass_chunks(
    client: &mut (impl AsyncRead + Unpin),
    input: &mut Buffer,
    upstream: &mut (impl AsyncWrite + Unpin),
    open: &Open,
    tally: &Tally,
) -> Result<(), UploadFailure> {
    let mut body = ChunkedBody::default();
    let mut out = Vec::new();
    loop {
        match body.step(input.unread()).map_err(UploadFailure::Guard)? {
            Step::Framing(length) => input.consume(length),
            Step::Data(length) => {
                // Writing to a Vec can't fail.
                let _ = write!(out, "{length:x}\r\n");
                out.extend(&input.unread()[..length]);
                out.extend(b"\r\n");
                input.consume(length);
                tally.sent.set(tally.sent.get() + length as u64);
            }
            Step::End(length) => {
                input.consume(length);
                out.extend(b"0\r\n\r\n");
                return send(upstream, open, &out).await;
            }
            Step::More => {
                if !out.is_empty() {
                    send(upstream, open, &out).await?;
                    out.clear();
                }
                more(client, input, BODY_READ).await?;
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
