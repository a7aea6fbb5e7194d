use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::sign::CertifiedKey;
use valetkey_core::time::{Clock, Timestamp};

use crate::authority::{Authority, AuthorityError, LEAF_TIME};

/// Most certificates kept at once; names beyond them are asked for by nobody who means well.
const MAX_KEPT: usize = 256;

/// Server certificates of one authority: made when they are first asked for, and again when half their time is over.
pub(crate) struct Leaves {
    authority: Authority,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<Box<str>, Leaf>>,
}

struct Leaf {
    certificate: Arc<CertifiedKey>,
    renewed: Timestamp,
}

impl std::fmt::Debug for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leaves").field("authority", &self.authority).finish_non_exhaustive()
    }
}

impl Leaves {
    pub(super) fn new(authority: Authority, clock: Arc<dyn Clock>) -> Self {
        Self { authority, clock, kept: Mutex::default() }
    }

    /// The certificate for `name` and `others`; the same `name` always comes with the same others.
    pub(super) fn of(&self, name: &str, others: &[&str]) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = kept.get(name)
            && now < leaf.renewed
        {
            return Ok(Arc::clone(&leaf.certificate));
        }
        let names: Vec<&str> =
            std::iter::once(name).chain(others.iter().copied().filter(|other| *other != name)).collect();
        let certificate = Arc::new(self.authority.issue(&names, now)?);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let half = i64::try_from(LEAF_TIME.as_millis() / 2).unwrap_or(i64::MAX);
        let leaf = Leaf { certificate: Arc::clone(&certificate), renewed: now.plus_millis(half) };
        kept.insert(name.into(), leaf);
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests {
    use valetkey_testkit::HandClock;

    use super::*;
    use crate::authority::Purpose;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_certificate_is_kept_and_made_again_when_half_its_time_is_over() {
        let clock = Arc::new(HandClock::at(1_900_000_000_000));
        let key = Authority::generate_key().unwrap();
        let authority = Authority::new(&key, Purpose::Loopback, clock.now()).unwrap();
        let leaves = Leaves::new(authority, Arc::<HandClock>::clone(&clock));
        let first = leaves.of("localhost", &["127.0.0.1"]).unwrap();
        clock.advance(14 * DAY);
        assert!(Arc::ptr_eq(&first, &leaves.of("localhost", &["127.0.0.1"]).unwrap()));
        clock.advance(2 * DAY);
        let second = leaves.of("localhost", &["127.0.0.1"]).unwrap();
        assert_ne!(first.cert, second.cert);
    }
}
