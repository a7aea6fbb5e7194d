use std::borrow::Cow;

use super::{because, graph::Asked};
use crate::{
    grant::{Context, Grant},
    policy::{CompiledAccess, Injection, ServiceEndpoint, ServicePolicy, TokenPolicy},
    rules::{BodyRule, BoundContext, Operation},
    time::Timestamp,
    token::TokenId,
};

/// Leave to forward one request. There is no other way to a master credential than through one, and no way to
/// make one but [`super::decide`] and, where the body matters, [`super::Pending::decide`].
///
/// It borrows from the snapshot that it was decided by: threads that share a snapshot would otherwise count its users up and down
/// with every request, each slowing the others.
#[derive(Clone, Debug)]
pub struct Permit<'s> {
    pub(super) token: &'s TokenPolicy,
    pub(super) service: &'s ServicePolicy,
    pub(super) endpoint: &'s ServiceEndpoint,
    pub(super) injection: &'s Injection,
    pub(super) operation: Option<&'s Operation>,
    pub(super) contexts: Vec<BoundContext>,
    /// What its GraphQL asks for.
    pub(super) asked: Option<Box<Asked>>,
}

impl<'s> Permit<'s> {
    /// Whose request it is.
    pub fn token(&self) -> TokenId {
        self.token.token.id
    }

    /// When its token ends by itself, and with it this permit.
    pub fn expires(&self) -> Option<Timestamp> {
        self.token.token.expires
    }

    /// Whose it is.
    pub const fn service(&self) -> &'s ServicePolicy {
        self.service
    }

    /// Where it goes.
    pub const fn endpoint(&self) -> &'s ServiceEndpoint {
        self.endpoint
    }

    /// Which operation it is; `None` where the definition does not know it (full access only).
    pub const fn operation(&self) -> Option<&'s Operation> {
        self.operation
    }

    /// Names the operation as far as it was looked at; `None` where the definition does not know it.
    pub fn label(&self) -> Option<Cow<'s, str>> {
        let operation = self.operation?;
        Some(match (&operation.body, &self.asked) {
            (BodyRule::Graph, Some(asked)) => Cow::Owned(format!("{} {}", operation.label, asked.label)),
            // With full access the body was not read.
            (BodyRule::Member(rule), _) if matches!(self.token.access, CompiledAccess::Full) => {
                Cow::Borrowed(&rule.place)
            }
            _ => Cow::Borrowed(&operation.label),
        })
    }

    /// The context that the request named.
    pub fn context(&self) -> Option<Context> {
        self.contexts.first().map(|bound| self.service.rules.context_of(bound))
    }

    /// The header line that carries the master credential, to be written last into the forwarded head.
    pub fn credential_line(&self) -> &'s [u8] {
        self.injection.line()
    }

    /// Name of that header, and what finds the credential in replies.
    pub const fn injection(&self) -> &'s Injection {
        self.injection
    }

    /// The token's grants by which the request is allowed; empty for full access, and where nothing is needed.
    pub fn because(&self) -> Vec<Grant> {
        let mut because = self
            .operation
            .map_or_else(Vec::new, |operation| because(self.token, self.service, operation, &self.contexts));
        if let Some(asked) = &self.asked {
            because.extend(asked.because(self.token, self.service));
            because.sort();
            because.dedup();
        }
        because
    }
}
