//! Connected services: name, base URL, and how the master credential is sent.

mod base_url;
mod credential_form;

use std::{fmt, sync::Arc};

pub use base_url::{BaseUrl, BaseUrlError, Scheme, is_never_dialled};
pub use credential_form::CredentialForm;

use crate::{
    Error,
    rights::{Rights, RightsSource},
    time::Timestamp,
};

/// A service's name: one DNS label in lower case, because it is also a host name (`<service>.localhost`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(Arc<str>);

impl ServiceName {
    /// Reads 1–63 characters `a-z`, `0-9`, `-`, neither beginning nor ending with `-`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let sound = (1..=63).contains(&text.len())
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if sound { Ok(Self(text.into())) } else { Err(Error::ServiceNameInvalid { text: text.into() }) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ServiceName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a service's definition comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DefinitionSource {
    /// The catalog's, for its kind.
    #[default]
    Catalog,
    /// A document of the owner's own, in place of that. Nothing but the owner replaces it.
    Owner(Box<str>),
    /// What the service itself told about its API; read anew with each check.
    Service {
        /// As a document in the catalog's format.
        document: Box<str>,
        /// When.
        read: Timestamp,
    },
}

impl DefinitionSource {
    /// The document, where it is not the catalog's.
    pub fn document(&self) -> Option<&str> {
        match self {
            Self::Catalog => None,
            Self::Owner(document) | Self::Service { document, .. } => Some(document),
        }
    }

    /// When the service told it.
    pub const fn read(&self) -> Option<Timestamp> {
        match self {
            Self::Catalog | Self::Owner(_) => None,
            Self::Service { read, .. } => Some(*read),
        }
    }
}

/// One connected service. The master credential is not in it; the vault has that.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Unique.
    pub name: ServiceName,
    /// Which definition of the catalog, such as `rest`.
    pub kind: Box<str>,
    /// Where it lives.
    pub base_url: BaseUrl,
    /// How its credential is sent.
    pub credential_form: CredentialForm,
    /// What is known about it.
    pub definition: DefinitionSource,
    /// What the owner may do there, as far as that is known.
    pub rights: Rights,
    /// Who said so.
    pub rights_source: RightsSource,
    /// What the service itself calls the credential's scopes, where it told.
    pub scopes: Option<Box<str>>,
    /// When the service stops taking the credential, where it told.
    pub credential_expires: Option<Timestamp>,
    /// Who the owner is there, where the service told.
    pub identity: Option<Box<str>>,
    /// When it was connected.
    pub created: Timestamp,
    /// When it last answered a check.
    pub checked: Option<Timestamp>,
}

impl Service {
    /// One that is connected at this moment: nothing has been asked of it.
    pub fn connected(
        name: ServiceName,
        kind: impl Into<Box<str>>,
        base_url: BaseUrl,
        credential_form: CredentialForm,
        now: Timestamp,
    ) -> Self {
        Self {
            name,
            kind: kind.into(),
            base_url,
            credential_form,
            definition: DefinitionSource::Catalog,
            rights: Rights::All,
            rights_source: RightsSource::Unknown,
            scopes: None,
            credential_expires: None,
            identity: None,
            created: now,
            checked: None,
        }
    }
}
