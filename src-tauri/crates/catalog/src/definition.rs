use valetkey_core::{
    rules::Rules,
    service::{BaseUrl, CredentialForm},
};

use crate::{Error, compile, document::Document, limits};

/// What is known about a kind of service.
#[derive(Clone, Debug)]
pub struct Definition {
    pub(crate) kind: Box<str>,
    pub(crate) title: Box<str>,
    pub(crate) description: Box<str>,
    pub(crate) base_url: Option<BaseUrl>,
    pub(crate) needs_base_url: bool,
    pub(crate) needs_credential: bool,
    pub(crate) credential_form: CredentialForm,
    pub(crate) rules: Rules,
}

impl Definition {
    /// Reads and judges a document of at most 32 MiB. The first thing wrong is the error.
    pub fn parse(json: &str) -> Result<Self, Error> {
        if json.len() > limits::DOCUMENT {
            return Err(Error::TooLarge);
        }
        compile::definition(&Document::read(json)?)
    }

    /// As `--kind` takes it: `sandbox`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// For people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// One or two sentences for people.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Where such a service usually is, if that is one place.
    pub const fn base_url(&self) -> Option<&BaseUrl> {
        self.base_url.as_ref()
    }

    /// Whether the owner must say where it is.
    pub const fn needs_base_url(&self) -> bool {
        self.needs_base_url
    }

    /// Whether the owner must give a master credential.
    pub const fn needs_credential(&self) -> bool {
        self.needs_credential
    }

    /// How its credential is sent unless the owner says otherwise.
    pub const fn credential_form(&self) -> &CredentialForm {
        &self.credential_form
    }

    /// What requests are judged by.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The same, to be kept with a service.
    pub fn compile(&self) -> Rules {
        self.rules.clone()
    }
}
