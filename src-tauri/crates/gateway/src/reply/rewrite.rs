use valetkey_core::{
    http::Method,
    policy::{Injection, ServiceEndpoint},
    service::{Scheme, ServiceName},
};

use super::{ReplyFraming, ReplyHead, link::rewritten_targets};
use crate::names::{Names, names_headers};

/// How the application reached the service, so that redirects lead it there again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'r> {
    /// Below `/<service>`, by this scheme, on this authority.
    Prefix(&'static str, &'r str),
    /// By this scheme, at the root of this authority.
    Root(&'static str, &'r str),
    /// By the service's own host over the Unix socket: redirects stay as they are.
    Own,
}

/// Whether the body must be searched for the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    /// It is text, or nobody says what it is.
    Search,
    /// It is of a type that is not searched.
    Pass,
}

/// For whom a reply is rewritten, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage<'r> {
    pub(crate) service: &'r ServiceName,
    pub(crate) endpoint: &'r ServiceEndpoint,
    pub(crate) injection: &'r Injection,
    pub(crate) location: Location<'r>,
    pub(crate) framing: OutFraming,
    /// The connection to the application ends after it.
    pub(crate) close: bool,
}

/// Writes the head that the application gets into `out`.
pub(crate) fn rewrite_reply(head: &ReplyHead, bytes: &[u8], passage: Passage<'_>, out: &mut Vec<u8>) {
    out.extend(b"HTTP/1.1 ");
    out.extend(itoa::Buffer::new().format(head.status).as_bytes());
    out.push(b' ');
    out.extend(head.reason(bytes));
    out.extend(b"\r\n");
    let connection = head.fields(bytes).filter(|(name, _)| name.eq_ignore_ascii_case(b"connection"));
    let names_headers = names_headers(connection.map(|(_, value)| value));
    for (name, value) in head.fields(bytes) {
        if is_dropped(name) || (names_headers && is_named_in_connection(head, bytes, name)) {
            continue;
        }
        out.extend(name);
        out.extend(b": ");
        let start = out.len();
        match rewritten_value(name, value, &passage) {
            Some(rewritten) => out.extend(rewritten.as_bytes()),
            None => out.extend(value),
        }
        passage.injection.redactor().blot(&mut out[start..]);
        out.extend(b"\r\n");
    }
    match passage.framing {
        OutFraming::None | OutFraming::UntilClose => {}
        OutFraming::Length(length) => {
            out.extend(b"content-length: ");
            out.extend(itoa::Buffer::new().format(length).as_bytes());
            out.extend(b"\r\n");
        }
        OutFraming::Chunked => out.extend(b"transfer-encoding: chunked\r\n"),
    }
    if passage.close {
        out.extend(b"connection: close\r\n");
    }
    out.extend(b"\r\n");
}

/// How the body goes to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutFraming {
    None,
    Length(u64),
    Chunked,
    /// An HTTP/1.0 client reads to the end.
    UntilClose,
}

impl OutFraming {
    /// For a body that came in `framing`. A reply to HEAD repeats the length that a GET would have; 204 and 304 say none.
    pub(crate) fn of(
        framing: ReplyFraming,
        head: &ReplyHead,
        bytes: &[u8],
        method: Method,
        old_client: bool,
    ) -> Self {
        match framing {
            ReplyFraming::None if method == Method::Head => {
                head.stated_length(bytes).map_or(Self::None, Self::Length)
            }
            ReplyFraming::None if matches!(head.status, 100..=199 | 204 | 304) => Self::None,
            ReplyFraming::None => Self::Length(0),
            ReplyFraming::Length(length) => Self::Length(length),
            ReplyFraming::Chunked | ReplyFraming::UntilClose if old_client => Self::UntilClose,
            ReplyFraming::Chunked | ReplyFraming::UntilClose => Self::Chunked,
        }
    }
}

const TEXT_SUBTYPES: [&[u8]; 10] = [
    b"json",
    b"xml",
    b"javascript",
    b"x-ndjson",
    b"jsonl",
    b"yaml",
    b"x-yaml",
    b"toml",
    b"graphql",
    b"x-www-form-urlencoded",
];

/// Whether a body of this type is searched. A head without a type is.
pub(crate) fn echo_of(head: &ReplyHead, bytes: &[u8]) -> Echo {
    let Some(kind) = head.value(bytes, "content-type") else { return Echo::Search };
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let slash = memchr::memchr(b'/', kind);
    let (family, subtype) = slash.map_or((kind, &[][..]), |slash| (&kind[..slash], &kind[slash + 1..]));
    let ends_in = |suffix: &[u8]| {
        subtype.len().checked_sub(suffix.len()).is_some_and(|at| subtype[at..].eq_ignore_ascii_case(suffix))
    };
    let text = family.eq_ignore_ascii_case(b"text")
        || ends_in(b"+json")
        || ends_in(b"+xml")
        || TEXT_SUBTYPES.iter().any(|known| subtype.eq_ignore_ascii_case(known));
    if text { Echo::Search } else { Echo::Pass }
}

/// How the service compressed a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    /// In a way, or in several, that can't be read here.
    Unreadable,
}

/// How this body is compressed, all its Content-Encoding fields taken together.
pub(crate) fn coding_of(head: &ReplyHead, bytes: &[u8]) -> Coding {
    head.fields(bytes)
        .filter(|(name, _)| name.eq_ignore_ascii_case(b"content-encoding"))
        .map(|(_, value)| match value {
            value if value.is_empty() || value.eq_ignore_ascii_case(b"identity") => Coding::Identity,
            value if value.eq_ignore_ascii_case(b"gzip") || value.eq_ignore_ascii_case(b"x-gzip") => {
                Coding::Gzip
            }
            _ => Coding::Unreadable,
        })
        .fold(Coding::Identity, |before, here| match (before, here) {
            (Coding::Identity, coding) | (coding, Coding::Identity) => coding,
            _ => Coding::Unreadable,
        })
}

/// What concerns a browser, the connection, or the gateway's own word.
const DROPPED: Names = Names::new(&[
    b"te",
    b"alt-svc",
    b"refresh",
    b"trailer",
    b"upgrade",
    b"connection",
    b"keep-alive",
    b"set-cookie",
    b"set-cookie2",
    b"content-length",
    b"clear-site-data",
    b"proxy-connection",
    b"valetkey-refused",
    b"transfer-encoding",
    b"proxy-authenticate",
    b"service-worker-allowed",
    b"strict-transport-security",
]);

fn is_dropped(name: &[u8]) -> bool {
    DROPPED.contain(name)
        || name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-"))
}

fn is_named_in_connection(head: &ReplyHead, bytes: &[u8], name: &[u8]) -> bool {
    head.fields(bytes).any(|(found, value)| {
        found.eq_ignore_ascii_case(b"connection")
            && value.split(|byte| *byte == b',').any(|option| option.trim_ascii().eq_ignore_ascii_case(name))
    })
}

/// The value of a header that says where the application is to go next; `None` where it stays as it is.
fn rewritten_value(name: &[u8], value: &[u8], passage: &Passage<'_>) -> Option<String> {
    let own = |target: &str| rewritten_location(target, passage);
    if name.eq_ignore_ascii_case(b"location") || name.eq_ignore_ascii_case(b"content-location") {
        own(std::str::from_utf8(value).ok()?)
    } else if name.eq_ignore_ascii_case(b"link") {
        rewritten_targets(std::str::from_utf8(value).ok()?, own)
    } else {
        None
    }
}

/// Where a URL out of a reply's body leads the application; `None` where that is past the gateway.
pub(super) fn own_place(value: &str, passage: &Passage<'_>) -> Option<String> {
    match passage.location {
        Location::Own => below_base(value, passage.endpoint).map(|_| value.to_owned()),
        Location::Prefix(..) | Location::Root(..) => rewritten_location(value, passage),
    }
}

/// A place on the endpoint's own origin, below its base path, as the application must follow it; `None` where it stays as it is.
fn rewritten_location(value: &str, passage: &Passage<'_>) -> Option<String> {
    let below = below_base(value, passage.endpoint)?;
    let (own_scheme, origin, prefix) = match passage.location {
        Location::Prefix(scheme, authority) => (scheme, authority, format!("/{}", passage.service)),
        Location::Root(scheme, authority) => (scheme, authority, String::new()),
        Location::Own => return None,
    };
    let slash = if below.starts_with('/') { "" } else { "/" };
    Some(format!("{own_scheme}://{origin}{prefix}{slash}{below}"))
}

/// What stands behind the endpoint's base URL in the URL of a place there; `None` of a place elsewhere.
fn below_base<'v>(value: &'v str, endpoint: &ServiceEndpoint) -> Option<&'v str> {
    let scheme = match endpoint.base_url.scheme() {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let path = if value.starts_with('/') && !value.starts_with("//") {
        value
    } else {
        let rest = value.strip_prefix(scheme)?.strip_prefix("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let explicit = format!("{}:{}", endpoint.base_url.host(), endpoint.base_url.port());
        if !endpoint.is_at(authority) && !authority.eq_ignore_ascii_case(&explicit) {
            return None;
        }
        path
    };
    let below = path.strip_prefix(endpoint.base_url.path())?;
    (below.is_empty() || below.starts_with(['/', '?', '#'])).then_some(below)
}
