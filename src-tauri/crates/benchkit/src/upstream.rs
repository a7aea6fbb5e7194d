//! A service whose replies take time: what the third part of the path names is what comes.
//!
//! `/groups/G/items/events/P` is a stream of events, each with the time at which it was made; `gigabyte` is as many
//! bytes, as fast as they are taken; a body sent to `sink` is read at [`RATE`].

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Request, Response,
    body::{Body, Frame, Incoming, SizeHint},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, time::Interval};

use crate::{clock, pace::Pace};

/// Between two events of a stream.
const PERIOD: Duration = Duration::from_millis(50);
/// Bytes of the large reply.
pub(crate) const GIGABYTE: u64 = 1 << 30;
/// Bytes of one piece of it.
const PIECE: usize = 64 * 1024;

type Reply = Response<BoxBody<Bytes, Infallible>>;

/// Until it is ended.
pub(crate) fn run(port: u16) -> io::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            // A client that goes away is no concern of the others.
            tokio::spawn(connection);
        }
    })
}

async fn answer(request: Request<Incoming>) -> Result<Reply, hyper::Error> {
    let item = request.uri().path().split('/').nth(4).unwrap_or_default().to_owned();
    let (kind, body) = match item.as_str() {
        "events" => ("text/event-stream", Events(tokio::time::interval(PERIOD)).boxed()),
        "gigabyte" => ("application/octet-stream", Gigabyte::default().boxed()),
        "sink" => {
            let read = sink(request.into_body()).await?;
            ("text/plain", Full::from(read.to_string()).boxed())
        }
        _ => ("application/json", Full::from("{}").boxed()),
    };
    let mut reply = Response::new(body);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(reply)
}

/// Reads slowly; how much it was.
async fn sink(mut body: Incoming) -> Result<u64, hyper::Error> {
    let mut pace = Pace::start();
    while let Some(frame) = body.frame().await {
        pace.took(frame?.data_ref().map_or(0, Bytes::len)).await;
    }
    Ok(pace.bytes())
}

/// One at once, then one every [`PERIOD`].
struct Events(Interval);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        ready!(self.0.poll_tick(context));
        let event = format!("data: {}\n\n", clock::nanos());
        Poll::Ready(Some(Ok(Frame::data(event.into()))))
    }
}

struct Gigabyte {
    piece: Bytes,
    left: u64,
}

impl Default for Gigabyte {
    fn default() -> Self {
        Self { piece: vec![b'x'; PIECE].into(), left: GIGABYTE }
    }
}

impl Body for Gigabyte {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        // A gigabyte is a whole number of pieces.
        self.left -= PIECE as u64;
        Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
