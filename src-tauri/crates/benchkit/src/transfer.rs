//! A gigabyte each way, with a side that takes it slowly.

use std::io;

use tokio::io::AsyncWriteExt;

use crate::{
    client::{Answering, Asked},
    pace::Pace,
    upstream::GIGABYTE,
};

/// Reads a large reply at the pace of a slow application.
pub(crate) fn download(asked: Asked<'_>) -> io::Result<()> {
    block_on(async {
        let mut reply = asked.begin().await?;
        let mut pace = Pace::start();
        loop {
            let more = reply.more().await?;
            pace.took(more.len()).await;
            // With `Content-Length` the connection stays open after it.
            if more.is_empty() || pace.bytes() >= GIGABYTE {
                return whole(pace.bytes());
            }
        }
    })
}

/// Sends a large body as fast as it is taken; the service reads slowly.
pub(crate) fn upload(asked: Asked<'_>) -> io::Result<()> {
    block_on(async {
        let mut stream = asked.connect().await?;
        let head = asked.head("POST", &format!("Content-Length: {GIGABYTE}\r\n"));
        stream.write_all(head.as_bytes()).await?;
        let piece = vec![b'x'; 64 * 1024];
        let mut sent = 0;
        while sent < GIGABYTE {
            stream.write_all(&piece).await?;
            sent += piece.len() as u64;
        }
        let told = Answering::to(stream).await?.more().await?;
        whole(String::from_utf8_lossy(&told).trim().parse().unwrap_or(0))
    })
}

fn block_on(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn whole(bytes: u64) -> io::Result<()> {
    if bytes == GIGABYTE { Ok(()) } else { Err(io::Error::other(format!("{bytes} bytes arrived"))) }
}
