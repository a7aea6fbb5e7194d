use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{socket::Socket, stream::Http2Stream};

/// What one request goes over: a connection, or a stream of one that others share, which looks the same from here.
#[derive(Debug)]
pub(crate) enum UpstreamIo {
    Alone(Socket),
    Stream(Box<Http2Stream>),
}

impl UpstreamIo {
    /// Whether the request has failed and it is known that the service has not begun with it.
    pub(crate) const fn is_unprocessed(&self) -> bool {
        match self {
            // HTTP/1.1 has no way to say so.
            Self::Alone(_) => false,
            Self::Stream(stream) => stream.is_unprocessed(),
        }
    }
}

impl AsyncRead for UpstreamIo {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Alone(socket) => Pin::new(socket).poll_read(cx, buf),
            Self::Stream(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for UpstreamIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Alone(socket) => Pin::new(socket).poll_write(cx, buf),
            Self::Stream(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Alone(socket) => Pin::new(socket).poll_flush(cx),
            Self::Stream(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Alone(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Stream(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
