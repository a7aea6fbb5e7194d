use std::{
    cell::RefCell,
    collections::HashMap,
    time::{Duration, Instant},
};

use valetkey_core::service::{BaseUrl, ServiceName};

use super::UpstreamIo;

/// How long an idle connection is kept; below the 60 s and 75 s after which common servers close theirs.
const IDLE_TIME: Duration = Duration::from_secs(50);
/// How many are kept for one service.
const MAX_IDLE: usize = 256;

/// Idle connections of one gateway thread. A connection is used for its own service at its own origin only.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: RefCell<HashMap<ServiceName, Idle>>,
}

#[derive(Debug)]
struct Idle {
    base: BaseUrl,
    connections: Vec<(UpstreamIo, Instant)>,
}

impl Pool {
    /// The connection that was used last and is still good.
    pub(crate) fn take(&self, service: &ServiceName, base: &BaseUrl) -> Option<UpstreamIo> {
        let mut idle = self.idle.borrow_mut();
        let entry = idle.get_mut(service)?;
        if entry.base != *base {
            idle.remove(service);
            return None;
        }
        while let Some((mut connection, since)) = entry.connections.pop() {
            if since.elapsed() < IDLE_TIME && connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last reply ended exactly where it should.
    pub(crate) fn put(&self, service: &ServiceName, base: &BaseUrl, connection: UpstreamIo) {
        let mut idle = self.idle.borrow_mut();
        let entry = match idle.get_mut(service) {
            Some(entry) if entry.base == *base => entry,
            _ => idle
                .entry(service.clone())
                .insert_entry(Idle { base: base.clone(), connections: Vec::new() })
                .into_mut(),
        };
        if entry.connections.len() < MAX_IDLE {
            entry.connections.push((connection, Instant::now()));
        }
    }

    /// Closes what has been idle too long, and what belongs to services that `is_known` denies.
    pub(crate) fn sweep(&self, is_known: impl Fn(&ServiceName, &BaseUrl) -> bool) {
        self.idle.borrow_mut().retain(|service, entry| {
            entry.connections.retain(|(_, since)| since.elapsed() < IDLE_TIME);
            !entry.connections.is_empty() && is_known(service, &entry.base)
        });
    }
}
