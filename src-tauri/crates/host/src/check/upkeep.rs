//! When services are checked by themselves: once a day, and when one refuses what was permitted.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::mpsc::Receiver,
    time::{interval, sleep_until},
};
use valetkey_core::{policy::CredentialState, service::ServiceName};
use valetkey_gateway::ServiceRefused;

use super::{check, is_asked, policy};
use crate::{accepted, inner::Inner};

/// How often it is looked for what is old.
const LOOK: Duration = Duration::from_hours(1);
/// What was told longer ago, in milliseconds, is asked again.
const OLD: i64 = 24 * 60 * 60 * 1000;
/// A service that refuses again and again is not asked more often than this.
const APART: Duration = Duration::from_mins(1);

/// Runs until the host stops.
pub(crate) async fn keep_up(inner: Arc<Inner>, mut refused: Receiver<ServiceRefused>) {
    let mut looks = interval(LOOK);
    let mut pace = Pace::default();
    loop {
        let due = pace.next();
        let wake = async {
            match due {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = looks.tick() => old(&inner).into_iter().for_each(|name| start(&inner, name)),
            Some(word) = refused.recv() => {
                if says_something(&inner, &word) {
                    pace.note(word.service.clone(), Instant::now());
                }
                if let Some(accepted) = word.accepted {
                    accepted::learn(&inner, &word.service, accepted).await;
                }
            }
            () = wake => pace.take(Instant::now()).into_iter().for_each(|name| start(&inner, name)),
            else => return,
        }
    }
}

/// What goes wrong is in the service's row.
fn start(inner: &Arc<Inner>, name: ServiceName) {
    let inner = Arc::clone(inner);
    tokio::spawn(async move {
        // A vault that was locked is not asked behind the owner's back.
        if policy(&inner, &name).is_ok_and(|policy| matches!(policy.credential(), CredentialState::Ready(_)))
        {
            let _ = check(&inner, &name).await;
        }
    });
}

/// A 403 says something only where the service can tell what has changed; 401 may mean that it no longer takes the credential.
fn says_something(inner: &Inner, word: &ServiceRefused) -> bool {
    let state = inner.state();
    let known = state.services.get(&word.service);
    known.is_some_and(|connected| word.status == 401 || (word.status == 403 && is_asked(&connected.service)))
}

fn old(inner: &Inner) -> Vec<ServiceName> {
    let (now, state) = (inner.clock.now(), inner.state());
    let is_old = |connected: &&valetkey_core::tokens::Connected| {
        let service = &connected.service;
        is_asked(service) && service.checked.is_none_or(|checked| now.as_millis() - checked.as_millis() > OLD)
    };
    state.services.values().filter(is_old).map(|connected| connected.service.name.clone()).collect()
}

/// Spreads the checks of each service.
#[derive(Debug, Default)]
struct Pace {
    last: BTreeMap<ServiceName, Instant>,
    due: BTreeMap<ServiceName, Instant>,
}

impl Pace {
    /// A service is to be checked: now, or when its turn has come.
    fn note(&mut self, service: ServiceName, now: Instant) {
        let at = self.last.get(&service).map_or(now, |last| now.max(*last + APART));
        self.due.entry(service).or_insert(at);
    }

    /// When the next is due.
    fn next(&self) -> Option<Instant> {
        self.due.values().min().copied()
    }

    /// Those that are due.
    fn take(&mut self, now: Instant) -> Vec<ServiceName> {
        let due: Vec<_> =
            self.due.iter().filter(|(_, at)| **at <= now).map(|(service, _)| service.clone()).collect();
        for service in &due {
            self.due.remove(service);
            self.last.insert(service.clone(), now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_refuses_again_and_again_is_asked_once_a_minute_and_not_forgotten() {
        let (begin, name) = (Instant::now(), ServiceName::parse("github").unwrap());
        let mut pace = Pace::default();
        for _ in 0..3 {
            pace.note(name.clone(), begin);
        }
        assert_eq!(pace.take(begin), std::slice::from_ref(&name));
        assert_eq!(pace.next(), None);

        let soon = begin + Duration::from_secs(5);
        pace.note(name.clone(), soon);
        assert!(pace.take(soon).is_empty());
        assert_eq!(pace.next(), Some(begin + APART));
        assert_eq!(pace.take(begin + APART), [name]);
    }
}
