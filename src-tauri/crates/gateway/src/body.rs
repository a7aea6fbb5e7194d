//! Bodies that are looked at before they are forwarded: for what they ask, and for parameters that would make the request another's.
//!
//! Most are not. Where a decision needs the body, all of it is read first, up to [`MOST_JUDGED`]. Where a service takes parameters from
//! bodies, the first [`FIRST_SCANNED`] bytes are looked through before the service is dialled, and the rest before it is passed on: of a
//! body with such a parameter the service never gets the end.

mod graphql;
mod json;
mod media;
mod parameters;

use valetkey_core::{body::Contents, decision::Need, http::Method, policy::ServicePolicy};

pub(crate) use media::Media;
pub(crate) use parameters::Scan;

/// Longest body that is read to judge a request by it. GraphQL queries and LFS batches of real clients stay far below.
pub(crate) const MOST_JUDGED: usize = 256 * 1024;
/// How much of a body is looked through before the service is dialled: what a connection's buffer holds anyway.
pub(crate) const FIRST_SCANNED: usize = 64 * 1024;

/// Why a body is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The definition does not say that the method may have one here.
    #[error("a body is not taken with this method here")]
    Unusual,
    /// It does not say plainly what it is.
    #[error(
        "a body that has to be read here needs one plain Content-Type: a form, multipart/form-data, JSON in UTF-8, or another that says that it is none of these"
    )]
    MediaType,
    /// It is compressed.
    #[error("a body that has to be read here must not have a Content-Encoding")]
    Encoded,
    /// It is no JSON where it has to be.
    #[error("what is asked stands in the body, which must be JSON")]
    NotJson,
    /// Longer than what is read to judge a request.
    #[error("the body is longer than the 256 KiB that are read to judge a request")]
    TooLong,
    /// It has a parameter that is refused.
    #[error(
        "the body has a parameter that is refused: it would change what the request means, or whose it is"
    )]
    ParameterRefused,
    /// A name that goes on and on.
    #[error("a field's name in the form is too long")]
    FieldName,
    /// Parts that are not plainly parted, or not plainly named.
    #[error("the multipart body can be read in several ways")]
    Multipart,
    /// JSON that is none, or says two things.
    #[error("the JSON is malformed, or a name in it can be read in several ways")]
    Json,
    /// Not a GraphQL request as every server takes one.
    #[error(
        "the GraphQL request is not one JSON object with “query” and, at most, “variables” and “operationName”"
    )]
    GraphRequest,
    /// Not a GraphQL document, or one beyond measure.
    #[error("the GraphQL document is malformed, or nested or long beyond measure")]
    GraphDocument,
    /// A GraphQL document that leaves open what it asks.
    #[error(
        "the GraphQL document does not say which of its operations is meant, or uses a fragment that it does not have"
    )]
    GraphMeaning,
}

/// Whether a body may come with this method.
pub(crate) fn is_usual(method: Method, service: &ServicePolicy) -> bool {
    !method.body_is_unusual() || service.rules.switches.bodies.contains(&method)
}

/// Judges the beginning of a body: looks it through where the service takes parameters from bodies, and reads what the decision needs.
pub(crate) fn judge(
    media: &Media,
    (bytes, is_whole): (&[u8], bool),
    service: &ServicePolicy,
    need: Option<Need<'_>>,
) -> Result<Option<Contents>, BodyError> {
    if need.is_some() && *media != Media::Json {
        return Err(BodyError::NotJson);
    }
    if need.is_some() && (!is_whole || bytes.len() > MOST_JUDGED) {
        return Err(BodyError::TooLong);
    }
    if service.rules.switches.refused_in_bodies && *media != Media::Opaque {
        let mut scan = Scan::new(media, &service.rules.switches.refused_parameters);
        scan.feed(bytes)?;
        if is_whole {
            scan.finish()?;
        }
    }
    need.map(|need| contents(need, bytes)).transpose()
}

/// Reads of `body` what `need` says.
fn contents(need: Need<'_>, body: &[u8]) -> Result<Contents, BodyError> {
    match need {
        Need::Member(name) => json::member(body, name),
        Need::Graph => graphql::document(body).map(Contents::Graph),
    }
}

/// A body that lies there whole, to be judged as one on its way would be, and not sent.
#[derive(Clone, Copy, Debug)]
pub struct WholeBody<'b> {
    /// Of its request.
    pub method: Method,
    /// Value of its Content-Type.
    pub content_type: &'b str,
    /// All of it; not empty.
    pub bytes: &'b [u8],
}

impl WholeBody<'_> {
    /// What it says of what `need` asks for; else why it would be refused at this service.
    pub fn read(
        &self,
        service: &ServicePolicy,
        need: Option<Need<'_>>,
    ) -> Result<Option<Contents>, BodyError> {
        if !is_usual(self.method, service) {
            return Err(BodyError::Unusual);
        }
        if need.is_none() && !service.rules.switches.refused_in_bodies {
            return Ok(None);
        }
        let media =
            Media::said(self.method, std::iter::once(self.content_type.as_bytes()), std::iter::empty())?;
        judge(&media, (self.bytes, true), service, need)
    }
}
