//! Grants: service + context + permission, and their text.
//!
//! `<service>:<context>:<permission>`; the service ends at the first colon, the permission begins after the
//! last, the context is all between: `global`, `<kind>=<value>`, or `<kind>` alone where there is only one.

use std::{collections::BTreeSet, fmt, str::FromStr, sync::Arc};

use crate::{Error, service::ServiceName};

/// Where a permission applies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The whole service.
    Global,
    /// The only thing of its kind: `user`.
    Sole(Arc<str>),
    /// One thing of a kind: `repository=acme/site`.
    Named {
        /// The kind, as the definition names it.
        kind: Arc<str>,
        /// Which one, as the service names it.
        value: Arc<str>,
    },
}

impl Context {
    /// The kind's name; `global` for the whole service.
    pub fn kind(&self) -> &str {
        match self {
            Self::Global => "global",
            Self::Sole(kind) | Self::Named { kind, .. } => kind,
        }
    }

    /// Which one of the kind, where there are several.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Global | Self::Sole(_) => None,
            Self::Named { value, .. } => Some(value),
        }
    }
}

impl FromStr for Context {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::ContextMalformed { text: text.into() };
        let (kind, value) = match text.split_once('=') {
            Some((kind, value)) => (kind, Some(value)),
            None => (text, None),
        };
        let mut letters = kind.bytes();
        let well_named = letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
            });
        if !well_named {
            return Err(malformed());
        }
        match (kind, value) {
            ("global", None) => Ok(Self::Global),
            ("global", Some(_)) => Err(malformed()),
            (kind, None) => Ok(Self::Sole(kind.into())),
            (kind, Some(value)) => {
                let printable = !value.is_empty()
                    && value.len() <= 512
                    && value.chars().all(|c| !c.is_control() && !c.is_whitespace());
                if !printable {
                    return Err(malformed());
                }
                Ok(Self::Named { kind: kind.into(), value: value.into() })
            }
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Sole(kind) => f.write_str(kind),
            Self::Named { kind, value } => write!(f, "{kind}={value}"),
        }
    }
}

/// A permission's name, as the service itself names it: graphic ASCII without a colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionName(Arc<str>);

impl PermissionName {
    /// Reads a name; `*` is not one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let sound = !text.is_empty()
            && text.len() <= 128
            && text != "*"
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if sound { Ok(Self(text.into())) } else { Err(Error::PermissionMalformed { text: text.into() }) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PermissionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One permission, or every one that the owner has in the context.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Granted {
    /// `*`
    Every,
    /// One by name.
    One(PermissionName),
}

impl FromStr for Granted {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "*" { Ok(Self::Every) } else { PermissionName::parse(text).map(Self::One) }
    }
}

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("*"),
            Self::One(name) => name.fmt(f),
        }
    }
}

/// Service + context + permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// Of which service.
    pub service: ServiceName,
    /// Where.
    pub context: Context,
    /// What.
    pub permission: Granted,
}

impl FromStr for Grant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::GrantMalformed { text: text.into() };
        let (service, rest) = text.split_once(':').ok_or_else(malformed)?;
        let (context, permission) = rest.rsplit_once(':').ok_or_else(malformed)?;
        Ok(Self {
            service: ServiceName::parse(service)?,
            context: context.parse()?,
            permission: permission.parse()?,
        })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.service, self.context, self.permission)
    }
}

/// What a token may do, as the owner chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything the owner can do in every connected service: `**`.
    Full,
    /// These grants and nothing else.
    Limited(BTreeSet<Grant>),
}

impl FromStr for Access {
    type Err = Error;

    /// `**`, or grants separated by single spaces. Empty text is an error, never "all".
    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "**" {
            return Ok(Self::Full);
        }
        if text.is_empty() {
            return Err(Error::ScopeEmpty);
        }
        text.split(' ').map(str::parse).collect::<Result<_, _>>().map(Self::Limited)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("**"),
            Self::Limited(grants) => {
                for (place, grant) in grants.iter().enumerate() {
                    if place > 0 {
                        f.write_str(" ")?;
                    }
                    grant.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_context_value_may_hold_colons_and_equals_signs() {
        let grant: Grant = "sandbox:namespace=a:b=c:Env.view".parse().unwrap();
        assert_eq!(grant.context, Context::Named { kind: "namespace".into(), value: "a:b=c".into() });
        assert_eq!(grant.permission.to_string(), "Env.view");
    }

    #[test]
    fn what_is_not_a_grant_is_refused() {
        for bad in [
            "",
            "a",
            "a:b",
            "a::b",
            "a:global:",
            ":global:x",
            "a:global=x:y",
            "a:Kind=x:y",
            "a:k=:y",
            "A:global:x",
        ] {
            assert!(bad.parse::<Grant>().is_err(), "{bad:?}");
        }
        assert_eq!("".parse::<Access>(), Err(Error::ScopeEmpty));
    }

    proptest! {
        #[test]
        fn text_of_a_grant_reads_back_as_the_same_grant(
            service in "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?",
            kind in "[a-z][a-z0-9_-]{0,10}",
            value in proptest::option::of("[!-~]{1,20}"),
            permission in "([!-9;-~]{2,20})|\\*",
        ) {
            let context = match (kind.as_str(), value) {
                ("global", _) => Context::Global,
                (kind, None) => Context::Sole(kind.into()),
                (kind, Some(value)) => Context::Named { kind: kind.into(), value: value.into() },
            };
            let grant = Grant { service: ServiceName::parse(&service).unwrap(), context, permission: permission.parse().unwrap() };
            prop_assert_eq!(grant.to_string().parse::<Grant>().unwrap(), grant);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = text.parse::<Access>();
        }
    }
}
