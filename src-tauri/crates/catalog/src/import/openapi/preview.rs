use std::fmt;

use valetkey_core::service::BaseUrlError;

use crate::Problem;

/// A definition made of a document, and what there is to know of it before it is used.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The definition document.
    pub definition: String,
    /// What is in it.
    pub preview: Preview,
}

/// What an import found.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The definition's kind.
    pub kind: String,
    /// `OpenAPI 3.0.3`, `Swagger 2.0`.
    pub format: String,
    /// The document's title.
    pub title: String,
    /// The version of the API, as the document says it; may be empty.
    pub version: String,
    /// How many operations were taken.
    pub operations: usize,
    /// How many permissions there are.
    pub permissions: usize,
    /// The contexts, those with the most operations first.
    pub contexts: Vec<OfferedContext>,
    /// What was not taken.
    pub skipped: Vec<Skipped>,
    /// What the owner should know.
    pub notes: Vec<Note>,
}

/// A kind of context that path parameters tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedContext {
    /// As it stands in a grant.
    pub name: String,
    /// A path that tells it: `/repos/{owner}/{repo}`.
    pub example: String,
    /// How many operations are in one.
    pub operations: usize,
}

/// An operation that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Such as `TRACE`; empty where the whole path is meant.
    pub method: Box<str>,
    /// As the document writes it.
    pub path: Box<str>,
    /// Why.
    pub reason: SkipReason,
}

/// Why an operation was not taken. A limited token can't do it then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// The gateway forwards it for nobody.
    #[error("this method is not forwarded")]
    Method,
    /// Its path can't be in a definition.
    #[error("{0}")]
    Path(#[from] Problem),
    /// It lives elsewhere than the rest.
    #[error("it is at another server, {server}")]
    OtherServer {
        /// Where.
        server: Box<str>,
    },
    /// What is said of it stands outside the document, or nowhere.
    #[error("it refers to {reference}, which is not in this document")]
    Reference {
        /// Where to.
        reference: Box<str>,
    },
    /// There are too many ways to what it needs.
    #[error("its security requirement is too long")]
    Requirement,
    /// It would be the 100,001st.
    #[error("there are too many operations")]
    TooMany,
}

/// What the owner should know of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The document's server can't be a base URL.
    Server {
        /// Which.
        url: Box<str>,
        /// Why.
        problem: BaseUrlError,
    },
    /// The document does not say at which host its API is.
    NoHost {
        /// Below which path it is there.
        path: Box<str>,
    },
    /// Parts of the server's URL are the owner's to fill in.
    ServerVaries {
        /// With the usual values.
        url: Box<str>,
    },
    /// How the credential will be sent.
    Form {
        /// As `--auth` takes it.
        form: Box<str>,
    },
    /// It will be sent with Basic, for which a user's name may be needed.
    Basic,
    /// The document does not say how credentials are sent.
    NoScheme,
    /// One way to send a credential is in the query, and that is refused.
    KeyInQuery {
        /// The parameter.
        parameter: Box<str>,
    },
    /// One way to send a credential is none that the gateway has (a cookie, a client certificate).
    SchemeUnusable {
        /// The scheme's name in the document.
        name: Box<str>,
    },
    /// Scopes are written otherwise in grants.
    ScopesRenamed,
    /// Requests of these methods may carry a body, because some operations say so.
    Bodies {
        /// Which.
        methods: Box<str>,
    },
    /// Paths that two operations could mean need what both need.
    Overlaps {
        /// How many.
        count: usize,
    },
    /// The document has operations that need no credential; they need a permission here like all others.
    Public {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { url, problem } => {
                write!(f, "The document's server {url} can't be used: {problem}.")
            }
            Self::NoHost { path } if path.trim_matches('/').is_empty() => {
                f.write_str("The document names no host: give a base URL.")
            }
            Self::NoHost { path } => {
                write!(f, "The document names no host: give a base URL, and end it with {path}.")
            }
            Self::ServerVaries { url } => {
                write!(f, "The server's URL has parts to fill in; {url} is only the usual one.")
            }
            Self::Form { form } => write!(f, "The credential is sent as {form}."),
            Self::Basic => f.write_str(
                "The credential is sent with Basic and an empty user name; say basic:USER if one is needed.",
            ),
            Self::NoScheme => {
                f.write_str("The document does not say how credentials are sent; bearer is assumed.")
            }
            Self::KeyInQuery { parameter } => write!(
                f,
                "A key in the query (“{parameter}”) is refused: URLs end up in logs, and a caller could bring another identity."
            ),
            Self::SchemeUnusable { name } => {
                write!(f, "The security scheme “{name}” is none that the gateway can send.")
            }
            Self::ScopesRenamed => {
                f.write_str("Permissions are named like the scopes, with . in place of : in a name.")
            }
            Self::Bodies { methods } => {
                write!(f, "{methods} may carry a body, because some operations say so.")
            }
            Self::Overlaps { count: 1 } => {
                f.write_str("1 path fits two operations; it needs the permissions of both.")
            }
            Self::Overlaps { count } => {
                write!(f, "{count} paths fit two operations each; they need the permissions of both.")
            }
            Self::Public { count: 1 } => f.write_str(
                "1 operation needs no credential at the service; here it needs a permission like all others.",
            ),
            Self::Public { count } => write!(
                f,
                "{count} operations need no credential at the service; here they need a permission like all others."
            ),
        }
    }
}
