//! The control socket: how a terminal reaches the program that owns the profile. One JSON object a line, each way.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use valetkey_wire as wire;

use crate::{Error, Host, Profile, platform};

/// A definition of 32 MiB as JSON text, and what stands around it.
const LINE_LIMIT: u64 = 34 << 20;
/// So many terminals at once are more than anybody has.
const CONNECTIONS: usize = 64;
/// After a connection that could not be taken.
const BACK_OFF: Duration = Duration::from_millis(50);
/// A connection that has been silent for so long is closed.
const IDLE: Duration = Duration::from_mins(10);

/// Serves terminals until the host stops.
pub(crate) async fn serve(host: Host, mut listener: platform::Listener) {
    let mut stopped = host.inner.stopped();
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let Ok(stream) = accepted else {
            // For want of descriptors, or because the peer is gone again: not to be tried a million times a second.
            tokio::time::sleep(BACK_OFF).await;
            continue;
        };
        let Ok(place) = std::sync::Arc::clone(&places).try_acquire_owned() else { continue };
        let host = host.clone();
        let mut stopped = stopped.clone();
        tokio::spawn(async move {
            let _place = place;
            tokio::select! {
                () = converse(&host, stream) => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        });
    }
}

async fn converse(host: &Host, stream: platform::Stream) {
    let (from, mut to) = tokio::io::split(stream);
    let mut from = BufReader::new(from);
    loop {
        let Ok(Ok(Some(line))) = tokio::time::timeout(IDLE, next_line(&mut from)).await else { return };
        // A request that has begun is carried out whether or not the terminal still waits for the answer.
        let reply = match serde_json::from_slice::<wire::Request>(&line) {
            Ok(request) => host.call(request).await,
            Err(_) => Err(Error::RequestMalformed.into()),
        };
        let reply = reply.unwrap_or_else(wire::Reply::Error);
        if write_line(&mut to, &reply).await.is_err() {
            return;
        }
    }
}

/// A line without its end; `None` where the peer has closed. A line past the limit is an error.
async fn next_line(
    from: &mut BufReader<impl AsyncRead + Unpin>,
) -> std::io::Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
    let mut line = zeroize::Zeroizing::new(Vec::new());
    from.take(LINE_LIMIT).read_until(b'\n', &mut line).await?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(std::io::ErrorKind::InvalidData.into()),
    }
}

async fn write_line(
    to: &mut (impl AsyncWriteExt + Unpin),
    value: &impl serde::Serialize,
) -> std::io::Result<()> {
    let mut line = zeroize::Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}

/// A terminal's end of the control socket.
pub struct Client {
    from: BufReader<tokio::io::ReadHalf<platform::Stream>>,
    to: tokio::io::WriteHalf<platform::Stream>,
}

impl Client {
    /// Reaches the program that runs on `profile`; `None` where none does.
    pub async fn connect(profile: &Profile) -> Option<Self> {
        let (from, to) = tokio::io::split(platform::connect(&profile.control_socket()).await?);
        Some(Self { from: BufReader::new(from), to })
    }

    /// Asks one thing. After an error of code [`wire::Code::Internal`] the connection may be gone.
    pub async fn call(&mut self, request: wire::Request) -> Result<wire::Reply, wire::Error> {
        let gone = |_: std::io::Error| wire::Error::from(Error::ControlClosed);
        write_line(&mut self.to, &request).await.map_err(gone)?;
        let line = next_line(&mut self.from).await.map_err(gone)?.ok_or(Error::ControlClosed)?;
        match serde_json::from_slice(&line) {
            Ok(wire::Reply::Error(error)) => Err(error),
            Ok(reply) => Ok(reply),
            Err(_) => Err(Error::ControlClosed.into()),
        }
    }
}
