use std::{
    future::poll_fn,
    net::TcpListener,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use h2::{
    Reason, RecvStream,
    server::{Builder, SendResponse},
};
use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::authority::{Authority, config};

type Body = std::io::Cursor<Vec<u8>>;

/// A service over TLS that speaks HTTP/2, and HTTP/1.1 to a client that knows no better; the path says what comes.
pub(crate) struct Service {
    pub(crate) port: u16,
    story: Arc<Story>,
}

/// What has happened at the service, a line each.
#[derive(Default)]
struct Story {
    lines: Mutex<Vec<String>>,
    changed: Condvar,
    /// Tells every stream of events to go on.
    more: Notify,
}

impl Story {
    fn say(&self, line: impl Into<String>) {
        self.lines.lock().unwrap().push(line.into());
        self.changed.notify_all();
    }

    /// How often this has happened.
    fn count(&self, line: &str) -> usize {
        self.lines.lock().unwrap().iter().filter(|known| *known == line).count()
    }
}

impl Service {
    pub(crate) fn start(authority: &Authority) -> Self {
        let config = config(authority.certificate("localhost", false), &["h2", "http/1.1"]);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let story = Arc::new(Story::default());
        let all = Arc::clone(&story);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                for number in 0.. {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (acceptor, story) = (acceptor.clone(), Arc::clone(&all));
                    tokio::spawn(async move {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                            serve(stream, number, &story).await;
                        } else {
                            // A tunnel that breaks has ended.
                            let _ = upgrade(stream, &story).await;
                        }
                        story.say("closed");
                    });
                }
            });
        });
        Self { port, story }
    }

    /// How often this has happened until now.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.story.count(line)
    }

    /// Waits until this has happened.
    #[track_caller]
    pub(crate) fn wait_for(&self, line: &str) {
        let lines = self.story.lines.lock().unwrap();
        let missing = |lines: &mut Vec<String>| !lines.iter().any(|known| known == line);
        let (lines, waited) =
            self.story.changed.wait_timeout_while(lines, Duration::from_secs(10), missing).unwrap();
        assert!(!waited.timed_out(), "no {line:?} in {lines:?}");
    }
}

async fn serve(stream: TlsStream<TcpStream>, number: usize, story: &Arc<Story>) {
    let mut connection = Builder::new().handshake::<_, Body>(stream).await.unwrap();
    while let Some(Ok((request, reply))) = connection.accept().await {
        let asked = format!("{} {}", request.method(), request.uri().path());
        story.say(&*asked);
        if asked == "GET /last" {
            connection.graceful_shutdown();
        }
        let story = Arc::clone(story);
        tokio::spawn(async move {
            // What the client breaks off is what some of these tests want.
            let _ = answer(request, reply, &asked, number, &story).await;
        });
    }
}

async fn answer(
    mut request: Request<RecvStream>,
    mut reply: SendResponse<Body>,
    asked: &str,
    number: usize,
    story: &Story,
) -> Result<(), h2::Error> {
    let head = Response::builder().header("x-connection", number);
    let is_first = story.count(asked) == 1;
    match asked {
        "GET /events" => {
            let head = head.header("content-type", "text/event-stream").body(()).unwrap();
            let mut body = reply.send_response(head, false)?;
            for event in 1.. {
                let more = story.more.notified();
                body.send_data(Body::new(format!("data: {event}\n\n").into()), false)?;
                tokio::select! {
                    () = more => {}
                    reason = poll_fn(|cx| body.poll_reset(cx)) => {
                        story.say(format!("reset {:?}", reason?));
                        return Ok(());
                    }
                }
            }
            Ok(())
        }
        "GET /none" => reply.send_response(head.status(204).body(()).unwrap(), true).map(drop),
        "GET /same" => {
            let head = head.status(304).header("etag", "\"x\"").header("content-length", 9);
            reply.send_response(head.body(()).unwrap(), true).map(drop)
        }
        "HEAD /length" => {
            reply.send_response(head.header("content-length", 1234).body(()).unwrap(), true).map(drop)
        }
        "GET /lengths" => {
            let head = head.header("content-length", 2).header("content-length", 3);
            let mut body = reply.send_response(head.body(()).unwrap(), false)?;
            body.send_data(Body::new(b"ok".to_vec()), true)
        }
        "GET /huge" => {
            let head = head.header("x-huge", "x".repeat(70_000));
            reply.send_response(head.body(()).unwrap(), true).map(drop)
        }
        "POST /full" => {
            let mut body = reply.send_response(head.status(413).body(()).unwrap(), false)?;
            body.send_data(Body::new(b"too much".to_vec()), true)?;
            // Nothing is taken of the window, so that the upload stands still.
            while let Some(data) = request.body_mut().data().await {
                if let Err(error) = data {
                    story.say(format!("reset {:?}", error.reason().unwrap()));
                    return Ok(());
                }
            }
            Ok(())
        }
        "GET /refused" | "POST /refused" if is_first => {
            reply.send_reset(Reason::REFUSED_STREAM);
            Ok(())
        }
        "GET /broken" | "POST /broken" if is_first => {
            reply.send_reset(Reason::INTERNAL_ERROR);
            Ok(())
        }
        _ => {
            if asked == "GET /more" {
                story.more.notify_waiters();
            }
            let mut length = 0;
            while let Some(data) = request.body_mut().data().await {
                let taken = data.inspect_err(|_| story.say("a body broke off"))?.len();
                request.body_mut().flow_control().release_capacity(taken)?;
                length += taken;
            }
            let mut body = reply.send_response(head.body(()).unwrap(), false)?;
            body.send_data(Body::new(format!("{length} bytes").into()), true)
        }
    }
}

/// A tunnel that gives back what it gets.
async fn upgrade(mut stream: TlsStream<TcpStream>, story: &Story) -> std::io::Result<()> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await?);
    }
    story.say(String::from_utf8_lossy(&read).lines().next().unwrap_or_default());
    let head = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(head).await?;
    stream.flush().await?;
    let (mut from, mut to) = tokio::io::split(stream);
    let ended = tokio::io::copy(&mut from, &mut to).await;
    story.say("tunnel ended");
    ended.map(drop)
}
