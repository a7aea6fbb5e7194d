//! Running the gateway: where it listens, and moving it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use valetkey_gateway::{Config, Error as GatewayError, Gateway, Reports, SelfRevocation, ServiceRefused};
use valetkey_wire as wire;
use wire::{Event, GatewayState};

use crate::{
    Error, authorities,
    inner::{Inner, held},
    platform,
    state::{Listening, Lock, Pause, State},
    tokens,
};

/// More threads than this win nothing: what takes time is the service.
const MOST_THREADS: usize = 4;

/// What was asked for at start, beside the settings.
pub(crate) struct Plan {
    /// One address instead of those of the settings.
    pub(crate) listen: Option<SocketAddr>,
    /// Where the Unix socket is; there is none on Windows.
    pub(crate) socket: Option<PathBuf>,
    reports: Reports,
}

impl Plan {
    /// And where tokens that revoke themselves, and refusals of services, arrive.
    pub(crate) fn new(
        listen: Option<SocketAddr>,
        socket: Option<PathBuf>,
    ) -> (Self, UnboundedReceiver<SelfRevocation>, Receiver<ServiceRefused>) {
        let (reports, revocations, refusals) = Reports::new();
        (Self { listen, socket, reports }, revocations, refusals)
    }

    fn addresses(&self, settings: &wire::Settings) -> Vec<SocketAddr> {
        if let Some(address) = self.listen {
            return vec![address];
        }
        let ipv4 = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let ipv6 = settings.ipv6.then_some(IpAddr::V6(Ipv6Addr::LOCALHOST));
        std::iter::once(ipv4).chain(ipv6).map(|ip| SocketAddr::new(ip, settings.port)).collect()
    }
}

/// Starts the gateway. What keeps it from listening is in the state then; nothing else is an error to the host.
pub(crate) async fn start(inner: &Arc<Inner>) -> Result<(), Error> {
    let Some(plan) = inner.plan.get() else { return Ok(()) };
    let config = Config {
        listen: plan.addresses(&inner.state().settings),
        socket: plan.socket.clone(),
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_THREADS),
    };
    let reports = plan.reports.clone();
    let (log, clock, place) = (inner.records.log(), Arc::clone(&inner.clock), Arc::clone(&inner.gateway));
    let running = Arc::clone(inner);
    let started = inner
        .with_snapshot(async |snapshot| {
            let start = move || {
                let gateway = Gateway::start(&config, &snapshot, &*log, &clock, &reports)?;
                let addresses = gateway.addresses().to_vec();
                let mut place = held(&place);
                gateway.secure(held(&running.local_tls).clone());
                *place = Some(gateway);
                Ok::<_, GatewayError>(addresses)
            };
            tokio::task::spawn_blocking(start).await
        })
        .await
        .map_err(|_| Error::TaskEnded)?;
    let outcome = match started {
        Ok(addresses) => {
            inner.state_mut().listening = Listening::At(addresses);
            Ok(())
        }
        Err(GatewayError::PortTaken { address }) => {
            let error = Error::port_taken(address.port());
            inner.state_mut().listening = Listening::PortTaken { problem: error.to_string() };
            Err(error)
        }
        Err(error) => {
            inner.state_mut().listening = Listening::Failed { problem: error.to_string() };
            Err(error.into())
        }
    };
    inner.announce(Event::Status);
    outcome
}

/// Stops it; every connection is cut.
pub(crate) async fn stop(inner: &Inner) {
    let place = Arc::clone(&inner.gateway);
    let stopping = tokio::task::spawn_blocking(move || {
        // Out of its place first: a change that is put in force meanwhile must not wait for the threads to end.
        let gateway = held(&place).take();
        if let Some(gateway) = gateway {
            gateway.stop();
        }
    });
    // It ends early only by a panic.
    let _ = stopping.await;
    inner.state_mut().listening = Listening::No;
}

/// Whether the gateway could listen where `settings` say. What it has already counts as free.
pub(crate) fn can_move(inner: &Inner, settings: &wire::Settings) -> Result<(), Error> {
    let Some(plan) = inner.plan.get() else { return Ok(()) };
    let state = inner.state();
    let has: &[SocketAddr] = match &state.listening {
        Listening::At(addresses) => addresses,
        Listening::No | Listening::PortTaken { .. } | Listening::Failed { .. } => &[],
    };
    let wanted = plan.addresses(settings);
    for address in wanted.iter().filter(|address| !has.contains(address) && address.port() != 0) {
        // Listened on and let go of again; between that and the move another program could take it, and the move fails then.
        std::net::TcpListener::bind(address).map_err(|_| Error::port_taken(address.port()))?;
    }
    Ok(())
}

/// Listens where the settings say, if that is elsewhere than now.
pub(crate) async fn move_to_settings(inner: &Arc<Inner>) -> Result<(), Error> {
    let Some(plan) = inner.plan.get() else { return Ok(()) };
    let wanted = plan.addresses(&inner.state().settings);
    let stays = match &inner.state().listening {
        Listening::At(addresses) => *addresses == wanted || plan.listen.is_some(),
        Listening::No | Listening::PortTaken { .. } | Listening::Failed { .. } => false,
    };
    if stays {
        return Ok(());
    }
    stop(inner).await;
    start(inner).await
}

/// Answers 503 until resumed, or for so long.
pub(crate) async fn pause(inner: &Arc<Inner>, millis: Option<u64>) -> Result<(), Error> {
    let until = match millis {
        None => None,
        Some(millis) => {
            let millis = i64::try_from(millis).map_err(|_| Error::PauseTooLong)?;
            Some(inner.clock.now().plus_millis(millis))
        }
    };
    let number = inner
        .put(|state| {
            state.pauses += 1;
            let number = state.pauses;
            state.set_pause(Some(Pause { number, until }));
            number
        })
        .await;
    inner.announce(Event::Status);
    if let Some(millis) = millis {
        let inner = Arc::clone(inner);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            let ends = |state: &State| state.pause.is_some_and(|pause| pause.number == number);
            if ends(&inner.state()) {
                resume(&inner).await;
            }
        });
    }
    Ok(())
}

/// Forwards again.
pub(crate) async fn resume(inner: &Inner) {
    inner.put(|state| state.set_pause(None)).await;
    inner.announce(Event::Status);
}

/// Revokes the tokens that ask for it themselves.
pub(crate) async fn take_revocations(inner: Arc<Inner>, mut arriving: UnboundedReceiver<SelfRevocation>) {
    while let Some(asked) = arriving.recv().await {
        let inner = Arc::clone(&inner);
        // Each by itself: one that waits for a stuck disk must not keep the next.
        tokio::spawn(async move {
            let outcome = tokens::revoke_itself(&inner, asked.token).await;
            // Its connection may be gone.
            let _ = asked.done.send(outcome.map_err(drop));
        });
    }
}

/// The gateway as it is shown.
pub(crate) fn row(inner: &Inner, state: &State) -> wire::Gateway {
    let socket = inner.plan.get().and_then(|plan| plan.socket.as_ref());
    let (running, address, problem) = match &state.listening {
        Listening::No => (false, None, None),
        Listening::At(addresses) => (true, addresses.first().map(ToString::to_string), None),
        Listening::PortTaken { problem } | Listening::Failed { problem } => {
            (false, None, Some(problem.clone()))
        }
    };
    let mode = match (&state.listening, state.pause, state.lock) {
        (Listening::No | Listening::Failed { .. }, ..) => GatewayState::Stopped,
        (Listening::PortTaken { .. }, ..) => GatewayState::PortTaken,
        (Listening::At(_), Some(_), _) => GatewayState::Paused,
        (Listening::At(_), None, Lock::Locked { .. }) => GatewayState::Locked,
        (Listening::At(_), None, Lock::Open { .. }) => GatewayState::Listening,
    };
    wire::Gateway {
        state: mode,
        address,
        socket: socket.filter(|_| running).map(|path| path.display().to_string()),
        paused_until: state
            .pause
            .and_then(|pause| pause.until)
            .map(valetkey_core::time::Timestamp::as_millis),
        problem,
        https: authorities::https_row(inner, state),
        proxy: authorities::proxy_row(inner, state),
    }
}

impl Error {
    fn port_taken(port: u16) -> Self {
        Self::PortTaken { port, program: platform::program_on_port(port) }
    }
}
