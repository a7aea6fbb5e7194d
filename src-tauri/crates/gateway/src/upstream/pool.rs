use std::cell::RefCell;

use valetkey_core::{
    policy::ByService,
    service::{BaseUrl, ServiceName},
};

use super::{UpstreamIo, http2::Http2, socket::Socket};

/// How many seconds an idle connection is kept; fewer than the 60 and 75 after which common servers close theirs.
const IDLE_TICKS: u64 = 50;
/// How long one may have been idle for a request that can't be sent again: less than the 5 after which eager servers close theirs, so
/// that the request and the closing don't meet on the way.
const SURE_TICKS: u64 = 4;
/// How many are kept for one place of a service.
const MAX_IDLE: usize = 256;

/// What a kept connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// A request that may be sent twice (RFC 9110 §9.2.2): should the connection have died unseen, another one gets it.
    Repeatable,
    /// One that may not.
    Once,
    /// The same, and nobody else may be on the connection.
    Upgrade,
}

/// Idle connections of one gateway thread. A connection is used for its own service at its own base URL only.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// Of a service mostly one, and never more than it has endpoints.
    idle: RefCell<ByService<Vec<Idle>>>,
}

#[derive(Debug)]
struct Idle {
    base: BaseUrl,
    /// Of HTTP/2, which many requests share; each with the tick of its last use.
    shared: Vec<(Http2, u64)>,
    /// Each with the tick since which it is idle.
    connections: Vec<(Socket, u64)>,
}

impl Pool {
    /// A stream of a shared connection, or the connection that was used last and is still good.
    pub(crate) fn take(
        &self,
        service: &ServiceName,
        base: &BaseUrl,
        wanted: Use,
        now: u64,
    ) -> Option<UpstreamIo> {
        let mut idle = self.idle.borrow_mut();
        let entry = idle.get_mut(service)?.iter_mut().find(|entry| entry.base == *base)?;
        entry.shared.retain(|(connection, _)| !connection.is_gone());
        if let Some((connection, used)) =
            entry.shared.iter_mut().find(|(connection, _)| wanted != Use::Upgrade && connection.has_room())
        {
            *used = now;
            return Some(UpstreamIo::Stream(Box::new(connection.stream())));
        }
        let longest = if wanted == Use::Repeatable { IDLE_TICKS } else { SURE_TICKS };
        while let Some((mut connection, _)) = entry.connections.pop_if(|(_, since)| now < *since + longest) {
            if connection.is_quiet() && (wanted == Use::Repeatable || connection.has_nothing_waiting()) {
                return Some(UpstreamIo::Alone(connection));
            }
        }
        None
    }

    /// Lets others use the connection of a stream that was just dialled.
    pub(crate) fn share(&self, service: &ServiceName, base: &BaseUrl, fresh: &UpstreamIo, now: u64) {
        if let UpstreamIo::Stream(stream) = fresh {
            self.with_entry(service, base, |entry| entry.shared.push((stream.connection().clone(), now)));
        }
    }

    /// Keeps a connection whose last reply ended exactly where it should.
    pub(crate) fn put(&self, service: &ServiceName, base: &BaseUrl, connection: UpstreamIo, now: u64) {
        // A stream ends with its reply; what is kept is its connection.
        let UpstreamIo::Alone(connection) = connection else { return };
        self.with_entry(service, base, |entry| {
            if entry.connections.len() < MAX_IDLE {
                entry.connections.push((connection, now));
            }
        });
    }

    fn with_entry(&self, service: &ServiceName, base: &BaseUrl, work: impl FnOnce(&mut Idle)) {
        let mut idle = self.idle.borrow_mut();
        if !idle.contains_key(service) {
            idle.insert(service.clone(), Vec::new());
        }
        let Some(places) = idle.get_mut(service) else { return };
        if let Some(entry) = places.iter_mut().find(|entry| entry.base == *base) {
            return work(entry);
        }
        places.push(Idle { base: base.clone(), shared: Vec::new(), connections: Vec::new() });
        places.last_mut().map(work);
    }

    /// Whether nothing is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.idle.borrow().is_empty()
    }

    /// Closes what has been idle too long, and what belongs to services that `is_known` denies.
    pub(crate) fn sweep(&self, now: u64, is_known: impl Fn(&ServiceName, &BaseUrl) -> bool) {
        self.idle.borrow_mut().retain(|service, places| {
            places.retain_mut(|entry| {
                entry.connections.retain(|(_, since)| now < since + IDLE_TICKS);
                entry.shared.retain(|(connection, used)| {
                    !connection.is_gone() && (connection.is_busy() || now < used + IDLE_TICKS)
                });
                !(entry.connections.is_empty() && entry.shared.is_empty()) && is_known(service, &entry.base)
            });
            !places.is_empty()
        });
    }
}
