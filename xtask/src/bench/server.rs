//! Programs that listen, started by this one and ended with it.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::process::Process;
use crate::{
    error::{Error, Result},
    program::Program,
};

/// What one server listens on.
pub(super) type Ports = Vec<u16>;

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A child that listens; ended and waited for when dropped.
pub(super) struct Server {
    child: Child,
}

/// Ports that nobody listens on, all different: they are held until all are known.
pub(super) fn free_ports(count: usize) -> Result<Ports> {
    let failed = |source| Error::Io { doing: "looking for free ports".to_owned(), source };
    let held: Vec<TcpListener> =
        (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>().map_err(failed)?;
    held.iter()
        .map(|one| one.local_addr().map(|address| address.port()))
        .collect::<Result<_, _>>()
        .map_err(failed)
}

impl Server {
    /// Starts it, and waits until it takes connections on each of these.
    pub(super) fn start(mut command: Command, ports: &[u16]) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|source| Error::Io { doing: format!("could not run {name}"), source })?;
        let server = Self { child };
        let start = Instant::now();
        for port in ports {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                if start.elapsed() > PATIENCE {
                    return Err(Error::Needed { what: format!("{name} that starts"), hint: String::new() });
                }
                std::thread::yield_now();
            }
        }
        Ok(server)
    }

    pub(super) fn process(&self) -> Process {
        Process { id: self.child.id() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// SIGTERM, and waits. It may have ended already.
pub(super) fn end(child: &mut Child) {
    let _ = Program::new("kill").args(["-TERM", &child.id().to_string()]).text();
    let _ = child.wait();
}
