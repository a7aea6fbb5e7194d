//! The head that a service gets.

use valetkey_core::{
    decision::Permit,
    http::Method,
    path::{Path, Query},
};

use crate::{
    dialect::Dialect,
    guard::{Facts, Framing, GuardError, Head},
    names::{Names, names_headers},
};

/// Headers of the client that never go on: they concern this connection, or would let the client speak as another, as
/// another method, for another path, or from another place.
const DROPPED: Names = Names::new(&[
    b"te",
    b"via",
    b"host",
    b"sudo",
    b"cookie",
    b"expect",
    b"x-host",
    b"api-key",
    b"cookie2",
    b"trailer",
    b"upgrade",
    b"forwarded",
    b"job-token",
    b"x-api-key",
    b"x-real-ip",
    b"connection",
    b"keep-alive",
    b"x-auth-key",
    b"x-client-ip",
    b"deploy-token",
    b"x-auth-email",
    b"x-auth-token",
    b"x-csrf-token",
    b"x-xsrf-token",
    b"authorization",
    b"private-token",
    b"content-length",
    b"http2-settings",
    b"true-client-ip",
    b"x-access-token",
    b"x-gitlab-token",
    b"x-goog-api-key",
    b"accept-encoding",
    b"transfer-encoding",
    b"x-method-override",
    b"x-auth-user-service-key",
]);

const DROPPED_BEGINNINGS: [&[u8]; 5] =
    [b"x-forwarded", b"x-original-", b"x-rewrite-", b"x-http-method", b"proxy-"];

/// Writes the head that goes to the service, the credential last, into `out`. Fails where `Connection` names the header that
/// carries the credential.
pub(crate) fn write_head(
    permit: &Permit<'_>,
    head: &Head,
    bytes: &[u8],
    facts: &Facts,
    path: Path<'_>,
    query: Option<Query<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), GuardError> {
    let (service, endpoint) = (permit.service(), permit.endpoint());
    let method = head.method().ok_or(GuardError::Method)?;
    out.extend(method.as_str().as_bytes());
    out.push(b' ');
    out.extend(endpoint.base_url.path().as_bytes());
    out.extend(path.as_str().as_bytes());
    if let Some(query) = query {
        out.push(b'?');
        out.extend(query.as_str().as_bytes());
    }
    out.extend(b" HTTP/1.1\r\nhost: ");
    out.extend(endpoint.authority.as_bytes());
    out.extend(b"\r\n");

    let upgrade = forwards_upgrade(permit, facts);
    let injected = permit.injection().header_name().as_bytes();
    let dropped_here = |name: &[u8]| {
        name.eq_ignore_ascii_case(injected)
            || service
                .key_headers
                .iter()
                .chain(&service.rules.switches.dropped_headers)
                .any(|header| name.eq_ignore_ascii_case(header.as_bytes()))
    };
    for option in head.values(bytes, "connection").flat_map(|value| value.split(|byte| *byte == b',')) {
        if dropped_here(option.trim_ascii()) {
            return Err(GuardError::ConnectionNames);
        }
    }
    let names_headers = names_headers(head.values(bytes, "connection"));
    for (name, value) in head.fields(bytes) {
        let passes = if upgrade && name.eq_ignore_ascii_case(b"upgrade") {
            true
        } else {
            !(is_dropped(name)
                || dropped_here(name)
                || names_headers && is_named_in_connection(head, bytes, name))
        };
        if passes {
            out.extend(name);
            out.extend(b": ");
            out.extend(value);
            out.extend(b"\r\n");
        }
    }
    // The reply is searched for the credential, which a coding that can't be read here would hide; and what
    // is written anew must be read.
    let takes_gzip = facts.takes_gzip && Dialect::of(path) != Dialect::LargeFiles;
    let accepted: &[u8] =
        if takes_gzip { b"accept-encoding: gzip\r\n" } else { b"accept-encoding: identity\r\n" };
    out.extend(accepted);
    if upgrade {
        out.extend(b"connection: upgrade\r\n");
    }
    match facts.framing {
        Framing::Length(length) => {
            out.extend(b"content-length: ");
            out.extend(itoa::Buffer::new().format(length).as_bytes());
            out.extend(b"\r\n");
        }
        Framing::Chunked => out.extend(b"transfer-encoding: chunked\r\n"),
        Framing::None if matches!(method, Method::Post | Method::Put | Method::Patch) => {
            out.extend(b"content-length: 0\r\n");
        }
        Framing::None => {}
    }
    out.extend(permit.credential_line());
    out.extend(b"\r\n");
    Ok(())
}

/// Whether the client asked for an upgrade that the definition allows.
pub(crate) fn forwards_upgrade(permit: &Permit<'_>, facts: &Facts) -> bool {
    facts.upgrade && facts.framing == Framing::None && permit.service().rules.switches.upgrade
}

fn is_dropped(name: &[u8]) -> bool {
    DROPPED.contain(name)
        || DROPPED_BEGINNINGS.iter().any(|beginning| {
            name.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        })
}

fn is_named_in_connection(head: &Head, bytes: &[u8], name: &[u8]) -> bool {
    head.values(bytes, "connection")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(name))
}
