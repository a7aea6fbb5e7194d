use valetkey_core::{http::Method, path::PathError};

use super::{
    Basis, Options, SkipReason, Skipped,
    credentials::Credentials,
    operation::{Found, Level, Wants},
    path::Path,
    server::Home,
    source::{Operation, PathItem, Security, Source},
    words::is_version,
};
use crate::{Problem, limits, problem::shown};

/// How far references from path item to path item are followed.
const REFERENCES: usize = 8;

/// What a document's paths come to.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) operations: Vec<Found>,
    /// What each of them wants.
    pub(super) wants: Vec<Wants>,
    pub(super) skipped: Vec<Skipped>,
    /// Methods that may carry a body although that is unusual.
    pub(super) bodies: Vec<Method>,
    /// Operations that anybody may do at the service.
    pub(super) public: usize,
}

/// By what operations are read.
pub(super) struct Collector<'s> {
    pub(super) source: &'s Source,
    pub(super) home: &'s Home,
    pub(super) credentials: &'s Credentials,
    pub(super) options: &'s Options<'s>,
}

impl Collector<'_> {
    pub(super) fn collect(&self) -> Collected {
        let mut collected = Collected::default();
        let Some(paths) = &self.source.paths else { return collected };
        for (path, item) in &paths.items {
            self.collect_path(path, item, &mut collected);
        }
        for path in &paths.others {
            collected.skip("", path, Problem::Path(PathError::NotOriginForm).into());
        }
        collected
    }

    /// What stands in `item`, then what stands where it refers to.
    fn collect_path(&self, path: &str, item: &PathItem, collected: &mut Collected) {
        let mut known: Vec<Method> = Vec::new();
        let mut item = item;
        for _ in 0..REFERENCES {
            for method in item.other_methods() {
                collected.skip(method, path, SkipReason::Method);
            }
            for (method, operation) in item.operations() {
                if known.contains(&method) {
                    continue;
                }
                known.push(method);
                let found = self.found(path, item, method, operation);
                let found = found.and_then(|found| {
                    if collected.operations.len() < limits::OPERATIONS {
                        Ok(found)
                    } else {
                        Err(SkipReason::TooMany)
                    }
                });
                match found {
                    Ok((found, wants)) => {
                        if method.body_is_unusual()
                            && item.takes_body(operation, self.source)
                            && !collected.bodies.contains(&method)
                        {
                            collected.bodies.push(method);
                        }
                        collected.public += usize::from(self.security(operation).is_some_and(is_public));
                        collected.operations.push(found);
                        collected.wants.push(wants);
                    }
                    Err(reason) => collected.skip(method.as_str(), path, reason),
                }
            }
            let Some(reference) = &item.reference else { return };
            match self.referred(reference) {
                Some(next) => item = next,
                None => {
                    return collected.skip("", path, SkipReason::Reference { reference: shown(reference) });
                }
            }
        }
    }

    /// Only what stands in the document itself is looked up: nothing is ever fetched for a reference.
    fn referred(&self, reference: &str) -> Option<&PathItem> {
        if let Some(name) = reference.strip_prefix("#/components/pathItems/") {
            return self.source.components.path_items.as_ref()?.get(&unescaped(name));
        }
        let path = unescaped(reference.strip_prefix("#/paths/")?);
        let items = &self.source.paths.as_ref()?.items;
        items.iter().find(|(known, _)| *known == path).map(|(_, item)| item)
    }

    fn found(
        &self,
        path: &str,
        item: &PathItem,
        method: Method,
        operation: &Operation,
    ) -> Result<(Found, Wants), SkipReason> {
        let servers = operation.servers.as_deref().filter(|own| !own.is_empty()).or(item.servers.as_deref());
        let prefix = self.home.prefix(servers, self.options.location);
        let prefix = prefix.map_err(|server| SkipReason::OtherServer { server: shown(&server) })?;
        let path = Path::parse(&format!("{prefix}{path}"), &self.credentials.refused_parameters)?;
        let level = Level::of(method, &path);
        let wants = match self.scopes(operation)? {
            Some(scopes) => Wants::Scopes(scopes),
            None => Wants::Tag { tag: tag(operation, &path), level },
        };
        Ok((Found::new(method, path, level), wants))
    }

    fn security<'o>(&'o self, operation: &'o Operation) -> Option<&'o Security> {
        operation.security.as_ref().or(self.source.security.as_ref())
    }

    /// Any of (all of these scopes). Alternatives without scopes say nothing of what the operation needs, so they count only where
    /// there are no others.
    fn scopes(&self, operation: &Operation) -> Result<Option<Vec<Vec<String>>>, SkipReason> {
        if self.options.basis == Basis::Tags {
            return Ok(None);
        }
        let Some(security) = self.security(operation) else { return Ok(None) };
        let mut any: Vec<Vec<String>> = Vec::new();
        for alternative in security {
            let scopes = alternative.0.iter().filter_map(|(_, scopes)| scopes.as_ref()).flatten();
            let mut all: Vec<String> = scopes.filter(|scope| !scope.is_empty()).cloned().collect();
            all.sort();
            all.dedup();
            if !all.is_empty() && !any.contains(&all) {
                any.push(all);
            }
            if any.len() > limits::REQUIREMENTS
                || any.last().is_some_and(|all| all.len() > limits::REQUIREMENTS)
            {
                return Err(SkipReason::Requirement);
            }
        }
        Ok((!any.is_empty()).then_some(any))
    }
}

impl Collected {
    fn skip(&mut self, method: &str, path: &str, reason: SkipReason) {
        self.skipped.push(Skipped { method: shown(method), path: shown(path), reason });
    }
}

/// The first tag; the first word of the path that says something where there is none.
fn tag(operation: &Operation, path: &Path) -> String {
    let tagged = operation.tags.iter().flatten().map(|tag| tag.trim()).find(|tag| !tag.is_empty());
    let from_path = || path.literals().find(|word| !word.is_empty() && !is_version(word));
    tagged.or_else(from_path).unwrap_or("api").to_owned()
}

/// Whether one way to do it needs no credential at all.
fn is_public(security: &Security) -> bool {
    security.is_empty() || security.iter().any(|alternative| alternative.0.is_empty())
}

/// A step of a JSON pointer (RFC 6901 §4); in a URI fragment, `/` may be percent-encoded besides.
fn unescaped(step: &str) -> String {
    let decoded = step.replace("%7B", "{").replace("%7D", "}").replace("%7b", "{").replace("%7d", "}");
    decoded.replace("~1", "/").replace("~0", "~")
}
