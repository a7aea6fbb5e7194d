//! One thread of the gateway: its connections, its copy of the policy, its idle upstream connections.
//!
//! Everything of a connection happens on one thread, so nothing here is locked. A change of policy reaches a thread as a message;
//! when the thread has acknowledged it, whatever lost its permit has been told so and can write nothing more.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    net::SocketAddr,
    ops::Deref,
    rc::Rc,
    sync::{Arc, mpsc as std_mpsc},
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::LocalSet};
use valetkey_core::{
    activity::{Caller, RequestId},
    policy::Snapshot,
    ports::ActivityWriter,
    time::Clock,
};

#[cfg(unix)]
use valetkey_core::activity::Transport;

use crate::{
    Reports, ServiceRefused,
    gateway::random_start,
    listener::Place,
    open::Open,
    opening,
    things::{Asking, Things},
    tls::Shared,
    upstream::{ClientTls, Pool},
};
#[cfg(unix)]
use crate::{buffer::Buffer, connection, connection::Security};

/// How often limits of time are looked at; each may be reached later by so much.
const TICK: Duration = Duration::from_secs(1);
/// After so many ticks idle upstream connections are looked through.
const SWEEP_TICKS: u64 = 10;

/// How long the acknowledgement of a change waits for connections to close. One whose client does not read its refusal must not keep
/// the owner waiting.
const CLOSING_TIME: Duration = Duration::from_millis(20);

/// What a thread is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// A client has connected.
    Connected(Client, Place),
    /// Judge by this from now on, and say when that is so.
    Apply(Arc<Snapshot>, std_mpsc::Sender<()>),
    /// Cut everything and end.
    Stop,
}

/// A connection that was accepted, on its way to the thread that will serve it.
#[derive(Debug)]
pub(crate) enum Client {
    Tcp(std::net::TcpStream, SocketAddr),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream, Option<CallerProcess>),
}

/// The process at the other end.
#[derive(Clone, Debug)]
pub(crate) struct CallerProcess {
    pub(crate) pid: u32,
    pub(crate) program: String,
}

impl CallerProcess {
    pub(crate) fn as_caller(&self) -> Caller<'_> {
        Caller { pid: self.pid, program: &self.program }
    }
}

/// Whole seconds since the thread began, as of its last look at the clock.
#[derive(Debug)]
pub(crate) struct Ticks {
    begun: Instant,
    now: Cell<u64>,
}

impl Ticks {
    pub(crate) fn now(&self) -> u64 {
        self.now.get()
    }

    fn look(&self) {
        self.now.set(self.begun.elapsed().as_secs());
    }

    #[cfg(test)]
    pub(crate) fn set(&self, now: u64) {
        self.now.set(now);
    }
}

impl Default for Ticks {
    fn default() -> Self {
        Self { begun: Instant::now(), now: Cell::new(0) }
    }
}

/// The policy that a thread judges by. It counts its users anew: the threads share one snapshot, and a count that all of them changed
/// with every request would slow each.
#[derive(Debug)]
pub(crate) struct Current(Arc<Snapshot>);

impl Deref for Current {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

/// What everything on the thread shares.
pub(crate) struct Worker {
    snapshot: RefCell<Rc<Current>>,
    pub(crate) ticks: Rc<Ticks>,
    pub(crate) activity: RefCell<Box<dyn ActivityWriter>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tls: ClientTls,
    /// For the clients' side.
    pub(crate) local_tls: Shared,
    pub(crate) pool: Pool,
    pub(crate) reports: Reports,
    pub(crate) things: Things,
    pub(crate) asking: Asking,
    open: RefCell<HashMap<u64, Rc<Open>>>,
    next_connection: Cell<u64>,
    next_request: Cell<u64>,
}

impl Worker {
    pub(crate) fn new(
        snapshot: Arc<Snapshot>,
        activity: Box<dyn ActivityWriter>,
        clock: Arc<dyn Clock>,
        tls: ClientTls,
        local_tls: Shared,
        things: Things,
        reports: Reports,
    ) -> Self {
        Self {
            snapshot: RefCell::new(Rc::new(Current(snapshot))),
            ticks: Rc::default(),
            activity: RefCell::new(activity),
            clock,
            tls,
            local_tls,
            pool: Pool::default(),
            reports,
            things,
            asking: Asking::default(),
            open: RefCell::default(),
            next_connection: Cell::new(0),
            next_request: Cell::new(random_start()),
        }
    }

    /// The policy as it is now.
    pub(crate) fn snapshot(&self) -> Rc<Current> {
        Rc::clone(&self.snapshot.borrow())
    }

    /// A number that no other request has.
    pub(crate) fn next_request(&self) -> RequestId {
        let id = self.next_request.get();
        self.next_request.set(id.wrapping_add(1));
        RequestId(id)
    }

    /// That a service refused what was permitted; nothing waits for it.
    pub(crate) fn report_refusal(&self, refused: ServiceRefused) {
        let _ = self.reports.refusals.try_send(refused);
    }

    /// Serves until it is told to stop.
    pub(crate) async fn run(self: Rc<Self>, mut messages: mpsc::UnboundedReceiver<Message>) {
        let tasks = LocalSet::new();
        tasks
            .run_until(async {
                let mut ticks = tokio::time::interval(TICK);
                ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                loop {
                    tokio::select! {
                        biased;
                        message = messages.recv() => match message {
                            Some(Message::Connected(client, place)) => self.accept(client, place),
                            Some(Message::Apply(snapshot, done)) => {
                                self.apply(snapshot);
                                self.let_cuts_close().await;
                                // Nobody waits any more where the caller is gone.
                                let _ = done.send(());
                            }
                            Some(Message::Stop) | None => return,
                        },
                        // Without connections nothing needs the time, and the machine may sleep.
                        _ = ticks.tick(), if self.has_connections() => self.tick(),
                    }
                }
            })
            .await;
    }

    fn apply(&self, snapshot: Arc<Snapshot>) {
        let now = self.clock.now();
        for open in self.open.borrow().values() {
            open.judge_again(&snapshot, now);
        }
        self.snapshot.replace(Rc::new(Current(snapshot)));
        self.sweep();
    }

    /// What was cut can write nothing more already; here it gets the time to close its connections, so that they are closed, too, when
    /// the change is acknowledged.
    async fn let_cuts_close(&self) {
        let begun = Instant::now();
        while self.open.borrow().values().any(|open| open.is_being_cut()) && begun.elapsed() < CLOSING_TIME {
            tokio::task::yield_now().await;
        }
    }

    fn has_connections(&self) -> bool {
        !self.open.borrow().is_empty() || !self.pool.is_empty()
    }

    fn tick(&self) {
        self.ticks.look();
        for open in self.open.borrow().values() {
            open.tick();
        }
        if self.ticks.now().is_multiple_of(SWEEP_TICKS) {
            self.sweep();
        }
    }

    fn sweep(&self) {
        let snapshot = self.snapshot();
        self.pool.sweep(self.ticks.now(), |name, base| {
            let known = snapshot.service(name.as_str());
            known.is_some_and(|known| known.endpoints.iter().any(|endpoint| endpoint.base_url == *base))
        });
    }

    fn accept(self: &Rc<Self>, client: Client, place: Place) {
        let worker = Rc::clone(self);
        let id = self.next_connection.get();
        self.next_connection.set(id + 1);
        self.ticks.look();
        let open = Rc::new(Open::new(Rc::clone(&self.ticks)));
        self.open.borrow_mut().insert(id, Rc::clone(&open));
        tokio::task::spawn_local(async move {
            match client {
                Client::Tcp(stream, listening) => {
                    if let Ok(stream) = tokio::net::TcpStream::from_std(stream) {
                        opening::serve(&worker, stream, listening, &open).await;
                    }
                }
                #[cfg(unix)]
                Client::Unix(stream, caller) => {
                    if let Ok(stream) = tokio::net::UnixStream::from_std(stream) {
                        let way = connection::Way {
                            transport: Transport::Unix,
                            security: Security::Plain,
                            listening: None,
                            caller,
                            tunnel: None,
                        };
                        connection::serve(&worker, stream, Buffer::default(), way, &open).await;
                    }
                }
            }
            worker.open.borrow_mut().remove(&id);
            drop(place);
        });
    }
}
