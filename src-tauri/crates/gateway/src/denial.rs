//! Every reply that is the gateway's own: statuses, codes and bodies of refusals, in one place.

use std::io::Write;

use serde_json::{Map, Value, json};
use valetkey_core::{
    activity::RequestId,
    decision::{Refusal, Shortfall, TokenProblem, UnknownFields},
    grant::Grant,
    path::PathError,
    ports::VaultError,
    shell,
    token::TokenId,
};

use crate::{
    body::BodyError, connection::ConnectProblem, dialect::Dialect, guard::GuardError, reply::ReplyError,
    things::Unresolved, upstream::DialError,
};

/// Why a request gets no reply from a service.
#[derive(Debug)]
pub(crate) enum Denial {
    /// The head or a body's framing is malformed; nothing after it on this connection can be trusted.
    Guard(GuardError),
    /// The target is not canonical, or uses what this service does not switch on.
    Target(PathError),
    /// Two credentials.
    TwoCredentials,
    /// Host is not one of ours.
    Host,
    /// A browser sent it on behalf of a page.
    CrossOrigin,
    /// The token does not authenticate.
    Token(TokenProblem, Option<TokenId>),
    /// No such service.
    ServiceUnknown,
    /// Several services live at that host, and nothing tells which is meant.
    ServiceAmbiguous,
    /// The gateway has no such resource of its own.
    OwnUnknown,
    /// The body can't be judged, or has what must not be in it.
    Body(BodyError),
    /// The definition does not know the operation.
    OperationUnknown,
    /// The definition does not know fields that GraphQL asks for.
    FieldsUnknown(Box<UnknownFields>),
    /// Grants are missing.
    InsufficientScope(Box<Shortfall>),
    /// The master credential can't be had now.
    Vault(VaultError),
    /// The owner paused the gateway.
    Paused,
    /// Nothing can be recorded.
    ActivityUnavailable,
    /// The token could not be revoked.
    NotRevoked,
    /// It stays open which thing the path names, and a grant may hang on that.
    Unresolved(Unresolved),
    /// The service could not be reached.
    Dial(DialError),
    /// The connection to the service broke before its reply.
    UpstreamBroke(&'static str),
    /// The service did not answer in time.
    UpstreamSlow,
    /// The service's reply can't be passed on.
    Reply(ReplyError),
    /// The client was too slow.
    ClientSlow,
    /// There is no tunnel, or the request is not for the one it came through.
    Connect(ConnectProblem),
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Token { problem, token } => Self::Token(problem, token),
            Refusal::ServiceUnknown => Self::ServiceUnknown,
            Refusal::Target(error) => Self::Target(error),
            Refusal::Paused => Self::Paused,
            Refusal::OperationUnknown => Self::OperationUnknown,
            Refusal::FieldsUnknown(unknown) => Self::FieldsUnknown(unknown),
            Refusal::InsufficientScope(shortfall) => Self::InsufficientScope(shortfall),
            Refusal::Vault(error) => Self::Vault(error),
        }
    }
}

impl Denial {
    /// Status and code of design contract 4.3.
    pub(crate) const fn status_and_code(&self) -> (u16, &'static str) {
        match self {
            Self::Guard(_) | Self::Target(_) | Self::TwoCredentials | Self::Body(_) => {
                (400, "invalid_request")
            }
            Self::ClientSlow => (408, "invalid_request"),
            Self::Token(_, _) => (401, "invalid_token"),
            Self::InsufficientScope(_) => (403, "insufficient_scope"),
            Self::OperationUnknown | Self::FieldsUnknown(_) => (403, "operation_unknown"),
            Self::CrossOrigin => (403, "cross_origin"),
            Self::OwnUnknown => (404, "operation_unknown"),
            Self::ServiceUnknown | Self::ServiceAmbiguous => (404, "service_unknown"),
            Self::Host => (421, "host_refused"),
            Self::Dial(error) if error.is_timeout() => (504, "upstream_timeout"),
            Self::UpstreamSlow | Self::Unresolved(Unresolved::Slow) => (504, "upstream_timeout"),
            Self::Unresolved(Unresolved::Vault(_)) | Self::Vault(_) => (503, "vault_locked"),
            Self::Dial(_) | Self::UpstreamBroke(_) | Self::Reply(_) | Self::Unresolved(_) => {
                (502, "upstream_failed")
            }
            Self::ActivityUnavailable | Self::NotRevoked => (503, "activity_unavailable"),
            Self::Paused => (503, "paused"),
            Self::Connect(problem) => problem.status_and_code(),
        }
    }

    /// What the activity log says: the code, and what lies behind it where the caller is not told.
    pub(crate) fn reason(&self) -> String {
        let (_, code) = self.status_and_code();
        match self {
            Self::Token(problem, _) | Self::Connect(ConnectProblem::Token(problem, _)) => {
                format!("{code}: {}", behind(*problem))
            }
            Self::InsufficientScope(shortfall) if shortfall.owner_lacks.is_empty() => {
                format!("{code}: {}", alternatives(&shortfall.missing))
            }
            Self::InsufficientScope(shortfall) => {
                format!("{code}: the owner does not have {} any more", alternatives(&shortfall.owner_lacks))
            }
            Self::Guard(_)
            | Self::Target(_)
            | Self::TwoCredentials
            | Self::Host
            | Self::CrossOrigin
            | Self::ServiceUnknown
            | Self::ServiceAmbiguous
            | Self::OwnUnknown
            | Self::OperationUnknown
            | Self::FieldsUnknown(_)
            | Self::Body(_)
            | Self::Vault(_)
            | Self::Paused
            | Self::ActivityUnavailable
            | Self::NotRevoked
            | Self::Unresolved(_)
            | Self::Dial(_)
            | Self::UpstreamBroke(_)
            | Self::UpstreamSlow
            | Self::Reply(_)
            | Self::ClientSlow
            | Self::Connect(_) => format!("{code}: {}", self.description()),
        }
    }

    /// One sentence for whoever reads the application's log.
    fn description(&self) -> String {
        match self {
            Self::Guard(error) => error.to_string(),
            Self::Target(error) => error.to_string(),
            Self::Body(error) => error.to_string(),
            Self::TwoCredentials => "two credentials were sent; send exactly one".into(),
            Self::Host => "this Host is not one of the gateway's names".into(),
            Self::CrossOrigin => "requests from web pages are refused".into(),
            Self::Token(TokenProblem::Absent, _) => "send a personal token of Valet Key".into(),
            Self::Token(_, _) => "the personal token is not valid".into(),
            Self::ServiceUnknown => "no service of that name is connected".into(),
            Self::ServiceAmbiguous => {
                "several connected services live at that host; use /<service>/… instead".into()
            }
            Self::OwnUnknown => "the gateway offers GET and DELETE /.valetkey/token".into(),
            Self::OperationUnknown => {
                "the service's definition does not know this operation, so no limited token can do it".into()
            }
            Self::FieldsUnknown(unknown) => {
                let fields = unknown.fields.join(", ");
                format!("the service's definition does not know {fields}, so no limited token can ask for it")
            }
            Self::InsufficientScope(shortfall) if shortfall.owner_lacks.is_empty() => {
                format!("this token lacks {}", alternatives(&shortfall.missing))
            }
            Self::InsufficientScope(shortfall) => {
                format!("the token's owner does not have {} any more", alternatives(&shortfall.owner_lacks))
            }
            Self::Vault(error) | Self::Unresolved(Unresolved::Vault(error)) => error.to_string(),
            Self::Paused => "the owner paused the gateway".into(),
            Self::ActivityUnavailable => "the request can't be recorded, so it is not forwarded".into(),
            Self::NotRevoked => "the token could not be revoked".into(),
            Self::Unresolved(error) => format!(
                "what the path names could not be resolved, so it stays open whether a grant is for it: {error}"
            ),
            Self::Dial(error) => error.to_string(),
            Self::UpstreamBroke(step) => format!("{step}: the service closed the connection"),
            Self::UpstreamSlow => "head: the service did not answer in time".into(),
            Self::Reply(error) => format!("head: the service's reply was refused: {error}"),
            Self::ClientSlow => "the request did not arrive in time".into(),
            Self::Connect(problem) => problem.to_string(),
        }
    }

    /// The next step, for a person who reads the application's log.
    fn hint(&self) -> Option<String> {
        match self {
            Self::InsufficientScope(shortfall) => Some(match (shortfall.grantable, shortfall.missing.first()) {
                (Some(token), Some(missing)) => {
                    let grants: Vec<String> = missing.iter().map(Grant::to_string).collect();
                    let line = shell::update(token.as_str(), "--add", grants.iter().map(String::as_str));
                    format!("the owner can grant it: {line}")
                }
                _ => "full access is what the owner has, without what makes or reveals credentials: that has to be granted by name".into(),
            }),
            Self::OperationUnknown => {
                Some("`vk explain TOKEN METHOD URL` says which operation may have been meant".into())
            }
            Self::Guard(_)
            | Self::Target(_)
            | Self::TwoCredentials
            | Self::Host
            | Self::CrossOrigin
            | Self::Token(_, _)
            | Self::ServiceUnknown
            | Self::ServiceAmbiguous
            | Self::OwnUnknown
            | Self::Vault(_)
            | Self::Paused
            | Self::ActivityUnavailable
            | Self::NotRevoked
            | Self::Dial(_)
            | Self::UpstreamBroke(_)
            | Self::UpstreamSlow
            | Self::Reply(_)
            | Self::ClientSlow
            | Self::Unresolved(_)
            | Self::Body(_)
            | Self::FieldsUnknown(_)
            | Self::Connect(_) => None,
        }
    }

    /// The token's time came while the request was under way.
    pub(crate) const fn expired(token: TokenId) -> Self {
        Self::Token(TokenProblem::Expired, Some(token))
    }

    /// Whether nothing further on the connection may be read as a request.
    pub(crate) const fn ends_connection(&self) -> bool {
        matches!(self, Self::Guard(_) | Self::Host | Self::ClientSlow | Self::Connect(_))
    }

    /// Which token it was, where that came out.
    pub(crate) const fn token(&self) -> Option<TokenId> {
        if let Self::Connect(problem) = self {
            return problem.token();
        }
        if let Self::Token(_, token) = self { *token } else { None }
    }

    /// Writes the whole reply into `out`.
    pub(crate) fn write(
        &self,
        request: RequestId,
        service: Option<&str>,
        dialect: Dialect,
        bodyless: bool,
        close: bool,
        out: &mut Vec<u8>,
    ) {
        let (status, code) = self.status_and_code();
        let mut body = Map::new();
        body.insert("error".into(), code.into());
        body.insert("error_description".into(), self.description().into());
        // Once more in the field that the clients of GitHub and GitLab show, and they no other.
        body.insert("message".into(), self.description().into());
        if let Some((name, value)) = dialect.besides(status, &self.description()) {
            body.insert(name.into(), value);
        }
        if let Some(service) = service {
            body.insert("service".into(), service.into());
        }
        if let Self::InsufficientScope(shortfall) = self {
            body.insert("operation".into(), (*shortfall.operation).into());
            body.insert("missing".into(), listed(&shortfall.missing));
            body.insert("needed".into(), listed(&shortfall.needed));
            body.insert("held".into(), shortfall.held.iter().map(Grant::to_string).collect());
        }
        if let Self::FieldsUnknown(unknown) = self {
            body.insert("operation".into(), (*unknown.operation).into());
        }
        if let Some(hint) = self.hint() {
            body.insert("hint".into(), hint.into());
        }
        body.insert("request_id".into(), request.to_string().into());

        let mut extra = Vec::new();
        if status == 401 {
            // RFC 6750 §3.1: no error code where no token was sent. Basic is offered too, since git and its like send a
            // password only when asked for one.
            let error = if matches!(self, Self::Token(TokenProblem::Absent, _)) {
                ""
            } else {
                ", error=\"invalid_token\""
            };
            if dialect.has_bearer() {
                extra.push(format!("www-authenticate: Bearer realm=\"valetkey\"{error}"));
            }
            extra.push("www-authenticate: Basic realm=\"valetkey\"".to_owned());
        } else if status == 407 {
            extra.push("proxy-authenticate: Basic realm=\"valetkey\"".to_owned());
        } else if let (Self::InsufficientScope(_), true) = (self, dialect.has_bearer()) {
            extra
                .push("www-authenticate: Bearer realm=\"valetkey\", error=\"insufficient_scope\"".to_owned());
        }
        extra.push(format!("valetkey-refused: {code}"));
        write_own(status, &extra, &Value::Object(body), bodyless, close, out);
    }
}

/// A reply of the gateway's own: never cached, never of use to a web page.
pub(crate) fn write_own(
    status: u16,
    extra: &[String],
    body: &Value,
    bodyless: bool,
    close: bool,
    out: &mut Vec<u8>,
) {
    let body = body.to_string();
    let phrase = match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        421 => "Misdirected Request",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    };
    // Writing to a Vec can't fail.
    let _ = write!(
        out,
        "HTTP/1.1 {status} {phrase}\r\ncontent-type: application/json\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\ncross-origin-resource-policy: same-origin\r\ncontent-security-policy: default-src 'none'\r\n",
        body.len()
    );
    for line in extra {
        out.extend(line.as_bytes());
        out.extend(b"\r\n");
    }
    if close {
        out.extend(b"connection: close\r\n");
    }
    out.extend(b"\r\n");
    if !bodyless {
        out.extend(body.as_bytes());
    }
}

/// What the owner is told, and the caller not.
const fn behind(problem: TokenProblem) -> &'static str {
    match problem {
        TokenProblem::Absent => "no token was sent",
        TokenProblem::Malformed => "not in the form of a token",
        TokenProblem::Unknown => "unknown",
        TokenProblem::Expired => "expired",
        TokenProblem::Disabled => "disabled",
        TokenProblem::Revoked => "revoked",
    }
}

fn listed(any_of: &[Vec<Grant>]) -> Value {
    any_of
        .iter()
        .map(|all_of| all_of.iter().map(|grant| json!(grant.to_string())).collect::<Value>())
        .collect()
}

/// `a and b, or c`
fn alternatives(any_of: &[Vec<Grant>]) -> String {
    let joined = |all_of: &Vec<Grant>| all_of.iter().map(Grant::to_string).collect::<Vec<_>>().join(" and ");
    any_of.iter().map(joined).collect::<Vec<_>>().join(", or ")
}
