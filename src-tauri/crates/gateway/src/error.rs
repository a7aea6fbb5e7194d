use std::{io, net::SocketAddr, path::PathBuf};

/// Why the gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program has the port.
    #[error("port {} is taken on {}", .address.port(), .address.ip())]
    PortTaken {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address is not one of this machine's loopback addresses.
    #[error("{address} is not a loopback address; the gateway listens on no other")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address could not be listened on.
    #[error("{address} could not be listened on: {problem}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// Why.
        problem: io::Error,
    },
    /// The Unix socket could not be made.
    #[error("the socket {} could not be made: {problem}", .path.display())]
    Socket {
        /// Where.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// The platform's trust store could not be used.
    #[error("TLS could not be set up: {problem}")]
    Tls {
        /// Why.
        problem: Box<str>,
    },
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[source] io::Error),
    /// The activity log can't be written.
    #[error(transparent)]
    Activity(#[from] valetkey_core::activity::ActivityUnavailable),
}
