//! One request on a connection of its own, as plainly as it can be made.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::clock;

/// Where an application asks, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) port: u16,
    pub(crate) path: &'a str,
    pub(crate) token: &'a str,
}

/// A connection whose reply has begun.
pub(crate) struct Answering {
    stream: TcpStream,
    /// What came after the head.
    unread: Vec<u8>,
    /// Of a stream of events: what is not a whole line yet.
    lines: Vec<u8>,
}

impl Asked<'_> {
    /// Sends a request without a body, and reads the head of a good answer.
    pub(crate) async fn begin(self) -> io::Result<Answering> {
        let mut stream = self.connect().await?;
        stream.write_all(self.head("GET", "").as_bytes()).await?;
        Answering::to(stream).await
    }

    pub(crate) async fn connect(self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// With more header lines, each with its end.
    pub(crate) fn head(self, method: &str, more: &str) -> String {
        let Self { port, path, token } = self;
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
        )
    }
}

impl Answering {
    /// Reads a head; anything but 200 is an error.
    pub(crate) async fn to(mut stream: TcpStream) -> io::Result<Self> {
        let mut read = Vec::new();
        loop {
            if stream.read_buf(&mut read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            if !read.starts_with(b"HTTP/1.1 200 ") {
                return Err(io::Error::other(String::from_utf8_lossy(&read).into_owned()));
            }
            return Ok(Self { stream, unread: read.split_off(end + 4), lines: Vec::new() });
        }
    }

    /// The next bytes of the body, in their framing; empty at its end.
    pub(crate) async fn more(&mut self) -> io::Result<Vec<u8>> {
        if self.unread.is_empty() {
            self.unread.reserve(256 * 1024);
            self.stream.read_buf(&mut self.unread).await?;
        }
        Ok(std::mem::take(&mut self.unread))
    }

    /// How many nanoseconds ago each of the next events was made; empty at the end.
    pub(crate) async fn events(&mut self) -> io::Result<Vec<u64>> {
        loop {
            let bytes = self.more().await?;
            let now = clock::nanos();
            let is_end = bytes.is_empty();
            // What is after the last line end is the beginning of a line that has not come whole.
            self.lines.extend(bytes);
            let whole = self.lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
            let lines: Vec<u8> = self.lines.drain(..whole).collect();
            let made = lines.split(|byte| *byte == b'\n').filter_map(|line| {
                std::str::from_utf8(line.strip_prefix(b"data: ")?).ok()?.parse::<u64>().ok()
            });
            let ages: Vec<u64> = made.map(|made| now.saturating_sub(made)).collect();
            if is_end || !ages.is_empty() {
                return Ok(ages);
            }
        }
    }

    /// Waits until the other side ends it, however it does.
    pub(crate) async fn ended(mut self) {
        while self.more().await.is_ok_and(|more| !more.is_empty()) {}
    }
}
