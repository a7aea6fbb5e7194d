use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    rc::Rc,
    sync::{Arc, mpsc as std_mpsc},
    thread::JoinHandle,
};

use tokio::sync::{mpsc, oneshot};
use valetkey_core::{
    policy::Snapshot, ports::ActivityLog, service::ServiceName, time::Clock, token::TokenId,
};

use crate::{
    Error,
    listener::{Deal, bind},
    things::Things,
    tls::{LocalTls, Shared},
    upstream::ClientTls,
    worker::{Message, Worker},
};

/// A service that refuses one request is likely to refuse the next: a few of its words are as good as all.
const REFUSALS_KEPT: usize = 64;

/// Where the gateway listens, and with how many threads.
#[derive(Clone, Debug)]
pub struct Config {
    /// Loopback addresses; port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// The Unix socket, in a directory that is this user's alone. Ignored on Windows.
    pub socket: Option<PathBuf>,
    /// At least one.
    pub threads: usize,
}

/// A token asks to be revoked, over the gateway and with itself.
#[derive(Debug)]
pub struct SelfRevocation {
    /// Which.
    pub token: TokenId,
    /// Takes the answer, once it is in force.
    pub done: oneshot::Sender<Result<(), ()>>,
}

/// A service refused a permitted request: what the owner may do there may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRefused {
    /// Which.
    pub service: ServiceName,
    /// 401 or 403; 404 only with what it accepts.
    pub status: u16,
    /// What it says that the operation accepts, where it does.
    pub accepted: Option<Accepted>,
}

/// What a service says that an operation accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The operation's label.
    pub operation: Box<str>,
    /// In its own words, which have a known shape: `issues=write`.
    pub text: Box<str>,
}

/// Where the gateway tells what came up on the way.
#[derive(Clone, Debug)]
pub struct Reports {
    /// Tokens that revoke themselves.
    pub revocations: mpsc::UnboundedSender<SelfRevocation>,
    /// Services that refused. Where nobody takes these words fast enough some are left out.
    pub refusals: mpsc::Sender<ServiceRefused>,
}

impl Reports {
    /// And where they arrive.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<SelfRevocation>, mpsc::Receiver<ServiceRefused>) {
        let (revocations, revoked) = mpsc::unbounded_channel();
        let (refusals, refused) = mpsc::channel(REFUSALS_KEPT);
        (Self { revocations, refusals }, revoked, refused)
    }
}

/// A running gateway. Dropping it cuts every connection and stops it.
#[derive(Debug)]
pub struct Gateway {
    addresses: Vec<SocketAddr>,
    socket: Option<PathBuf>,
    local_tls: Shared,
    workers: Vec<mpsc::UnboundedSender<Message>>,
    threads: Vec<JoinHandle<()>>,
    stop_accepting: Option<oneshot::Sender<()>>,
}

impl Gateway {
    /// Listens and serves.
    pub fn start(
        config: &Config,
        snapshot: &Arc<Snapshot>,
        activity: &dyn ActivityLog,
        clock: &Arc<dyn Clock>,
        reports: &Reports,
    ) -> Result<Self, Error> {
        let tls = ClientTls::new()?;
        let mut listeners = Vec::new();
        for address in &config.listen {
            listeners.push(bind(*address)?);
        }
        let addresses = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();

        let mut gateway = Self {
            addresses,
            socket: None,
            local_tls: Shared::default(),
            workers: Vec::new(),
            threads: Vec::new(),
            stop_accepting: None,
        };
        let things = Things::default();
        for number in 0..config.threads.max(1) {
            let (send, receive) = mpsc::unbounded_channel();
            let writer = activity.writer()?;
            let (snapshot, clock, tls, reports) =
                (Arc::clone(snapshot), Arc::clone(clock), tls.clone(), reports.clone());
            let (local_tls, things) = (gateway.local_tls.clone(), things.clone());
            gateway.spawn(&format!("gateway-{number}"), move || async move {
                let worker = Worker::new(snapshot, writer, clock, tls, local_tls, things, reports);
                Rc::new(worker).run(receive).await;
            })?;
            gateway.workers.push(send);
        }

        let deal = Deal::new(&gateway.workers);
        let socket = config.socket.as_deref().map(bind_socket).transpose()?;
        gateway.socket.clone_from(&config.socket);
        let (stop, stopped) = oneshot::channel::<()>();
        gateway.spawn("gateway-accept", move || async move {
            let mut tasks = tokio::task::JoinSet::new();
            for listener in listeners {
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    tasks.spawn(deal.clone().accept_tcp(listener));
                }
            }
            #[cfg(unix)]
            if let Some(Ok(listener)) = socket.map(tokio::net::UnixListener::from_std) {
                tasks.spawn(deal.clone().accept_unix(listener));
            }
            #[cfg(not(unix))]
            // There is never one: `bind_socket` has refused it.
            let _: Option<()> = socket;
            // Ends when the gateway is stopped or dropped; the tasks end with it.
            let _ = stopped.await;
        })?;
        gateway.stop_accepting = Some(stop);
        Ok(gateway)
    }

    /// The addresses listened on, with the ports that were taken.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Returns when every thread judges by `snapshot` and has cut what lost its permit. Blocks for the time that the threads
    /// need for what they are doing just now; never call it from one of them.
    pub fn apply(&self, snapshot: &Arc<Snapshot>) {
        let (done, acknowledged) = std_mpsc::channel();
        let told = self
            .workers
            .iter()
            .filter(|worker| worker.send(Message::Apply(Arc::clone(snapshot), done.clone())).is_ok())
            .count();
        drop(done);
        // A thread that ended instead of answering drops its sender, and forwards nothing either.
        let _ = acknowledged.iter().take(told).count();
    }

    /// Answers TLS with this from the next connection on.
    pub fn secure(&self, tls: LocalTls) {
        self.local_tls.put(tls);
    }

    /// Cuts every connection and returns when the threads have ended.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop_accepting.take();
        for worker in &self.workers {
            let _ = worker.send(Message::Stop);
        }
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
        if let Some(path) = self.socket.take() {
            let _ = std::fs::remove_file(path);
        }
    }

    fn spawn<F, W>(&mut self, name: &str, work: W) -> Result<(), Error>
    where
        W: FnOnce() -> F + Send + 'static,
        F: Future<Output = ()>,
    {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
        let body = move || runtime.block_on(work());
        let thread = std::thread::Builder::new().name(name.into()).spawn(body).map_err(Error::Thread)?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.end();
    }
}

/// What numbers that must be unique begin with, such as request ids of one thread, so that they are so without asking anybody.
pub(crate) fn random_start() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

#[cfg(unix)]
fn bind_socket(path: &Path) -> Result<std::os::unix::net::UnixListener, Error> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |problem| Error::Socket { path: path.into(), problem };
    // The profile is locked by this process, so a socket that is there is a dead one's.
    match std::fs::remove_file(path) {
        Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => return Err(failed(problem)),
        _ => {}
    }
    let listener = std::os::unix::net::UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

#[cfg(not(unix))]
fn bind_socket(path: &Path) -> Result<(), Error> {
    let problem = std::io::Error::from(std::io::ErrorKind::Unsupported);
    Err(Error::Socket { path: path.into(), problem })
}
