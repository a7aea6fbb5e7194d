use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{ports::VaultError, redact::Redactor, secret::MasterCredential, service::CredentialForm};

/// What the vault gave for a service.
#[derive(Clone, Debug)]
pub enum CredentialState {
    /// The credential, ready to be sent.
    Ready(Arc<Injection>),
    /// Why there is none now; requests are refused with that.
    Unavailable(VaultError),
}

/// A master credential as the header line that carries it. Its bytes are reached only through a
/// [`crate::decision::Permit`] or the owner's [`super::OwnRequest`]; wiped when the last holder lets go.
pub struct Injection {
    name: Box<str>,
    line: Zeroizing<Vec<u8>>,
    redactor: Redactor,
}

impl Injection {
    /// Puts `credential` into the form in which the service wants it.
    pub fn new(form: &CredentialForm, credential: &MasterCredential) -> Self {
        let secret = credential.expose();
        let (value, user) = match form {
            CredentialForm::Bearer => (Zeroizing::new(format!("Bearer {secret}")), None),
            CredentialForm::Scheme(word) => (Zeroizing::new(format!("{word} {secret}")), None),
            CredentialForm::Basic { user } => {
                let pair = Zeroizing::new(format!("{user}:{secret}"));
                let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                (Zeroizing::new(format!("Basic {}", *encoded)), Some(&**user))
            }
            CredentialForm::Header { .. } => (Zeroizing::new(secret.to_owned()), None),
        };
        let name = form.header_name();
        let line = Zeroizing::new([name.as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        Self { name: name.to_ascii_lowercase().into(), line, redactor: Redactor::new(credential, user) }
    }

    /// The header's name in lower case; the client's own header of that name is dropped.
    pub fn header_name(&self) -> &str {
        &self.name
    }

    /// The whole header line with its line end. Each call is a place to review.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Finds this credential where the service echoes it.
    pub const fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

impl fmt::Debug for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Injection({}: redacted)", self.name)
    }
}
