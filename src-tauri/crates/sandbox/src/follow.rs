use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use tokio::{
    sync::watch,
    time::{Interval, interval},
};

/// How often a followed log says something.
const PERIOD: Duration = Duration::from_secs(1);

struct Following {
    /// What there was before.
    lines: std::vec::IntoIter<String>,
    ticks: Interval,
    count: u64,
    stopping: watch::Receiver<()>,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(line) = self.lines.next() {
            return Some((Ok(event(&line)), self));
        }
        tokio::select! {
            _ = self.ticks.tick() => {
                self.count += 1;
                let event = event(&format!("still here ({})", self.count));
                Some((Ok(event), self))
            }
            _ = self.stopping.changed() => None,
        }
    }
}

/// One event of `text/event-stream`.
fn event(line: &str) -> Bytes {
    format!("data: {line}\n\n").into()
}

fn events(
    lines: Vec<String>,
    stopping: watch::Receiver<()>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let following = Following { lines: lines.into_iter(), ticks: interval(PERIOD), count: 0, stopping };
    stream::unfold(following, Following::next)
}

/// `lines`, then a line each second until the client leaves or the sandbox stops.
pub(crate) fn follow(lines: Vec<String>, stopping: watch::Receiver<()>) -> Response {
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    (headers, Body::from_stream(events(lines, stopping))).into_response()
}
