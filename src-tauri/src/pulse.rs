use std::time::Duration;

use tokio::sync::broadcast::{Receiver, error::RecvError, error::TryRecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};
use valetkey_wire::Event;

const EVERYTHING: [Event; 4] = [Event::Tokens, Event::Services, Event::Activity, Event::Status];

/// The host's events, gathered: a burst becomes one beat that names each kind once.
pub(crate) struct Pulse {
    events: Receiver<Event>,
    gap: Interval,
}

impl Pulse {
    /// The first event of a quiet time is told at once; later ones at most once per `gap`.
    pub(crate) fn new(events: Receiver<Event>, gap: Duration) -> Self {
        let mut gap = interval(gap);
        gap.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { events, gap }
    }

    /// What changed since the last beat; none when the host is gone. May be dropped while waiting without losing an event for good:
    /// whoever hears the next one reads everything of its kind again.
    pub(crate) async fn next(&mut self) -> Option<Vec<Event>> {
        let mut changed = match self.events.recv().await {
            Ok(event) => vec![event],
            Err(RecvError::Lagged(_)) => EVERYTHING.to_vec(),
            Err(RecvError::Closed) => return None,
        };
        self.gap.tick().await;
        loop {
            match self.events.try_recv() {
                Ok(event) if changed.contains(&event) => {}
                Ok(event) => changed.push(event),
                Err(TryRecvError::Lagged(_)) => changed = EVERYTHING.to_vec(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(changed),
            }
        }
    }
}
