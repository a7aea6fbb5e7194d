//! Bodies that are looked at before they are forwarded: for what they ask, and for parameters that would make the request another's.
//!
//! Most are not. Where a decision needs the body, all of it is read first, up to [`MOST_JUDGED`]. Where a service takes parameters from
//! bodies, the first [`FIRST_SCANNED`] bytes are looked through before the service is dialled, and the rest before it is passed on: of a
//! body with such a parameter the service never gets the end.

mod graphql;
mod json;
mod media;
mod parameters;

use valetkey_core::{body::Contents, decision::Need};

pub(crate) use media::Media;
pub(crate) use parameters::Scan;

/// Longest body that is read to judge a request by it. GraphQL queries and LFS batches of real clients stay far below.
pub(crate) const MOST_JUDGED: usize = 256 * 1024;
/// How much of a body is looked through before the service is dialled: what a connection's buffer holds anyway.
pub(crate) const FIRST_SCANNED: usize = 64 * 1024;

/// Why a body is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error(
        "a body that has to be read here needs one plain Content-Type: a form, multipart/form-data, JSON in UTF-8, or another that says that it is none of these"
    )]
    MediaType,
    #[error("a body that has to be read here must not have a Content-Encoding")]
    Encoded,
    #[error("what is asked stands in the body, which must be JSON")]
    NotJson,
    #[error("the body is longer than the 256 KiB that are read to judge a request")]
    TooLong,
    #[error(
        "the body has a parameter that is refused: it would change what the request means, or whose it is"
    )]
    ParameterRefused,
    #[error("a field's name in the form is too long")]
    FieldName,
    #[error("the multipart body can be read in several ways")]
    Multipart,
    #[error("the JSON is malformed, or a name in it can be read in several ways")]
    Json,
    #[error(
        "the GraphQL request is not one JSON object with “query” and, at most, “variables” and “operationName”"
    )]
    GraphRequest,
    #[error("the GraphQL document is malformed, or nested or long beyond measure")]
    GraphDocument,
    #[error(
        "the GraphQL document does not say which of its operations is meant, or uses a fragment that it does not have"
    )]
    GraphMeaning,
}

/// Reads of `body` what `need` says.
pub(crate) fn contents(need: Need<'_>, body: &[u8]) -> Result<Contents, BodyError> {
    match need {
        Need::Member(name) => json::member(body, name),
        Need::Graph => graphql::document(body).map(Contents::Graph),
    }
}
