use valetkey_core::{
    grant::PermissionName,
    likeness::nearest,
    rules::{Kind, KindIndex, Permission, PermissionIndex, PermissionSet},
};

use super::{Names, bounded, risk, text};
use crate::{Error, Problem, document::PermissionEntry, limits, problem::shown};

/// Heading of permissions that name none.
const GROUP: &str = "Permissions";

pub(super) fn permissions(entries: &[PermissionEntry], kinds: &[Kind]) -> Result<Vec<Permission>, Error> {
    bounded("permissions", entries.len(), limits::PERMISSIONS)?;
    let mut names = Names::new("permissions");
    for (index, entry) in entries.iter().enumerate() {
        names.enter(&entry.name, index, &format!("permissions[{index}].name"))?;
    }
    let implied = implications(entries, &names)?;
    entries.iter().enumerate().map(|(index, entry)| permission(index, entry, kinds, &implied)).collect()
}

fn permission(
    index: usize,
    entry: &PermissionEntry,
    kinds: &[Kind],
    implied: &[Vec<usize>],
) -> Result<Permission, Error> {
    let place = |field: &str| format!("permissions[{index}].{field}");
    let name = match PermissionName::parse(&entry.name) {
        Ok(name) if entry.name != "nothing" => name,
        _ => return Err(Error::refused(place("name"), Problem::PermissionName { name: shown(&entry.name) })),
    };
    let (global, contexts) = contexts(&place("contexts"), entry.contexts.as_deref(), kinds)?;
    let description = match entry.description.as_deref() {
        None => Box::default(),
        Some(description) => text(&place("description"), description, limits::DESCRIPTION)?,
    };
    Ok(Permission {
        title: text(&place("title"), entry.title.as_deref().unwrap_or(&entry.name), limits::TITLE)?,
        group: text(&place("group"), entry.group.as_deref().unwrap_or(GROUP), limits::TITLE)?,
        description,
        risk: risk(entry.risk),
        kinds: contexts,
        global,
        closure: closure(index, implied),
        scopes: scopes(&place("scopes"), &entry.scopes)?,
        name,
    })
}

fn scopes(place: &str, scopes: &[String]) -> Result<Vec<Box<str>>, Error> {
    bounded(place, scopes.len(), limits::SCOPES)?;
    let scope = |(index, scope): (usize, &String)| text(&format!("{place}[{index}]"), scope, limits::NAME);
    scopes.iter().enumerate().map(scope).collect()
}

/// Whether it can be granted globally, and in which kinds of context besides.
fn contexts(place: &str, names: Option<&[String]>, kinds: &[Kind]) -> Result<(bool, Vec<KindIndex>), Error> {
    let Some(names) = names else { return Ok((true, Vec::new())) };
    if names.is_empty() {
        return Err(Error::refused(place, Problem::NoContext));
    }
    bounded(place, names.len(), limits::CONTEXTS + 1)?;
    let mut global = false;
    let mut found = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let refused = |problem| Error::refused(format!("{place}[{index}]"), problem);
        if let Some(first) = names[..index].iter().position(|known| known == name) {
            return Err(refused(Problem::Duplicate { first: format!("{place}[{first}]").into() }));
        }
        if name == "global" {
            global = true;
            continue;
        }
        let kind = kinds.iter().position(|kind| *kind.name == **name).ok_or_else(|| {
            let known = kinds.iter().map(|kind| &*kind.name).chain(["global"]);
            refused(Problem::UnknownContext { name: shown(name), nearest: nearest(name, known) })
        })?;
        found.push(kind);
    }
    Ok((global, found))
}

/// What each permission implies directly.
fn implications(entries: &[PermissionEntry], names: &Names<'_>) -> Result<Vec<Vec<usize>>, Error> {
    let count = entries.iter().map(|entry| entry.implies.len()).sum();
    bounded("permissions: implies", count, limits::IMPLICATIONS)?;
    let direct = |(index, entry): (usize, &PermissionEntry)| {
        let resolve = |(place, name): (usize, &String)| {
            names.places.get(name.as_str()).copied().ok_or_else(|| {
                let nearest = nearest(name, entries.iter().map(|entry| entry.name.as_str()));
                let problem = Problem::UnknownPermission { name: shown(name), nearest };
                Error::refused(format!("permissions[{index}].implies[{place}]"), problem)
            })
        };
        entry.implies.iter().enumerate().map(resolve).collect()
    };
    entries.iter().enumerate().map(direct).collect()
}

/// Itself and all it implies, directly or not; a circle makes its members imply each other.
fn closure(start: usize, implied: &[Vec<usize>]) -> PermissionSet {
    let mut closure = PermissionSet::default();
    closure.insert(PermissionIndex(start));
    let mut open = vec![start];
    while let Some(permission) = open.pop() {
        for &next in &implied[permission] {
            if !closure.contains(PermissionIndex(next)) {
                closure.insert(PermissionIndex(next));
                open.push(next);
            }
        }
    }
    closure
}
