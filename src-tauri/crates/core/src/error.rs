use crate::{
    grant::{Context, Grant},
    likeness::suggestion,
    secret::CredentialError,
    service::{BaseUrlError, ServiceName},
};

/// What a use case or parser can refuse. All of these are the caller's to mend, except [`Error::NoEntropy`]
/// and [`Error::Store`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The operating system's random generator failed.
    #[error("the operating system gave no random bytes")]
    NoEntropy,
    /// A token's name breaks the rules of [`crate::token::TokenName`].
    #[error("a name has 1 to 64 characters and no control or direction characters")]
    NameInvalid,
    /// A note breaks the rules of [`crate::token::Note`].
    #[error("a note has at most 500 characters and no control or direction characters")]
    NoteInvalid,
    /// Another live token has that name.
    #[error("a token named “{name}” exists already")]
    NameTaken {
        /// The name asked for.
        name: Box<str>,
    },
    /// A service's name is not a lower-case DNS label.
    #[error(
        "“{text}” is not a service name: 1 to 63 characters a-z, 0-9 and -, not beginning or ending with -"
    )]
    ServiceNameInvalid {
        /// What was given.
        text: Box<str>,
    },
    /// Another service has that name.
    #[error("a service named “{name}” is connected already")]
    ServiceNameTaken {
        /// The name asked for.
        name: ServiceName,
    },
    /// A base URL is refused.
    #[error("the base URL is refused: {0}")]
    BaseUrl(#[from] BaseUrlError),
    /// A master credential is refused.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// Not a way to send a credential.
    #[error("“{text}” is not a way to send a credential: bearer, scheme:WORD, basic:USER or header:NAME")]
    CredentialFormMalformed {
        /// What was given.
        text: Box<str>,
    },
    /// Not a grant's text.
    #[error("“{text}” is not a grant; it is <service>:<context>:<permission>")]
    GrantMalformed {
        /// What was given.
        text: Box<str>,
    },
    /// Not a context's text.
    #[error("“{text}” is not a context; it is global, <kind>=<value> or <kind>")]
    ContextMalformed {
        /// What was given.
        text: Box<str>,
    },
    /// Not a permission's name.
    #[error("“{text}” is not a permission name")]
    PermissionMalformed {
        /// What was given.
        text: Box<str>,
    },
    /// Limited access without a single grant.
    #[error("limited access needs at least one grant; an empty scope never means everything")]
    ScopeEmpty,
    /// No service of that name is connected.
    #[error("no service named “{name}” is connected{}", suggestion(.nearest.as_deref()))]
    ServiceUnknown {
        /// The name asked for.
        name: Box<str>,
        /// The most similar known one.
        nearest: Option<Box<str>>,
    },
    /// The service's definition has no such kind of context, or takes a value where none belongs.
    #[error("{service} has no context “{context}”{}", suggestion(.nearest.as_deref()))]
    ContextUnknown {
        /// Which service.
        service: ServiceName,
        /// The context asked for.
        context: Context,
        /// The most similar known kind.
        nearest: Option<Box<str>>,
    },
    /// The service's definition has no such permission.
    #[error("{service} has no permission “{permission}”{}", suggestion(.nearest.as_deref()))]
    PermissionUnknown {
        /// Which service.
        service: ServiceName,
        /// The permission asked for.
        permission: Box<str>,
        /// The most similar known one.
        nearest: Option<Box<str>>,
    },
    /// The permission exists and can't be granted in that context.
    #[error("“{grant}” can't be granted: that permission does not apply in that context")]
    NotAssignable {
        /// The grant asked for.
        grant: Grant,
    },
    /// The owner does not have the right.
    #[error("“{grant}” can't be granted: you don't have that permission there{}", instead(.had))]
    OwnerLacks {
        /// The grant asked for.
        grant: Grant,
        /// What the owner has that is most like it.
        had: Vec<Grant>,
    },
    /// An expiry that lies in the past.
    #[error("the expiry lies in the past")]
    ExpiryPast,
    /// No token of that name or id.
    #[error("no token named “{name}”{}", suggestion(.nearest.as_deref()))]
    TokenUnknown {
        /// The name asked for.
        name: Box<str>,
        /// The most similar known one.
        nearest: Option<Box<str>>,
    },
    /// The token is revoked; nothing but its record is left.
    #[error("“{name}” is revoked; a revoked token can't be changed")]
    TokenRevoked {
        /// Its name.
        name: Box<str>,
    },
}

fn instead(had: &[Grant]) -> String {
    let had: Vec<_> = had.iter().map(|grant| format!("“{grant}”")).collect();
    if had.is_empty() { String::new() } else { format!("; you have {}", had.join(", ")) }
}
