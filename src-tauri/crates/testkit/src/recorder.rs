use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The head with its empty line.
    pub head: String,
    /// The body without its framing.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The request line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Values of the headers called `name`, in any letter case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

/// What the recorder does with a connection once it has read a request; `false` ends the connection.
pub type Script = Arc<dyn Fn(&Recorded, &mut TcpStream) -> io::Result<bool> + Send + Sync>;

/// A service that records everything it is sent, and answers by a script.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    seen: Arc<Seen>,
    stopped: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Recorded>,
    /// Every byte of every connection, also of requests that never became whole.
    bytes: Vec<u8>,
    connections: usize,
    closed: usize,
}

impl Recorder {
    /// Answers every request with 200 and `ok`.
    pub fn start() -> Self {
        Self::scripted(Arc::new(|_, stream| {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok")?;
            Ok(true)
        }))
    }

    /// Answers with these bytes and keeps the connection.
    pub fn answering(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::scripted(Arc::new(move |_, stream| {
            stream.write_all(&reply)?;
            Ok(true)
        }))
    }

    /// Answers by a script.
    ///
    /// # Panics
    /// Where loopback can't be listened on.
    pub fn scripted(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("loopback: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("loopback: {error}"));
        let seen = Arc::new(Seen::default());
        let stopped = Arc::new(AtomicBool::new(false));
        let (all, stop) = (Arc::clone(&seen), Arc::clone(&stopped));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                all.lock().connections += 1;
                let (seen, script) = (Arc::clone(&all), Arc::clone(&script));
                thread::spawn(move || {
                    // A connection that breaks is an ordinary end of a test.
                    let _ = serve(stream, &seen, &script);
                    seen.lock().closed += 1;
                    seen.changed.notify_all();
                });
            }
        });
        Self { address, seen, stopped }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every whole request so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.seen.lock().requests.clone()
    }

    /// Every byte so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().bytes.clone()
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.seen.lock().connections
    }

    /// Waits until `done` holds of the numbers of whole requests and of closed connections; `false` after ten seconds.
    pub fn wait_until(&self, done: impl Fn(usize, usize) -> bool) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut state = self.seen.lock();
        while !done(state.requests.len(), state.closed) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return false };
            state = self.seen.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is to end.
        let _ = TcpStream::connect(self.address);
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(mut stream: TcpStream, seen: &Seen, script: &Script) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read_request(&mut stream, &mut buffer, seen)? else { return Ok(()) };
        seen.lock().requests.push(request.clone());
        seen.changed.notify_all();
        if !script(&request, &mut stream)? {
            return Ok(());
        }
    }
}

/// Reads as a forgiving server would: whatever the gateway lets through is recorded.
fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>, seen: &Seen) -> io::Result<Option<Recorded>> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        if !more(stream, buffer, seen)? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|v| v.trim().parse().ok());
    let body = if lower.contains("\r\ntransfer-encoding:") {
        read_chunks(stream, buffer, seen)?
    } else {
        let length: usize = length.unwrap_or(0);
        while buffer.len() < length {
            if !more(stream, buffer, seen)? {
                return Ok(None);
            }
        }
        Some(buffer.drain(..length).collect())
    };
    Ok(body.map(|body| Recorded { head, body }))
}

fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>, seen: &Seen) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = find(buffer, b"\r\n") {
                break end;
            }
            if !more(stream, buffer, seen)? {
                return Ok(None);
            }
        };
        let line = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let whole = end + 2 + size + 2;
        while buffer.len() < whole {
            if !more(stream, buffer, seen)? {
                return Ok(None);
            }
        }
        body.extend(&buffer[end + 2..end + 2 + size]);
        buffer.drain(..whole);
        if size == 0 {
            return Ok(Some(body));
        }
    }
}

fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>, seen: &Seen) -> io::Result<bool> {
    let mut part = [0; 16 * 1024];
    let length = stream.read(&mut part)?;
    buffer.extend(&part[..length]);
    seen.lock().bytes.extend(&part[..length]);
    Ok(length > 0)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
