use std::{collections::HashSet, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::PathItem;

/// An object's fields in the order in which they are written; no name twice.
pub(in crate::import::openapi) struct Listed<T>(pub(in crate::import::openapi) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListedVisitor(PhantomData))
    }
}

struct ListedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListedVisitor<T> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listed<T>, A::Error> {
        let mut known = HashSet::new();
        let mut listed = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            once(&mut known, &name)?;
            listed.push((name, map.next_value()?));
        }
        Ok(Listed(listed))
    }
}

fn once<E: Error>(known: &mut HashSet<String>, name: &str) -> Result<(), E> {
    if known.insert(name.to_owned()) {
        Ok(())
    } else {
        Err(E::custom(format_args!("duplicate field `{}`", crate::problem::shown(name))))
    }
}

/// `paths`: what begins with `/`; the names of the rest are kept, but for extensions.
pub(in crate::import::openapi) struct Paths {
    pub(in crate::import::openapi) items: Vec<(String, PathItem)>,
    pub(in crate::import::openapi) others: Vec<String>,
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PathsVisitor)
    }
}

struct PathsVisitor;

impl<'de> Visitor<'de> for PathsVisitor {
    type Value = Paths;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of paths")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Paths, A::Error> {
        let mut known = HashSet::new();
        let mut paths = Paths { items: Vec::new(), others: Vec::new() };
        while let Some(name) = map.next_key::<String>()? {
            once(&mut known, &name)?;
            if name.starts_with('/') {
                let item: Option<PathItem> = map.next_value()?;
                paths.items.push((name, item.unwrap_or_default()));
                continue;
            }
            map.next_value::<IgnoredAny>()?;
            if !name.starts_with("x-") {
                paths.others.push(name);
            }
        }
        Ok(paths)
    }
}

/// A text, or a number written where a text is meant; empty where something else stands there, as extensions may.
#[derive(Clone, Debug, Default)]
pub(in crate::import::openapi) struct Word(String);

impl Word {
    pub(in crate::import::openapi) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
        Ok(Word(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Word, E> {
        // As it was written: 2.0 is a version.
        Ok(Word(format!("{number:?}")))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Word, E> {
        Ok(Word(truth.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Word, E> {
        Ok(Word::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Word, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word::default())
    }
}
