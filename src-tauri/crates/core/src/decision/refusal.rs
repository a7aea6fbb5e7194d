use crate::{
    grant::{Context, Grant},
    path::PathError,
    ports::VaultError,
    token::TokenId,
};

/// Why a token does not authenticate. The caller gets the same 401 for all of them; the owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// No token was sent.
    Absent,
    /// Not in the form of a token, or its checksum is wrong.
    Malformed,
    /// Never issued, or its secret has been replaced.
    Unknown,
    /// Its time has come.
    Expired,
    /// Switched off.
    Disabled,
    /// Ended for good.
    Revoked,
}

/// Why a request is not forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token does not authenticate.
    Token {
        /// Why.
        problem: TokenProblem,
        /// Which token, where it is known.
        token: Option<TokenId>,
    },
    /// No service of that name.
    ServiceUnknown,
    /// The target uses something that this service's definition does not switch on.
    Target(PathError),
    /// The owner paused the gateway.
    Paused,
    /// The definition does not know the operation.
    OperationUnknown,
    /// The definition does not know fields that GraphQL asks for.
    FieldsUnknown(Box<UnknownFields>),
    /// Grants are missing.
    InsufficientScope(Box<Shortfall>),
    /// The master credential can't be had now.
    Vault(VaultError),
}

/// Fields that no limited token can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFields {
    /// The operation's label.
    pub operation: Box<str>,
    /// `Repository.collaborators`; the first few.
    pub fields: Vec<Box<str>>,
}

/// What a token lacks for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The operation's label.
    pub operation: Box<str>,
    /// The context that the path named.
    pub context: Option<Context>,
    /// Any of (all of …).
    pub needed: Vec<Vec<Grant>>,
    /// The same without what is held.
    pub missing: Vec<Vec<Grant>>,
    /// Those of `missing` that the token names one and all, so that it is the owner who lacks them now.
    pub owner_lacks: Vec<Vec<Grant>>,
    /// The token's grants of this service, as the owner chose them; `**` can't be written as grants and is empty.
    pub held: Vec<Grant>,
    /// The token, where grants can be added to it: not to full access.
    pub grantable: Option<TokenId>,
}
