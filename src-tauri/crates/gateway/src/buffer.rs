use std::{
    cell::RefCell,
    future::poll_fn,
    io, mem,
    pin::pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncReadExt};

/// Room that a buffer has: as much as is read of a body at once.
const ROOM: usize = 64 * 1024;
/// How many a thread keeps for the next that needs one.
const MOST_SPARE: usize = 32;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer, for as long as there is something to put into it: what only waits holds none.
pub(crate) fn take_spare() -> Vec<u8> {
    SPARE.with_borrow_mut(Vec::pop).unwrap_or_else(|| Vec::with_capacity(ROOM))
}

/// Gives a buffer back for others on this thread.
pub(crate) fn give_spare(mut bytes: Vec<u8>) {
    bytes.clear();
    let usual = (ROOM..=2 * ROOM).contains(&bytes.capacity());
    // While the thread ends there is nobody to give it to.
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        if usual && spare.len() < MOST_SPARE {
            spare.push(bytes);
        }
    });
}

/// Bytes that were read and not yet used. Holds no memory while it waits for the first of them.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// What has not been used.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// The same, to be changed in place.
    pub(crate) fn unread_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }

    /// Marks the next `length` bytes as used.
    pub(crate) fn consume(&mut self, length: usize) {
        self.start = (self.start + length).min(self.bytes.len());
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
    }

    /// Reads once, up to `most` bytes more; 0 is the end of the stream.
    pub(crate) async fn fill(&mut self, io: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx, io, most)).await
    }

    fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut (impl AsyncRead + Unpin),
        most: usize,
    ) -> Poll<io::Result<usize>> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.capacity() == 0 {
            self.bytes = take_spare();
        }
        self.bytes.reserve(most.min(ROOM));
        let mut limited = io.take(most as u64);
        let outcome = pin!(limited.read_buf(&mut self.bytes)).poll(cx);
        if self.bytes.is_empty() {
            give_spare(mem::take(&mut self.bytes));
        }
        Poll::Ready(ready!(outcome))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        give_spare(mem::take(&mut self.bytes));
    }
}
