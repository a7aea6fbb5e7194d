use valetkey_core::{
    likeness::nearest,
    path::{Path, Query},
    rules::{Kind, Member, Resolve},
};

use super::bounded;
use crate::{Error, Problem, document::ResolveEntry, limits, problem::shown};

/// Stands for the thing's name.
const NAME: &str = "{}";

pub(super) fn resolve(place: &str, entry: &ResolveEntry, kinds: &[Kind]) -> Result<Resolve, Error> {
    let (before, after) = path(&entry.path).ok_or_else(|| {
        Error::refused(format!("{place}.path"), Problem::Resolve { text: shown(&entry.path) })
    })?;
    let member = |field: &str, text: &str| {
        member(text)
            .ok_or_else(|| Error::refused(format!("{place}.{field}"), Problem::Member { text: shown(text) }))
    };
    bounded(&format!("{place}.inside"), entry.inside.0.len(), limits::CONTEXTS)?;
    let mut inside = Vec::with_capacity(entry.inside.0.len());
    for (name, text) in &entry.inside.0 {
        let at = format!("inside.{}", shown(name));
        let kind = kinds.iter().position(|kind| *kind.name == **name && !kind.sole).ok_or_else(|| {
            let nearest = nearest(name, kinds.iter().map(|kind| &*kind.name));
            Error::refused(format!("{place}.{at}"), Problem::UnknownContext { name: shown(name), nearest })
        })?;
        inside.push((kind, member(&at, text)?));
    }
    Ok(Resolve { before, after, id: member("id", &entry.id)?, name: member("name", &entry.name)?, inside })
}

fn path(text: &str) -> Option<(Box<str>, Box<str>)> {
    let (before, after) = text.split_once(NAME)?;
    let asked = [before, "x", after].concat();
    let (path, query) = asked.split_once('?').map_or((&*asked, None), |(path, query)| (path, Some(query)));
    let sound = text.len() <= limits::PATH
        && before.ends_with('/')
        && !before.contains('?')
        && (after.is_empty() || after.starts_with(['/', '?']))
        && Path::parse(path).is_ok()
        && query.is_none_or(|query| Query::parse(query).is_ok());
    sound.then(|| (before.into(), after.into()))
}

fn member(text: &str) -> Option<Member> {
    let sound = text.len() <= limits::NAME && text.split('.').all(|name| !name.is_empty());
    sound.then(|| text.split('.').map(Into::into).collect())
}
