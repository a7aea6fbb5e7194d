//! One question after the other to one service, with the owner's own credential.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use valetkey_core::{policy::ServicePolicy, tokens::Connected};
use valetkey_gateway::{Probe, ProbeError, Prober, Question};

use crate::Error;

/// A service that is being asked.
pub(crate) struct Asking<'a> {
    prober: Prober,
    connected: &'a Connected,
    policy: &'a ServicePolicy,
}

impl<'a> Asking<'a> {
    /// Sets TLS up; nothing is asked yet.
    pub(crate) async fn of(connected: &'a Connected, policy: &'a ServicePolicy) -> Result<Self, Error> {
        let prober = tokio::task::spawn_blocking(Prober::new).await.map_err(|_| Error::TaskEnded)??;
        Ok(Self { prober, connected, policy })
    }

    /// Which service, and what its definition knows.
    pub(crate) const fn connected(&self) -> &'a Connected {
        self.connected
    }

    /// Any answer but 401.
    pub(crate) async fn ask(&self, question: Question<'_>) -> Result<Probe, Error> {
        let answer = self.prober.ask(self.policy, question).await.map_err(|problem| match problem {
            ProbeError::Vault(problem) => Error::Vault(problem),
            ProbeError::Unreachable(_) | ProbeError::Unsound | ProbeError::Slow => {
                Error::Unreachable { service: self.name(), problem: problem.to_string() }
            }
        })?;
        if answer.status == 401 {
            return Err(self.refused());
        }
        Ok(answer)
    }

    /// The same for a path from the base URL on.
    pub(crate) async fn get(&self, path: &str) -> Result<Probe, Error> {
        self.ask(Question::get(path)).await
    }

    /// What a good answer says; any other is not what a service of this kind answers.
    pub(crate) fn read<T: DeserializeOwned>(&self, answer: &Probe) -> Result<T, Error> {
        if !(200..300).contains(&answer.status) {
            return Err(self.unreadable());
        }
        serde_json::from_slice(&answer.body).map_err(|_| self.unreadable())
    }

    /// The service does not take the credential.
    pub(crate) fn refused(&self) -> Error {
        Error::CredentialRefused { service: self.name() }
    }

    /// An answer in another form than this kind of service gives.
    pub(crate) fn unreadable(&self) -> Error {
        Error::AnswerUnreadable { service: self.name() }
    }

    fn name(&self) -> Box<str> {
        self.policy.name.as_str().into()
    }
}

/// `text` as one piece of a path or a query (RFC 3986 §2.3: what is not unreserved is encoded).
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
