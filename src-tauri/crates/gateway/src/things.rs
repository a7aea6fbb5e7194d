//! Which thing is meant: numbers and names of projects and their like, and what those are inside of, as their service told.
//!
//! Asked only where a decision hangs on it. What was told is shared by all threads and read without a lock; it is forgotten after
//! [`KNOWN_FOR`], and at once where a request that relied on it finds the thing gone or moved.

mod asking;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use valetkey_core::{
    decision::Names,
    policy::ServicePolicy,
    rules::{BoundContext, KindIndex},
    service::{BaseUrl, ServiceName},
    time::Timestamp,
};

pub(crate) use asking::{Asking, Unresolved, names_of};

/// How many milliseconds what a service told is taken for true. A thing that was renamed or moved away is mistaken for so long at most, unless a request
/// meets that earlier; and a busy token costs its service six questions an hour for each thing.
const KNOWN_FOR: i64 = 10 * 60 * 1000;
/// The same of a thing that the service does not know: it may be made any moment.
const UNKNOWN_FOR: i64 = 60 * 1000;
/// How many are kept. Each change copies the table, so it is small.
const MOST: usize = 2048;

/// A name as a service has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    service: ServiceName,
    base_url: BaseUrl,
    kind: KindIndex,
    value: Box<str>,
}

impl Key {
    fn of(service: &ServicePolicy, thing: &BoundContext) -> Self {
        Self {
            service: service.name.clone(),
            base_url: service.main().base_url.clone(),
            kind: thing.kind,
            value: thing.value.as_str().into(),
        }
    }
}

/// What a service told of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Thing {
    id: BoundContext,
    name: BoundContext,
    inside: Vec<Outer>,
}

/// What a thing is directly inside of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outer {
    /// It has this number, and the rest is to be asked.
    Number(BoundContext),
    /// The answer about the thing told of this one too.
    Told(Arc<Thing>),
}

impl Outer {
    fn id(&self) -> &BoundContext {
        match self {
            Self::Number(id) => id,
            Self::Told(thing) => &thing.id,
        }
    }
}

#[derive(Clone, Debug)]
struct Told {
    /// `None` where the service does not know it.
    thing: Option<Arc<Thing>>,
    until: Timestamp,
}

/// What services told; one table for all threads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Things(Arc<ArcSwap<HashMap<Key, Told>>>);

impl Things {
    fn known(&self, key: &Key, now: Timestamp) -> Option<Told> {
        let table = self.0.load();
        table.get(key).filter(|told| now < told.until).cloned()
    }

    /// Keeps what was told about `key`; of a thing that is known, under both that it is called.
    fn keep(&self, key: &Key, thing: Option<&Arc<Thing>>, now: Timestamp) {
        let until = now.plus_millis(if thing.is_some() { KNOWN_FOR } else { UNKNOWN_FOR });
        let told = Told { thing: thing.cloned(), until };
        let called = |by: &BoundContext| Key { value: by.value.as_str().into(), ..key.clone() };
        self.0.rcu(|table| {
            let mut table = HashMap::clone(table);
            if table.len() + 2 > MOST {
                table.retain(|_, told| now < told.until);
            }
            if table.len() + 2 > MOST {
                table.clear();
            }
            table.insert(key.clone(), told.clone());
            for by in thing.iter().flat_map(|thing| [&thing.id, &thing.name]) {
                table.insert(called(by), told.clone());
            }
            table
        });
    }

    /// Forgets what a request relied on.
    pub(crate) fn forget(&self, service: &ServicePolicy, names: &Names) {
        let gone: Vec<Key> = names
            .iter()
            .flat_map(|name| std::iter::once(&name.called).chain(&name.besides))
            .map(|thing| Key::of(service, thing))
            .collect();
        self.0.rcu(|table| {
            let mut table = HashMap::clone(table);
            table.retain(|key, _| !gone.contains(key));
            table
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: &str) -> Key {
        Key {
            service: ServiceName::parse("up").unwrap(),
            base_url: BaseUrl::parse("https://up.example.com").unwrap(),
            kind: 0,
            value: value.into(),
        }
    }

    fn thing(id: &str, name: &str) -> Arc<Thing> {
        let by = |value: &str| BoundContext { kind: 0, value: value.to_owned() };
        Arc::new(Thing { id: by(id), name: by(name), inside: Vec::new() })
    }

    #[test]
    fn a_thing_is_known_by_both_that_it_is_called_and_forgotten_in_time() {
        let things = Things::default();
        let site = thing("42", "acme/site");
        let told = Timestamp::from_millis(0);
        things.keep(&key("42"), Some(&site), told);
        things.keep(&key("7"), None, told);
        let known = |value: &str, now| things.known(&key(value), Timestamp::from_millis(now));
        assert_eq!(known("acme/site", 60_000).unwrap().thing, Some(Arc::clone(&site)));
        assert_eq!(known("7", 59_999).unwrap().thing, None);
        assert!(known("7", 60_000).is_none() && known("42", 600_000).is_none());
    }

    #[test]
    fn the_table_stays_small() {
        let things = Things::default();
        for number in 1..MOST {
            things.keep(&key(&number.to_string()), None, Timestamp::from_millis(0));
            assert!(things.0.load().len() <= MOST);
        }
        things.keep(&key("x"), None, Timestamp::from_millis(60_000));
        assert_eq!(things.0.load().len(), 1, "what is out of date goes first");
    }
}
