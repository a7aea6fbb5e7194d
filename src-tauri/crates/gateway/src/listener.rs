//! Takes connections and hands each to a thread.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::mpsc;

use crate::{
    Error,
    worker::{Client, Message},
};

/// Length of the queue of connections that wait to be taken.
const BACKLOG: i32 = 1024;

/// Listens on a loopback address; a taken port is an error, never another port.
pub(crate) fn bind(address: SocketAddr) -> Result<std::net::TcpListener, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback { address });
    }
    let listen = || -> io::Result<std::net::TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // A port in TIME_WAIT after a restart is free; on Windows the same option would share a port that is in use.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    listen().map_err(|problem| {
        // Windows answers so where another program has the port for itself.
        let denied = cfg!(windows) && problem.kind() == io::ErrorKind::PermissionDenied;
        if denied || problem.kind() == io::ErrorKind::AddrInUse {
            Error::PortTaken { address }
        } else {
            Error::Listen { address, problem }
        }
    })
}

/// Most client connections at once, however many files the process may open.
const MAX_CONNECTIONS: usize = 16 * 1024;

/// Each connection is a file, and may need another one to a service. Connections that wait need none, so that more than half of the
/// files are for clients.
fn most_connections() -> usize {
    #[cfg(unix)]
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let files: Option<u64> = None;
    let files = files.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    (files / 5 * 3).min(MAX_CONNECTIONS)
}

/// Deals connections out to the threads, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Deal {
    threads: Arc<[mpsc::UnboundedSender<Message>]>,
    next: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most: usize,
}

/// A place among the connections that there may be; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let place = Self(Arc::clone(open));
        (open.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Deal {
    pub(crate) fn new(threads: &[mpsc::UnboundedSender<Message>]) -> Self {
        Self { threads: threads.into(), next: Arc::default(), open: Arc::default(), most: most_connections() }
    }

    fn hand_over(&self, client: Client) {
        // Past the most there may be, a connection is closed at once: the others, and the owner, go first.
        let Some(place) = Place::take(&self.open, self.most) else { return };
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        // A thread that has ended takes no connection; dropping it here closes it.
        let _ = self.threads[turn].send(Message::Connected(client, place));
    }

    /// Takes TCP connections until dropped.
    pub(crate) async fn accept_tcp(self, listener: tokio::net::TcpListener) {
        let Ok(listening) = listener.local_addr() else { return };
        loop {
            match listener.accept().await {
                Ok((stream, peer)) if peer.ip().is_loopback() => {
                    // A failure here costs only delay.
                    let _ = stream.set_nodelay(true);
                    if let Ok(stream) = stream.into_std() {
                        self.hand_over(Client::Tcp(stream, listening));
                    }
                }
                Ok(_) => {}
                Err(error) => pause_after(&error).await,
            }
        }
    }

    /// Takes connections of the Unix socket until dropped; only those of this user.
    #[cfg(unix)]
    pub(crate) async fn accept_unix(self, listener: tokio::net::UnixListener) {
        let own_user = crate::peer::own_user();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let Ok(credentials) = stream.peer_cred() else { continue };
                    if credentials.uid() != own_user {
                        continue;
                    }
                    let caller = credentials.pid().and_then(crate::peer::process);
                    if let Ok(stream) = stream.into_std() {
                        self.hand_over(Client::Unix(stream, caller));
                    }
                }
                Err(error) => pause_after(&error).await,
            }
        }
    }
}

/// Accepting fails for want of file descriptors, which come back when connections end; without a pause it would fail without end.
async fn pause_after(error: &io::Error) {
    let passing = matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted);
    if !passing {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
