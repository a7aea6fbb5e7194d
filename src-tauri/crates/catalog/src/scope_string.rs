//! Scope strings: how JetBrains Space and `CodeCanvas` write what a token may do.
//!
//! `**` is everything; else it is elements `<context>:<code>` with spaces between them. A code has no colon and a context may have two,
//! so an element is read from the right: `global:Profile.View`, `project:key:SITE:Project.Issues.View`, `channel:42P9E54DAkJW:Channel.ViewMessages`.
//! Codes are the same in any letter case, as the services' own clients compare them.
//!
//! Here they are grants of one service: `**` is every permission that the owner has in it.

use std::collections::{BTreeMap, BTreeSet};

use valetkey_core::{
    grant::{Context, Grant, Granted},
    likeness::nearest,
    rules::{PermissionIndex, Rules},
    service::ServiceName,
};

use crate::problem::shown;

/// Everything in a service.
const EVERYTHING: &str = "**";

/// Words for a context in a scope string, and the kind that a grant has for it.
const WORDS: [(&str, &str); 4] = [
    ("project", "project"),
    ("namespace", "namespace"),
    ("channel", "channel"),
    ("packageRepository", "package-repository"),
];

/// Why a scope string can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeStringError {
    /// Nothing but spaces.
    #[error("the scope string is empty; everything is written **")]
    Empty,
    /// Not `<context>:<code>`.
    #[error(
        "“{element}” is not <context>:<code>, such as global:Profile.View or project:key:SITE:Project.View"
    )]
    Malformed {
        /// The element.
        element: Box<str>,
    },
    /// A context that this service does not have.
    #[error("“{context}” is not a context of this service")]
    Context {
        /// As it was written.
        context: Box<str>,
    },
    /// A code that no operation of this service needs.
    #[error("no operation of this service is known to need “{code}”{}", did_you_mean(nearest.as_deref()))]
    Code {
        /// As it was written.
        code: Box<str>,
        /// The nearest known one.
        nearest: Option<Box<str>>,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean “{nearest}”?")).unwrap_or_default()
}

/// The grants of `service` that `text` means, in the names that `rules` has for them.
pub fn grants(text: &str, service: &ServiceName, rules: &Rules) -> Result<BTreeSet<Grant>, ScopeStringError> {
    let grant = |context, permission| Grant { service: service.clone(), context, permission };
    if text.trim() == EVERYTHING {
        return Ok([grant(Context::Global, Granted::Every)].into());
    }
    let read = |element: &str| {
        let malformed = || ScopeStringError::Malformed { element: shown(element) };
        let (context, code) = element.rsplit_once(':').ok_or_else(malformed)?;
        if context.is_empty() || code.is_empty() {
            return Err(malformed());
        }
        Ok(grant(context_of(context, rules)?, permission_of(code, rules)?))
    };
    let grants: BTreeSet<Grant> = text.split_whitespace().map(read).collect::<Result<_, _>>()?;
    if grants.is_empty() { Err(ScopeStringError::Empty) } else { Ok(grants) }
}

/// What these grants of one service are in a scope string. `*` in a narrower context has no word there: it is written as what can be
/// granted in it.
pub fn written<'g>(grants: impl IntoIterator<Item = &'g Grant>, rules: &Rules) -> String {
    let mut elements = BTreeSet::new();
    for grant in grants {
        match (&grant.context, &grant.permission) {
            (Context::Global, Granted::Every) => return EVERYTHING.into(),
            (context, Granted::One(name)) => {
                elements.insert(element(context, name.as_str()));
            }
            (context, Granted::Every) => {
                let there = (0..rules.permissions.len())
                    .filter(|index| rules.assignable(PermissionIndex(*index), context));
                elements.extend(there.map(|index| element(context, rules.permissions[index].name.as_str())));
            }
        }
    }
    elements.into_iter().collect::<Vec<_>>().join(" ")
}

fn element(context: &Context, code: &str) -> String {
    let word =
        WORDS.iter().find(|(_, kind)| *kind == context.kind()).map_or(context.kind(), |(word, _)| word);
    match context.value() {
        None => format!("{word}:{code}"),
        Some(value) => format!("{word}:{value}:{code}"),
    }
}

fn context_of(text: &str, rules: &Rules) -> Result<Context, ScopeStringError> {
    if text.eq_ignore_ascii_case("global") {
        return Ok(Context::Global);
    }
    let unknown = || ScopeStringError::Context { context: shown(text) };
    let (word, value) = text.split_once(':').ok_or_else(unknown)?;
    let kinds: BTreeMap<&str, &str> =
        WORDS.into_iter().filter(|(_, kind)| rules.kind(kind).is_some()).collect();
    let kind = kinds.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind);
    // A namespace is what a project became.
    let kind = kind.or_else(|| {
        (word.eq_ignore_ascii_case("project")).then(|| kinds.get("namespace").copied()).flatten()
    });
    let kind = kind.ok_or_else(unknown)?;
    let named = matches!(kind, "project" | "namespace");
    if named && !["key:", "id:"].iter().any(|form| value.len() > form.len() && value.starts_with(form)) {
        return Err(unknown());
    }
    format!("{kind}={value}").parse().map_err(|_| unknown())
}

fn permission_of(code: &str, rules: &Rules) -> Result<Granted, ScopeStringError> {
    let names = || rules.permissions.iter().map(|permission| &permission.name);
    let found = names().find(|name| name.as_str() == code);
    let found = found.or_else(|| names().find(|name| name.as_str().eq_ignore_ascii_case(code)));
    found.cloned().map(Granted::One).ok_or_else(|| ScopeStringError::Code {
        code: shown(code),
        nearest: nearest(code, names().map(valetkey_core::grant::PermissionName::as_str)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    fn space() -> &'static Rules {
        kind("space").unwrap().rules()
    }

    fn read(text: &str) -> Result<String, ScopeStringError> {
        let grants = grants(text, &ServiceName::parse("s").unwrap(), space())?;
        Ok(grants.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn an_element_is_read_from_the_right() {
        for (text, grants) in [
            ("global:Profile.View", "s:global:Profile.View"),
            ("project:key:SITE:Project.Issues.View", "s:project=key:SITE:Project.Issues.View"),
            ("project:id:2k3:VcsRepository.Read", "s:project=id:2k3:VcsRepository.Read"),
            ("channel:42P9E54DAkJW:Channel.ViewMessages", "s:channel=42P9E54DAkJW:Channel.ViewMessages"),
            (
                "packageRepository:7Gh:PackageRepository.Read",
                "s:package-repository=7Gh:PackageRepository.Read",
            ),
            ("  global:profile.VIEW\n GLOBAL:Team.View ", "s:global:Profile.View s:global:Team.View"),
            ("**", "s:global:*"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(grants), "{text}");
        }
    }

    #[test]
    fn what_is_no_scope_string_is_refused_with_its_element() {
        use ScopeStringError as E;
        for bad in ["Profile.View", ":Profile.View", "global:", "** global:Profile.View"] {
            assert!(matches!(read(bad), Err(E::Malformed { .. })), "{bad}");
        }
        for bad in [
            "project:SITE:Project.View",
            "project:key::Project.View",
            "taskId:1:Project.View",
            "namespace:key:A:Project.View",
        ] {
            assert!(matches!(read(bad), Err(E::Context { .. })), "{bad}");
        }
        assert_eq!(read(" "), Err(E::Empty));
        let unknown = E::Code { code: "Profile.Vew".into(), nearest: Some("Profile.View".into()) };
        assert_eq!(read("global:Profile.Vew"), Err(unknown));
        assert!(matches!(read("global:*"), Err(E::Code { .. })));
    }

    #[test]
    fn what_is_written_reads_as_the_same_grants() {
        let service = ServiceName::parse("s").unwrap();
        for text in [
            "**",
            "channel:42P9:Channel.ViewMessages global:Profile.View packageRepository:7Gh:PackageRepository.Read",
            "global:Team.View project:key:SITE:Project.Issues.View",
        ] {
            let read = grants(text, &service, space()).unwrap();
            assert_eq!(written(&read, space()), text);
        }
    }

    #[test]
    fn every_permission_of_a_project_is_written_as_those_that_can_be_granted_there() {
        let every: Grant = "s:project=key:SITE:*".parse().unwrap();
        let text = written([&every], space());
        assert!(
            text.contains("project:key:SITE:Project.Issues.View") && !text.contains("Profile.View"),
            "{text}"
        );
    }
}
