use std::cell::RefCell;

use valetkey_core::{
    policy::ByService,
    service::{BaseUrl, ServiceName},
};

use super::UpstreamIo;

/// How many seconds an idle connection is kept; fewer than the 60 and 75 after which common servers close theirs.
const IDLE_TICKS: u64 = 50;
/// How many are kept for one service.
const MAX_IDLE: usize = 256;

/// Idle connections of one gateway thread. A connection is used for its own service at its own origin only.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: RefCell<ByService<Idle>>,
}

#[derive(Debug)]
struct Idle {
    base: BaseUrl,
    /// Each with the tick since which it is idle.
    connections: Vec<(UpstreamIo, u64)>,
}

impl Pool {
    /// The connection that was used last and is still good.
    pub(crate) fn take(&self, service: &ServiceName, base: &BaseUrl, now: u64) -> Option<UpstreamIo> {
        let mut idle = self.idle.borrow_mut();
        let entry = idle.get_mut(service)?;
        if entry.base != *base {
            idle.remove(service);
            return None;
        }
        while let Some((mut connection, since)) = entry.connections.pop() {
            if now < since + IDLE_TICKS && connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last reply ended exactly where it should.
    pub(crate) fn put(&self, service: &ServiceName, base: &BaseUrl, connection: UpstreamIo, now: u64) {
        let mut idle = self.idle.borrow_mut();
        let entry = match idle.get_mut(service) {
            Some(entry) if entry.base == *base => entry,
            _ => idle
                .entry(service.clone())
                .insert_entry(Idle { base: base.clone(), connections: Vec::new() })
                .into_mut(),
        };
        if entry.connections.len() < MAX_IDLE {
            entry.connections.push((connection, now));
        }
    }

    /// Whether nothing is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.idle.borrow().is_empty()
    }

    /// Closes what has been idle too long, and what belongs to services that `is_known` denies.
    pub(crate) fn sweep(&self, now: u64, is_known: impl Fn(&ServiceName, &BaseUrl) -> bool) {
        self.idle.borrow_mut().retain(|service, entry| {
            entry.connections.retain(|(_, since)| now < since + IDLE_TICKS);
            !entry.connections.is_empty() && is_known(service, &entry.base)
        });
    }
}
