use std::{
    cell::{Cell, RefCell},
    fmt,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::spawn_local,
};

use super::stream::Http2Stream;

/// Most requests that share one connection.
const MAX_STREAMS: usize = 100;
/// What a service may send before its reader has taken any of it.
const STREAM_WINDOW: u32 = 256 * 1024;
/// Enough for every stream's window, so that a reader who stands still holds up nobody else.
const CONNECTION_WINDOW: u32 = 100 * STREAM_WINDOW;
/// Longest list of header fields.
const MAX_HEADERS: u32 = 64 * 1024;
/// What may wait to be sent, per stream.
const SEND_BUFFER: usize = 128 * 1024;

/// An HTTP/2 connection to a service, shared by the requests of one thread.
#[derive(Clone)]
pub(crate) struct Http2 {
    sender: SendRequest<Bytes>,
    driver: Rc<Driver>,
}

impl fmt::Debug for Http2 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Http2").field("streams", &self.driver.streams).finish_non_exhaustive()
    }
}

impl Http2 {
    /// Begins HTTP/2 on a connection that agreed on it.
    pub(crate) async fn begin(
        socket: impl AsyncRead + AsyncWrite + Unpin + 'static,
    ) -> Result<Self, h2::Error> {
        let mut builder = Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(MAX_HEADERS)
            .max_send_buffer_size(SEND_BUFFER);
        let (sender, connection) = builder.handshake(socket).await?;
        let driver = Rc::new(Driver {
            connection: RefCell::new(Some(Box::pin(connection))),
            waker: RefCell::new(Waker::noop().clone()),
            streams: Cell::new(0),
        });
        let task = Rc::clone(&driver);
        spawn_local(poll_fn(move |cx| {
            task.waker.borrow_mut().clone_from(cx.waker());
            task.drive()
        }));
        Ok(Self { sender, driver })
    }

    /// One more request on it.
    pub(crate) fn stream(&self) -> Http2Stream {
        self.driver.streams.set(self.driver.streams.get() + 1);
        Http2Stream::new(self.clone(), self.sender.clone())
    }

    /// Whether one more request may share it, by all that the service has said until now.
    pub(crate) fn has_room(&self) -> bool {
        self.push();
        let ready = self.sender.clone().poll_ready(&mut Context::from_waker(Waker::noop()));
        matches!(ready, Poll::Ready(Ok(())))
            && self.driver.streams.get() < MAX_STREAMS.min(self.sender.current_max_send_streams())
    }

    /// Whether requests are on it.
    pub(crate) fn is_busy(&self) -> bool {
        self.driver.streams.get() > 0
    }

    /// Whether it has ended.
    pub(crate) fn is_gone(&self) -> bool {
        self.driver.connection.borrow().is_none()
    }

    /// Writes what its streams have made ready. What a permit let through goes out under it, not when some task has its turn.
    pub(crate) fn push(&self) {
        if self.driver.drive().is_ready() {
            self.driver.waker.borrow().wake_by_ref();
        }
    }

    /// A stream of it has ended, in whatever way.
    pub(crate) fn leave(&self) {
        self.driver.streams.set(self.driver.streams.get() - 1);
        self.push();
    }
}

/// The connection itself, over whatever it is.
type Running = Pin<Box<dyn Future<Output = Result<(), h2::Error>>>>;

/// What moves the connection's bytes; a task of its own wakes it, its streams call it.
struct Driver {
    /// `None` when it has ended.
    connection: RefCell<Option<Running>>,
    /// Of its task.
    waker: RefCell<Waker>,
    streams: Cell<usize>,
}

impl Driver {
    fn drive(&self) -> Poll<()> {
        let waker = self.waker.borrow().clone();
        let mut slot = self.connection.borrow_mut();
        let Some(connection) = &mut *slot else { return Poll::Ready(()) };
        // Why it ended is told to its streams.
        let outcome = connection.as_mut().poll(&mut Context::from_waker(&waker)).map(drop);
        if outcome.is_ready() {
            *slot = None;
        }
        outcome
    }
}
