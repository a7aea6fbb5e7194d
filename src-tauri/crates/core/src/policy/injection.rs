use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    ports::VaultError,
    redact::Redactor,
    rules::{EndpointIndex, Rules},
    secret::MasterCredential,
    service::{CredentialForm, Service},
};

use super::ServiceEndpoint;

/// What the vault gave for a service.
#[derive(Clone, Debug)]
pub enum CredentialState {
    /// The credential, ready to be sent.
    Ready(Arc<Injections>),
    /// Why there is none now; requests are refused with that.
    Unavailable(VaultError),
}

impl CredentialState {
    /// `credential` in every form in which an endpoint of `service` wants it.
    pub fn ready(service: &Service, rules: &Rules, credential: &MasterCredential) -> Self {
        let endpoints = ServiceEndpoint::all_of(service, rules);
        let forms: Vec<_> = endpoints.iter().map(|endpoint| &endpoint.credential_form).collect();
        Self::Ready(Arc::new(Injections::new(&forms, credential)))
    }
}

/// A master credential in one form for each endpoint of its service.
#[derive(Debug)]
pub struct Injections(Vec<Injection>);

impl Injections {
    fn new(forms: &[&CredentialForm], credential: &MasterCredential) -> Self {
        let redactor = Arc::new(Redactor::new(credential, forms.iter().filter_map(|form| form.user())));
        Self(forms.iter().map(|form| Injection::new(form, credential, &redactor)).collect())
    }

    /// As the main endpoint wants it; there always is one.
    pub(crate) fn main(&self) -> &Injection {
        &self.0[0]
    }

    /// As `endpoint` wants it.
    pub(crate) fn at(&self, endpoint: EndpointIndex) -> Option<&Injection> {
        self.0.get(endpoint.0)
    }
}

/// A master credential as the header line that carries it. Its bytes are reached only through a
/// [`crate::decision::Permit`] or the owner's [`super::OwnRequest`]; wiped when the last holder lets go.
pub struct Injection {
    name: Box<str>,
    line: Zeroizing<Vec<u8>>,
    redactor: Arc<Redactor>,
}

impl Injection {
    /// Puts `credential` into the form in which the service wants it.
    fn new(form: &CredentialForm, credential: &MasterCredential, redactor: &Arc<Redactor>) -> Self {
        let secret = credential.expose();
        let value = match form {
            CredentialForm::Bearer => Zeroizing::new(format!("Bearer {secret}")),
            CredentialForm::Scheme(word) => Zeroizing::new(format!("{word} {secret}")),
            CredentialForm::Basic { user } => {
                let pair = Zeroizing::new(format!("{user}:{secret}"));
                let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                Zeroizing::new(format!("Basic {}", *encoded))
            }
            CredentialForm::Header { .. } => Zeroizing::new(secret.to_owned()),
        };
        let name = form.header_name();
        let line = Zeroizing::new([name.as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        Self { name: name.to_ascii_lowercase().into(), line, redactor: Arc::clone(redactor) }
    }

    /// The header's name in lower case; the client's own header of that name is dropped.
    pub fn header_name(&self) -> &str {
        &self.name
    }

    /// The whole header line with its line end. Each call is a place to review.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Finds this credential where the service echoes it, in the form of any of its endpoints.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

impl fmt::Debug for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Injection({}: redacted)", self.name)
    }
}
