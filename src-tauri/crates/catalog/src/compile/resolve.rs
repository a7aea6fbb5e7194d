use valetkey_core::{
    likeness::nearest,
    path::{Path, Query},
    rules::{Kind, Member, Question, Resolve},
};

use super::bounded;
use crate::{Error, Problem, document::ResolveEntry, limits, problem::shown};

/// Stands for what the thing is called, as one segment.
const SEGMENT: &str = "{}";
/// The same, where a `/` in a name parts segments.
const SEGMENTS: &str = "{**}";
/// What may stand before a number: nothing of the kind can be in a segment as it is.
const MARKS: [&str; 2] = ["", "#"];

pub(super) fn resolve(place: &str, entry: &ResolveEntry, kinds: &[Kind]) -> Result<Resolve, Error> {
    let question = |field: &str, text: &str| {
        question(text)
            .ok_or_else(|| Error::refused(format!("{place}.{field}"), Problem::Resolve { text: shown(text) }))
    };
    let by_name = question("path", &entry.path)?;
    let by_number = entry.by_number.as_deref().map(|text| question("by_number", text)).transpose()?;
    if !MARKS.contains(&&*entry.mark) {
        return Err(Error::refused(format!("{place}.mark"), Problem::Mark { text: shown(&entry.mark) }));
    }
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
    Ok(Resolve {
        by_number: by_number.unwrap_or_else(|| by_name.clone()),
        by_name,
        mark: entry.mark.as_str().into(),
        id: member("id", &entry.id)?,
        name: member("name", &entry.name)?,
        inside,
    })
}

fn question(text: &str) -> Option<Question> {
    let segment = text.split_once(SEGMENT).map(|parts| (false, parts));
    let (parted, (before, after)) = segment.or_else(|| Some((true, text.split_once(SEGMENTS)?)))?;
    let asked = [before, "x", after].concat();
    let (path, query) = asked.split_once('?').map_or((&*asked, None), |(path, query)| (path, Some(query)));
    let sound = text.len() <= limits::PATH
        && before.ends_with('/')
        && !before.contains('?')
        && (after.is_empty() || after.starts_with(['/', '?']))
        && Path::parse(path).is_ok()
        && query.is_none_or(|query| Query::parse(query).is_ok());
    sound.then(|| Question { before: before.into(), after: after.into(), parted })
}

fn member(text: &str) -> Option<Member> {
    let sound = text.len() <= limits::NAME && text.split('.').all(|name| !name.is_empty());
    sound.then(|| text.split('.').map(Into::into).collect())
}
