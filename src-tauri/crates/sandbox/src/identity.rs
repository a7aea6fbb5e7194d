use std::{collections::BTreeSet, fmt};

use sha2::{Digest as _, Sha256};

/// What is kept of a credential.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of(credential: &str) -> Self {
        Self(Sha256::digest(credential.as_bytes()).into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(redacted)")
    }
}

/// Who a credential stands for.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// The namespace of a service account; it goes with it.
    pub(crate) home: Option<String>,
    /// Context and permission.
    pub(crate) rights: BTreeSet<(String, String)>,
}

impl Identity {
    pub(crate) fn new(name: impl Into<String>, home: Option<String>) -> Self {
        Self { name: name.into(), home, rights: BTreeSet::new() }
    }

    pub(crate) fn give(&mut self, context: &str, permissions: &[&str]) {
        self.rights.extend(permissions.iter().map(|&permission| (context.to_owned(), permission.to_owned())));
    }

    pub(crate) fn may(&self, context: &str, permission: &str) -> bool {
        self.rights.contains(&(context.to_owned(), permission.to_owned()))
    }

    /// Whether there is anything at all that it may do in `context`.
    pub(crate) fn knows(&self, context: &str) -> bool {
        self.rights.iter().any(|(held, _)| held == context)
    }
}

/// A namespace as a context.
pub(crate) fn context_of(namespace: &str) -> String {
    format!("namespace={namespace}")
}
