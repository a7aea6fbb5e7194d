//! The gateway's own resource: `/.valetkey/token`, where a token looks at itself or ends itself.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use valetkey_core::{
    grant::{Access, Grant},
    http::Method,
    path::Path,
    policy::TokenPolicy,
    token::TokenId,
};

use crate::{SelfRevocation, denial::Denial, worker::Worker};

/// What a live token asks of the gateway itself.
#[derive(Debug)]
pub(crate) enum Ask {
    Look(Arc<TokenPolicy>),
    Revoke(TokenId),
}

impl Ask {
    /// `None` where there is no such resource or method.
    pub(crate) fn of(method: Method, path: Path<'_>, policy: &Arc<TokenPolicy>) -> Option<Self> {
        match (path.as_str(), method) {
            ("/.valetkey/token", Method::Get | Method::Head) => Some(Self::Look(Arc::clone(policy))),
            ("/.valetkey/token", Method::Delete) => Some(Self::Revoke(policy.token.id)),
            _ => None,
        }
    }

    pub(crate) fn token(&self) -> TokenId {
        match self {
            Self::Look(policy) => policy.token.id,
            Self::Revoke(token) => *token,
        }
    }

    pub(crate) async fn answer(self, worker: &Worker) -> Result<Value, Denial> {
        match self {
            Self::Look(policy) => Ok(shown(&policy)),
            Self::Revoke(token) => {
                let (done, answer) = oneshot::channel();
                worker
                    .reports
                    .revocations
                    .send(SelfRevocation { token, done })
                    .map_err(|_| Denial::NotRevoked)?;
                match answer.await {
                    Ok(Ok(())) => Ok(json!({ "id": token.to_string(), "revoked": true })),
                    Ok(Err(())) | Err(_) => Err(Denial::NotRevoked),
                }
            }
        }
    }
}

fn shown(policy: &TokenPolicy) -> Value {
    let token = &policy.token;
    let (access, grants) = match &token.access {
        Access::Full => ("full", Vec::new()),
        Access::Limited(grants) => ("limited", grants.iter().map(Grant::to_string).collect()),
    };
    json!({
        "id": token.id.to_string(),
        "name": token.name.as_str(),
        "access": access,
        "grants": grants,
        "expires": token.expires.map(valetkey_core::time::Timestamp::as_millis),
    })
}
