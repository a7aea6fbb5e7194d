use std::{
    fmt, io,
    io::Write,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use h2::{
    Reason, RecvStream, SendStream,
    client::{ResponseFuture, SendRequest},
};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroizing;

use super::http2::Http2;
use crate::guard::{ChunkedBody, Step};

/// Headers that HTTP/2 has not (RFC 9113 §8.2.2).
const OF_CONNECTIONS: [&str; 5] =
    ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/// One request and its reply on an HTTP/2 connection, written and read as HTTP/1.1: one codec of ours writes every head and judges
/// every reply. Dropping it before its end cancels the stream and leaves the others alone.
pub(crate) struct Http2Stream {
    connection: Http2,
    sender: Option<SendRequest<Bytes>>,
    is_head: bool,
    body: Option<SendStream<Bytes>>,
    framing: Outgoing,
    reply: Reply,
    unprocessed: bool,
    /// Written by us before `data`: the head, or the frame around a chunk.
    before: Bytes,
    data: Bytes,
}

/// How the body is framed in what is written to us.
enum Outgoing {
    Length(u64),
    /// With the bytes of the chunk that have yet to come.
    Chunked(ChunkedBody, usize),
}

enum Reply {
    NotAsked,
    Awaited(ResponseFuture),
    Length(RecvStream),
    /// And whether a chunk has to be closed.
    Chunked(RecvStream, bool),
    Ended,
}

impl fmt::Debug for Http2Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Http2Stream").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Http2Stream {
    pub(super) fn new(connection: Http2, sender: SendRequest<Bytes>) -> Self {
        Self {
            connection,
            sender: Some(sender),
            is_head: false,
            body: None,
            framing: Outgoing::Length(0),
            reply: Reply::NotAsked,
            unprocessed: false,
            before: Bytes::new(),
            data: Bytes::new(),
        }
    }

    /// The connection that it is on.
    pub(crate) const fn connection(&self) -> &Http2 {
        &self.connection
    }

    /// Whether it has failed and the service has not begun with it: it never went out, or the service says so (RFC 9113 §8.7).
    pub(super) const fn is_unprocessed(&self) -> bool {
        self.unprocessed
    }

    /// Sends the head, which is written whole.
    fn send_head(&mut self, sender: &mut SendRequest<Bytes>, head: &[u8]) -> io::Result<()> {
        let (request, framing) = request_of(head).ok_or(io::ErrorKind::InvalidInput)?;
        self.is_head = request.method() == Method::HEAD;
        let ends = matches!(framing, Outgoing::Length(0));
        self.framing = framing;
        let (reply, body) = sender.send_request(request, ends).map_err(io::Error::other)?;
        self.body = (!ends).then_some(body);
        self.reply = Reply::Awaited(reply);
        Ok(())
    }

    fn poll_data(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Some(body) = &mut self.body else { return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())) };
        let most = match &mut self.framing {
            Outgoing::Length(left) => usize::try_from(*left).unwrap_or(usize::MAX),
            Outgoing::Chunked(_, left @ 1..) => *left,
            Outgoing::Chunked(chunks, left) => match chunks.step(buf) {
                Ok(Step::Framing(length)) => return Poll::Ready(Ok(length)),
                Ok(Step::Data(length)) => {
                    *left = length;
                    length
                }
                Ok(Step::End(length)) => {
                    body.send_data(Bytes::new(), true).map_err(io::Error::other)?;
                    self.body = None;
                    return Poll::Ready(Ok(length));
                }
                // It is written chunk by chunk.
                Ok(Step::More) | Err(_) => return Poll::Ready(Err(io::ErrorKind::InvalidInput.into())),
            },
        };
        let here = ready!(poll_room(body, cx, most.min(buf.len())))?;
        let ends = match &mut self.framing {
            Outgoing::Length(left) => {
                *left -= here as u64;
                *left == 0
            }
            Outgoing::Chunked(_, left) => {
                *left -= here;
                false
            }
        };
        body.send_data(Bytes::copy_from_slice(&buf[..here]), ends).map_err(io::Error::other)?;
        if ends {
            self.body = None;
        }
        Poll::Ready(Ok(here))
    }

    /// Gets the next of the reply into `before` and `data`; `false` at its end.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        match &mut self.reply {
            Reply::NotAsked | Reply::Ended => return Poll::Ready(Ok(false)),
            Reply::Awaited(reply) => {
                let reply = ready!(Pin::new(reply).poll(cx)).map_err(|error| {
                    self.unprocessed = says_unprocessed(&error);
                    // What the crate itself complains about came from the service all the same.
                    if error.is_library() {
                        io::ErrorKind::InvalidData.into()
                    } else {
                        io::Error::other(error)
                    }
                })?;
                let (head, reply) = begin_reply(reply, self.is_head)?;
                self.before = head.into();
                self.reply = reply;
            }
            Reply::Length(body) => match ready!(body.poll_data(cx)) {
                Some(data) => self.data = data.map_err(io::Error::other)?,
                None => self.reply = Reply::Ended,
            },
            Reply::Chunked(body, open) => {
                if let Some(data) = ready!(body.poll_data(cx)) {
                    self.data = data.map_err(io::Error::other)?;
                    if !self.data.is_empty() {
                        let end = if *open { "\r\n" } else { "" };
                        self.before = format!("{end}{:x}\r\n", self.data.len()).into();
                        *open = true;
                    }
                } else {
                    let end = if *open { "\r\n0\r\n\r\n" } else { "0\r\n\r\n" };
                    self.before = Bytes::from_static(end.as_bytes());
                    self.reply = Reply::Ended;
                }
            }
        }
        Poll::Ready(Ok(true))
    }
}

impl AsyncRead for Http2Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.before.is_empty() && this.data.is_empty() {
            if !ready!(this.poll_more(cx))? {
                return Poll::Ready(Ok(()));
            }
        }
        give(&mut this.before, buf);
        let taken = give(&mut this.data, buf);
        // The service may send as much again.
        if let (1.., Reply::Length(body) | Reply::Chunked(body, _)) = (taken, &mut this.reply) {
            body.flow_control().release_capacity(taken).map_err(io::Error::other)?;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Http2Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(mut sender) = this.sender.take() else { return this.poll_data(cx, buf) };
        match sender.poll_ready(cx) {
            Poll::Pending => {
                this.sender = Some(sender);
                Poll::Pending
            }
            Poll::Ready(Err(error)) => {
                this.unprocessed = true;
                Poll::Ready(Err(io::Error::other(error)))
            }
            Poll::Ready(Ok(())) => Poll::Ready(this.send_head(&mut sender, buf).map(|()| buf.len())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.push();
        Poll::Ready(Ok(()))
    }

    /// A request says its own end.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

impl Drop for Http2Stream {
    fn drop(&mut self) {
        // What is not over is cancelled by this, and the service is told at once. Data that waits in the crate's queue is thrown away; the
        // one frame that is half written goes out whole, or nobody could read the next.
        self.sender = None;
        self.body = None;
        self.reply = Reply::Ended;
        self.connection.leave();
    }
}

/// A GOAWAY reaches only the streams behind the last that the service says it takes.
fn says_unprocessed(error: &h2::Error) -> bool {
    error.is_remote() && (error.is_go_away() || error.reason() == Some(Reason::REFUSED_STREAM))
}

/// Waits until some of `most` bytes may be sent.
fn poll_room(body: &mut SendStream<Bytes>, cx: &mut Context<'_>, most: usize) -> Poll<io::Result<usize>> {
    body.reserve_capacity(most);
    while body.capacity() == 0 {
        match ready!(body.poll_capacity(cx)) {
            Some(room) => drop(room.map_err(io::Error::other)?),
            None => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }
    Poll::Ready(Ok(most.min(body.capacity())))
}

fn give(from: &mut Bytes, buf: &mut ReadBuf<'_>) -> usize {
    let here = from.len().min(buf.remaining());
    buf.put_slice(&from[..here]);
    from.advance(here);
    here
}

/// The same request for HTTP/2. The last field carries the credential, which no table of either side may keep.
fn request_of(head: &[u8]) -> Option<(Request<()>, Outgoing)> {
    let text = head.strip_suffix(b"\r\n\r\n")?;
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut words = lines.next()?.split(|byte| *byte == b' ');
    let mut request = Request::builder().method(words.next()?);
    let target = std::str::from_utf8(words.next()?).ok()?;
    let fields = request.headers_mut()?;
    let mut authority = None;
    let mut framing = Outgoing::Length(0);
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let colon = memchr::memchr(b':', line)?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        // The crate holds it for as long as it needs it; then it is wiped, as the head is by its owner.
        let text = Zeroizing::new(line[colon + 1..].trim_ascii().to_vec());
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
        value.set_sensitive(lines.peek().is_none());
        match name {
            header::HOST => authority = Some(value),
            header::TRANSFER_ENCODING => framing = Outgoing::Chunked(ChunkedBody::default(), 0),
            name => {
                if name == header::CONTENT_LENGTH {
                    framing = Outgoing::Length(value.to_str().ok()?.parse().ok()?);
                }
                fields.append(name, value);
            }
        }
    }
    let authority = authority?;
    let uri = format!("https://{}{target}", authority.to_str().ok()?);
    Some((request.uri(uri).body(()).ok()?, framing))
}

/// The reply's head as HTTP/1.1, and how its body will be read.
fn begin_reply(reply: Response<RecvStream>, to_head: bool) -> io::Result<(Vec<u8>, Reply)> {
    let (parts, body) = reply.into_parts();
    let mut head = Vec::new();
    // Writing to a Vec can't fail.
    let _ = write!(head, "HTTP/1.1 {} \r\n", parts.status.as_u16());
    for (name, value) in &parts.headers {
        if OF_CONNECTIONS.contains(&name.as_str()) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend(name.as_str().as_bytes());
        head.extend(b": ");
        head.extend(value.as_bytes());
        head.extend(b"\r\n");
    }
    let bodyless = to_head || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let reply = if bodyless || parts.headers.contains_key(header::CONTENT_LENGTH) {
        Reply::Length(body)
    } else if body.is_end_stream() {
        head.extend(b"content-length: 0\r\n");
        Reply::Length(body)
    } else {
        head.extend(b"transfer-encoding: chunked\r\n");
        Reply::Chunked(body, false)
    };
    head.extend(b"\r\n");
    Ok((head, reply))
}

#[cfg(test)]
mod tests;
