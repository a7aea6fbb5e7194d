use std::cell::Cell;

use tokio::sync::Notify;
use valetkey_core::{
    decision::{self, Refusal},
    path::Path,
    policy::{ServiceEndpoint, Snapshot},
    time::Timestamp,
    token::Presented,
};

use super::connect::ConnectProblem;
use crate::{denial::Denial, guard::Head, route::Route};

/// A CONNECT that was granted: whose it is, and where it leads. The leave for it can go away while nothing happens in it.
#[derive(Debug)]
pub(crate) struct Tunnel {
    /// Stands for every request inside.
    pub(super) presented: Presented,
    target: Target,
    /// As the `Host` of the endpoint at the other end.
    authority: Box<str>,
    is_cut: Cell<bool>,
    cut: Notify,
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: Box<str>,
    port: u16,
    /// `host:port`
    text: Box<str>,
}

impl Target {
    /// Reads `host:port`, the port in its one spelling.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
        let (host, digits) = text.rsplit_once(':')?;
        let port: u16 = digits.parse().ok()?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        let is_address = |inner: &str| inner.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
        let sound = match host.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']').is_some_and(is_address),
            None => !host.is_empty() && host.bytes().all(is_name),
        };
        (sound && host.len() <= 255 && port != 0 && port.to_string() == digits).then(|| Self {
            host: host.into(),
            port,
            text: text.as_str().into(),
        })
    }

    /// Whether a `Host` header means this; 443 needs no saying.
    pub(super) fn is_named(&self, host: &[u8]) -> bool {
        host.eq_ignore_ascii_case(self.text.as_bytes())
            || (self.port == 443 && host.eq_ignore_ascii_case(self.host.as_bytes()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether this token may have a tunnel there now, and to which endpoint it would lead.
pub(super) fn leave<'s>(
    snapshot: &'s Snapshot,
    presented: &Presented,
    target: &Target,
    now: Timestamp,
) -> Result<&'s ServiceEndpoint, ConnectProblem> {
    let policy = decision::authenticate(snapshot, presented, now).map_err(|refusal| match refusal {
        Refusal::Token { problem, token } => ConnectProblem::Token(problem, token),
        Refusal::ServiceUnknown
        | Refusal::Target(_)
        | Refusal::Paused
        | Refusal::OperationUnknown
        | Refusal::FieldsUnknown(_)
        | Refusal::InsufficientScope(_)
        | Refusal::Vault(_) => ConnectProblem::HostUnknown,
    })?;
    if !policy.token.proxy {
        return Err(ConnectProblem::NotAllowed(policy.token.id));
    }
    let is_there = |endpoint: &&ServiceEndpoint| {
        let base = &endpoint.base_url;
        base.port() == target.port && base.host().eq_ignore_ascii_case(&target.host)
    };
    let mut endpoints = snapshot.services().values().flat_map(|service| &service.endpoints);
    endpoints.find(is_there).ok_or(ConnectProblem::HostUnknown)
}

impl Tunnel {
    pub(super) fn new(presented: Presented, target: Target, endpoint: &ServiceEndpoint) -> Self {
        let authority = endpoint.authority.clone();
        Self { presented, target, authority, is_cut: Cell::new(false), cut: Notify::new() }
    }

    /// Where a request inside goes: to the endpoints at the tunnel's other end, and `Host` must say so too.
    pub(super) fn route<'r>(
        &'r self,
        head: &Head,
        bytes: &'r [u8],
        path: Path<'r>,
    ) -> Result<Route<'r>, Denial> {
        let mut hosts = head.values(bytes, "host");
        match (hosts.next(), hosts.next()) {
            (Some(host), None) if self.target.is_named(host) => {
                Ok(Route::ByHost { host: &self.authority, path })
            }
            _ => Err(Denial::Connect(ConnectProblem::OtherHost)),
        }
    }

    /// Judges by `snapshot`; says whether the tunnel is cut.
    pub(crate) fn judge_again(&self, snapshot: &Snapshot, now: Timestamp) -> bool {
        if leave(snapshot, &self.presented, &self.target, now).is_err() {
            self.is_cut.set(true);
            self.cut.notify_one();
        }
        self.is_cut.get()
    }

    /// Ends when the leave is gone.
    pub(super) async fn until_cut(&self) {
        while !self.is_cut.get() {
            self.cut.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_host_and_a_port_in_their_one_spelling() {
        for good in ["api.github.com:443", "localhost:8080", "127.0.0.1:1", "[::1]:443", "API.example:65535"]
        {
            assert!(Target::parse(good.as_bytes()).is_some(), "{good}");
        }
        for bad in [
            "",
            ":443",
            "api.github.com",
            "api.github.com:",
            "api.github.com:0",
            "api.github.com:0443",
            "api.github.com:+443",
            "api.github.com:65536",
            "https://api.github.com:443",
            "a@api.github.com:443",
            "api.github.com:443/",
            "a b:443",
            "::1:443",
            "[::1:443",
            "[fe80::1%25lo]:443",
            "exämple.com:443",
        ] {
            assert!(Target::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn host_may_leave_out_the_port_of_https_alone() {
        let usual = Target::parse(b"api.github.com:443").unwrap();
        assert!(usual.is_named(b"API.github.com") && usual.is_named(b"api.github.com:443"));
        assert!(!usual.is_named(b"api.github.com:80") && !usual.is_named(b"api.github.com."));
        let other = Target::parse(b"localhost:8443").unwrap();
        assert!(other.is_named(b"localhost:8443") && !other.is_named(b"localhost"));
    }
}
