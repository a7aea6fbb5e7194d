use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    operation::{Found, Level, Wants},
    source::Source,
    words::{cut, heading, slug, summary},
};
use crate::{
    document::{PermissionEntry, RiskEntry},
    limits,
};

/// Heading of scopes that have no part before a colon.
const SCOPES: &str = "Scopes";
/// The longest name that is made of a document's words.
const LONGEST: usize = 100;

/// The permissions that operations need.
#[derive(Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    names: HashSet<String>,
    /// Whether some scope has another name here.
    pub(super) renamed: bool,
}

struct Entry {
    name: String,
    title: String,
    group: String,
    description: String,
}

impl Table {
    /// Names what the operations want, each beside its own.
    pub(super) fn of(source: &Source, operations: &mut [Found], wants: &[Wants]) -> Self {
        let mut table = Self::default();
        let scopes = table.scopes(source, wants);
        let tags = table.tags(source, wants);
        for (operation, wants) in operations.iter_mut().zip(wants) {
            operation.requires = match wants {
                Wants::Scopes(any) => {
                    any.iter().map(|all| all.iter().map(|scope| scopes[scope]).collect()).collect()
                }
                Wants::Tag { tag, level } => vec![vec![tags[tag][level]]],
            };
        }
        table
    }

    /// As they stand in a definition; `operations` says where each can be granted, and how bad it is.
    pub(super) fn written(self, operations: &[Found], kinds: &[String]) -> Vec<PermissionEntry> {
        let mut facts = vec![(BTreeSet::new(), RiskEntry::Plain); self.entries.len()];
        for operation in operations {
            for &permission in operation.requires.iter().flatten() {
                let (bound, risk) = &mut facts[permission];
                bound.extend(operation.bound.as_ref().map(|bound| bound.kind));
                *risk = (*risk).max(operation.risk);
            }
        }
        let entries = self.entries.into_iter().zip(facts);
        let written = |(entry, (bound, risk)): (Entry, (BTreeSet<usize>, RiskEntry))| PermissionEntry {
            name: entry.name,
            title: Some(entry.title),
            group: Some(entry.group),
            description: (!entry.description.is_empty()).then_some(entry.description),
            risk,
            contexts: Some(
                bound.iter().map(|&kind| kinds[kind].clone()).chain(["global".to_owned()]).collect(),
            ),
            implies: Vec::new(),
            scopes: Vec::new(),
        };
        entries.map(written).collect()
    }

    /// The scopes that some operation needs, by name.
    fn scopes(&mut self, source: &Source, wants: &[Wants]) -> HashMap<String, usize> {
        let said: HashMap<&str, &str> =
            source.schemes().iter().flat_map(|(_, scheme)| scheme.scopes()).collect();
        let wanted: BTreeSet<&String> = wants
            .iter()
            .filter_map(|wants| match wants {
                Wants::Scopes(any) => Some(any),
                Wants::Tag { .. } => None,
            })
            .flatten()
            .flatten()
            .collect();
        let mut enter = |scope: &String| {
            let name = self.free_name(&scope_name(scope));
            self.renamed |= name != *scope;
            let group = scope.split_once(':').map_or(SCOPES.to_owned(), |(group, _)| heading(group));
            let description = summary(said.get(scope.as_str()).copied().unwrap_or_default());
            (scope.clone(), self.enter(name, scope, &group, description))
        };
        wanted.into_iter().map(&mut enter).collect()
    }

    /// The tags that stand in for scopes, and which of their permissions some operation needs.
    fn tags(&mut self, source: &Source, wants: &[Wants]) -> HashMap<String, BTreeMap<Level, usize>> {
        let described = source.tags.as_deref().unwrap_or_default();
        let mut order: Vec<&str> = described.iter().map(|tag| tag.name.trim()).collect();
        let mut wanted: HashMap<&str, BTreeSet<Level>> = HashMap::new();
        for each in wants {
            let Wants::Tag { tag, level } = each else { continue };
            order.push(tag);
            wanted.entry(tag).or_default().insert(*level);
        }
        let said: HashMap<&str, &str> = described
            .iter()
            .filter_map(|tag| Some((tag.name.trim(), tag.description.as_ref()?.as_str())))
            .collect();
        let mut found = HashMap::new();
        for tag in order {
            let Some(levels) = wanted.remove(tag) else { continue };
            let base = self.free_base(tag, &levels);
            let group = heading(tag);
            let mut enter = |level: Level| {
                let (name, title) = (format!("{base}.{}", word(level)), format!("{group}: {}", word(level)));
                let description = match level {
                    Level::Credentials => "Makes or changes tokens, keys or passwords.".to_owned(),
                    Level::Read | Level::Write => summary(said.get(tag).copied().unwrap_or_default()),
                };
                self.names.insert(name.clone());
                (level, self.enter(name, &title, &group, description))
            };
            found.insert(tag.to_owned(), levels.into_iter().map(&mut enter).collect());
        }
        found
    }

    fn enter(&mut self, name: String, title: &str, group: &str, description: String) -> usize {
        let shown = |text: &str| Some(cut(text, limits::TITLE)).filter(|text| !text.is_empty());
        let title = shown(title).unwrap_or_else(|| name.clone());
        let group = shown(group).unwrap_or_else(|| SCOPES.to_owned());
        self.entries.push(Entry { name, title, group, description });
        self.entries.len() - 1
    }

    fn free_name(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2_usize;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        name
    }

    /// A tag's part of its permissions' names; two tags never share one.
    fn free_base(&self, tag: &str, levels: &BTreeSet<Level>) -> String {
        let slug: String = slug(tag).chars().take(LONGEST).collect();
        let wanted = if slug.is_empty() { "tag" } else { &slug };
        let mut base = wanted.to_owned();
        let mut number = 2_usize;
        while levels.iter().any(|level| self.names.contains(&format!("{base}.{}", word(*level)))) {
            base = format!("{wanted}-{number}");
            number += 1;
        }
        base
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Read => "read",
        Level::Write => "write",
        Level::Credentials => "credentials",
    }
}

/// A grant's text ends at the colon before the permission, so that a permission has none.
fn scope_name(scope: &str) -> String {
    let sound = |c: char| match c {
        ':' => '.',
        c if c.is_ascii_graphic() => c,
        _ => '_',
    };
    let name: String = scope.chars().take(LONGEST).map(sound).collect();
    if matches!(name.as_str(), "*" | "nothing") { format!("scope.{name}") } else { name }
}
