//! Taking bytes no faster than a given rate.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Bytes a second.
pub(crate) const RATE: u64 = 100_000_000;

/// How much was taken since when.
pub(crate) struct Pace {
    start: Instant,
    bytes: u64,
}

impl Pace {
    /// Nothing taken yet.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), bytes: 0 }
    }

    /// Waits until so much more may have been taken.
    pub(crate) async fn took(&mut self, more: usize) {
        self.bytes += more as u64;
        sleep_until(self.start + Duration::from_nanos(self.bytes * 1_000_000_000 / RATE)).await;
    }

    /// All so far.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }
}
