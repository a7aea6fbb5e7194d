//! Services that say who the owner is, or at least take the credential for a look at what anybody may see, and nothing of what it may do.

use serde_json::Value;
use valetkey_gateway::Question;

use super::{Asking, Told};
use crate::Error;

/// What one of these services is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    identity: Identity,
}

/// Where the answer says who the owner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Header(&'static str),
    /// RFC 6901.
    Body(&'static str),
}

impl Plain {
    pub(super) fn of(kind: &str) -> Option<Self> {
        let (path, fields, identity): (_, &[_], _) = match kind {
            // OpenAI, "Debugging requests"; Anthropic, "Response headers".
            "openai" => ("/v1/models", &[], Identity::Header("openai-organization")),
            "anthropic" => {
                let version = &[("anthropic-version", "2023-06-01")];
                ("/v1/models", version, Identity::Header("anthropic-organization-id"))
            }
            "teamcity" => ("/app/rest/users/current?fields=username", &[], Identity::Body("/username")),
            "youtrack" => ("/api/users/me?fields=login", &[], Identity::Body("/login")),
            _ => return None,
        };
        Some(Self { path, fields, identity })
    }
}

pub(super) async fn ask(asking: &Asking<'_>, plain: Plain) -> Result<Told, Error> {
    let answer = asking.ask(Question { fields: plain.fields, ..Question::get(plain.path) }).await?;
    let identity = match plain.identity {
        Identity::Header(name) => answer.field(name).map(str::to_owned),
        Identity::Body(place) => asking
            .read::<Value>(&answer)
            .ok()
            .and_then(|body| body.pointer(place).and_then(Value::as_str).map(str::to_owned)),
    };
    Ok(Told { identity: identity.map(Into::into), ..Told::default() })
}
