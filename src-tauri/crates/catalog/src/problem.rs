use valetkey_core::{likeness::suggestion, path::PathError, rules::RouteError, service::BaseUrlError};

use crate::limits;

/// What is wrong at one place of a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A version that this program does not read.
    #[error("version {found} is not known; this program reads version 1")]
    Version {
        /// What the document says.
        found: u64,
    },
    /// A list is longer than a definition may have it.
    #[error("more than {limit} entries")]
    TooMany {
        /// The longest that is taken.
        limit: usize,
    },
    /// A text that is shown to people is empty, too long, or has characters that could mislead them.
    #[error("a text here has 1 to {limit} characters and no control or direction characters")]
    Text {
        /// The longest that is taken.
        limit: usize,
    },
    /// The kind's name is not usable on a command line.
    #[error("“{name}” is not a kind: 1 to 63 characters a-z, 0-9 and -, beginning with a letter")]
    KindName {
        /// What was given.
        name: Box<str>,
    },
    /// A context kind could not stand in a grant.
    #[error(
        "“{name}” is not a context's name: a-z, 0-9, - and _, beginning with a letter; and “global” is always there"
    )]
    ContextName {
        /// What was given.
        name: Box<str>,
    },
    /// A permission could not stand in a grant, or would read as something else here.
    #[error(
        "“{name}” is not a permission's name: visible ASCII characters without colon, neither “*” nor “nothing”"
    )]
    PermissionName {
        /// What was given.
        name: Box<str>,
    },
    /// The usual place of the service is refused.
    #[error("the base URL is refused: {0}")]
    BaseUrl(#[from] BaseUrlError),
    /// Not a way to send a credential.
    #[error("“{form}” is not a way to send a credential: bearer, scheme:WORD, basic:USER or header:NAME")]
    CredentialForm {
        /// What was given.
        form: Box<str>,
    },
    /// An endpoint's name is not one that operations could write.
    #[error("“{name}” is not an endpoint's name: a-z, 0-9 and -, beginning with a letter")]
    EndpointName {
        /// What was given.
        name: Box<str>,
    },
    /// Not where an endpoint can be.
    #[error("“{text}” is no place: a base URL, or {{origin}} or {{base}} with a canonical path behind it")]
    EndpointPlace {
        /// What was given.
        text: Box<str>,
    },
    /// The credential of a service somewhere else would be sent to the usual place.
    #[error(
        "where this endpoint is of a service at another base URL must be said, by {{origin}} or {{base}}"
    )]
    EndpointFixed,
    /// An endpoint that the definition does not have.
    #[error("unknown endpoint “{name}”{}", suggestion(.nearest.as_deref()))]
    UnknownEndpoint {
        /// What was given.
        name: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
    },
    /// Not a header that may stand in this list.
    #[error("“{name}” is not a header that can be listed here")]
    Header {
        /// What was given.
        name: Box<str>,
    },
    /// A query parameter or its value that could not be told from other spellings.
    #[error("“{text}” can't be told from other spellings of the same query, or is refused in every query")]
    Query {
        /// What was given.
        text: Box<str>,
    },
    /// Not a method, or one that is never forwarded.
    #[error("“{name}” is not a method: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS")]
    Method {
        /// What was given.
        name: Box<str>,
    },
    /// A method that may always carry a body needs no switch.
    #[error("{name} may always carry a body")]
    BodyIsUsual {
        /// The method.
        name: Box<str>,
    },
    /// The same thing twice.
    #[error("the same as {first}")]
    Duplicate {
        /// Where it stands already.
        first: Box<str>,
    },
    /// A permission that the definition does not have.
    #[error("unknown permission “{name}”{}", suggestion(.nearest.as_deref()))]
    UnknownPermission {
        /// What was given.
        name: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
    },
    /// A context kind that the definition does not have.
    #[error("unknown context “{name}”{}", suggestion(.nearest.as_deref()))]
    UnknownContext {
        /// What was given.
        name: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
    },
    /// A parameter that the path does not have.
    #[error("the path has no parameter “{name}”{}", suggestion(.nearest.as_deref()))]
    UnknownParameter {
        /// What was given.
        name: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
    },
    /// A permission that can be granted nowhere.
    #[error("at least one context is needed, such as “global”")]
    NoContext,
    /// A permission that no grant could give for this path.
    #[error("“{name}” can be granted neither globally nor in a context that this path names")]
    NeverGranted {
        /// The permission.
        name: Box<str>,
    },
    /// An empty requirement, which would allow everybody.
    #[error("an empty list would allow every token; an operation that needs no permission says “nothing”")]
    NothingRequired,
    /// An operation that mints credentials must be grantable by name.
    #[error("an operation that mints credentials must require a permission")]
    MintsForNothing,
    /// Operations on one place could not be told apart by their bodies.
    #[error(
        "operations on one place are told apart by one member of their bodies, each by another text, in the same contexts"
    )]
    Body,
    /// What a body says is looked at for limited tokens only.
    #[error("what makes credentials can't be told by a body")]
    BodyMints,
    /// An operation is GraphQL and nothing is known of that.
    #[error("the definition has no section “graphql”")]
    NoGraph,
    /// Not a name of GraphQL, or one of its own.
    #[error("“{name}” is not a name of a type, field or argument")]
    GraphName {
        /// What was given.
        name: Box<str>,
    },
    /// A type that the definition does not have.
    #[error("unknown type “{name}”{}", suggestion(.nearest.as_deref()))]
    UnknownType {
        /// What was given.
        name: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
    },
    /// A field's alternatives would have to be weighed against those of all others.
    #[error("a field requires “nothing”, a permission, or a list of which all are needed")]
    GraphRequires,
    /// A context that is named below the root.
    #[error("only fields of Query and Mutation name contexts")]
    GraphContexts,
    /// The path would be refused in a request too.
    #[error("{0}")]
    Path(#[from] PathError),
    /// The path can't be put into a router.
    #[error("{0}")]
    Route(#[from] RouteError),
    /// A path template is too long.
    #[error("a path has at most {} bytes", limits::PATH)]
    PathTooLong,
    /// Not `{name}`, `{name**}`, or text around one `{name}`.
    #[error("“{text}” is not a segment: text with at most one parameter {{name}}, or {{name**}} alone")]
    Segment {
        /// What was given.
        text: Box<str>,
    },
    /// A context's value could not stand in a grant, or stands where none belongs.
    #[error(
        "“{text}” is not a value of this context; a context that there is only one of takes the empty text"
    )]
    ContextValue {
        /// What was given.
        text: Box<str>,
    },
    /// Not a path to ask for a thing's names.
    #[error(
        "“{text}” is not a path with one segment {{}}, or with {{**}}, for the name of what is asked about"
    )]
    Resolve {
        /// What was given.
        text: Box<str>,
    },
    /// Not what can stand before a number.
    #[error("“{text}” can't mark numbers; # can")]
    Mark {
        /// What was given.
        text: Box<str>,
    },
    /// Not a path that calls things by numbers.
    #[error("“{text}” must be a path of text and plain parameters {{name}}, at least one of them")]
    ByNumber {
        /// What was given.
        text: Box<str>,
    },
    /// There is nothing to be found out.
    #[error("a context that there is only one of has no other name")]
    ResolveSole,
    /// Not a member of a JSON object.
    #[error("“{text}” is not a member of an answer: names parted by dots, from the outside in")]
    Member {
        /// What was given.
        text: Box<str>,
    },
    /// Two different paths would name the same context.
    #[error("“{text}” could be read two ways: parameters are parted by /, and %2F is not switched on")]
    ContextAmbiguous {
        /// What was given.
        text: Box<str>,
    },
    /// Nothing says that it is an OpenAPI document.
    #[error("this is no OpenAPI or Swagger document: it has neither “openapi” nor “swagger”")]
    NotOpenApi,
    /// A version that this program does not import.
    #[error("version “{found}” can't be imported; OpenAPI 3 and Swagger 2.0 can")]
    OpenApiVersion {
        /// What the document says.
        found: Box<str>,
    },
    /// Nothing that a definition could be made of.
    #[error("there is no operation here that could be forwarded")]
    NoOperation,
    /// So many paths could be meant by one request that telling them apart takes too long.
    #[error("too many paths fit the same requests")]
    TooManyOverlaps,
    /// A service that says nothing of its permissions.
    #[error("no endpoint here names a permission")]
    NoRight,
}

/// `text` as far as an error should repeat it.
pub(crate) fn shown(text: &str) -> Box<str> {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}
