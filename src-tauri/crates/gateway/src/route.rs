//! Which service a request is for, and whether its Host is one of ours.

use std::net::SocketAddr;

use valetkey_core::{activity::Transport, path::Path, policy::Snapshot};

use crate::{denial::Denial, guard::Head};

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'r> {
    /// To the gateway itself.
    Own(Path<'r>),
    /// To a service, by the first segment of the path.
    Prefix { service: &'r str, path: Path<'r>, host: &'r str },
    /// To a service, by `<service>.localhost`.
    Subdomain { service: &'r str, path: Path<'r>, host: &'r str },
    /// To the service that lives at this host.
    ByHost { host: &'r str, path: Path<'r> },
}

impl<'r> Route<'r> {
    /// The path at the service.
    pub(crate) const fn path(&self) -> Path<'r> {
        match self {
            Self::Own(path)
            | Self::Prefix { path, .. }
            | Self::Subdomain { path, .. }
            | Self::ByHost { path, .. } => *path,
        }
    }
}

/// Judges Host, the one defence against DNS rebinding that works, and reads the route from it and the path.
///
/// On TCP the allow-list is exact and has the port in it; only the port `listening` itself is taken. On the Unix socket, which
/// no browser reaches, Host selects the service.
pub(crate) fn route<'r>(
    head: &Head,
    bytes: &'r [u8],
    path: Path<'r>,
    transport: Transport,
    listening: Option<SocketAddr>,
    snapshot: &Snapshot,
) -> Result<Route<'r>, Denial> {
    let mut hosts = head.values(bytes, "host");
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Denial::Host) };
    let host = std::str::from_utf8(host).map_err(|_| Denial::Host)?;
    let name = match (transport, listening) {
        (Transport::Tcp, Some(listening)) => {
            let (name, port) = host.rsplit_once(':').ok_or(Denial::Host)?;
            // The text must be the port's one spelling; `:07743` is another host to somebody.
            if port.starts_with(['0', '+']) || port.parse() != Ok(listening.port()) {
                return Err(Denial::Host);
            }
            name
        }
        (Transport::Tcp, None) => return Err(Denial::Host),
        (Transport::Unix, _) => {
            if !is_authority(host) {
                return Err(Denial::Host);
            }
            if is_own(path) {
                return Ok(Route::Own(path));
            }
            if snapshot.services_at(host).next().is_some() {
                return Ok(Route::ByHost { host, path });
            }
            host
        }
    };
    match name {
        "127.0.0.1" | "[::1]" | "localhost" => {
            if is_own(path) {
                return Ok(Route::Own(path));
            }
            let (service, path) = path.split_first();
            Ok(Route::Prefix { service, path, host })
        }
        _ => {
            let service = name.strip_suffix(".localhost").filter(|label| is_label(label));
            match service {
                Some(_) if is_own(path) => Ok(Route::Own(path)),
                Some(service) => Ok(Route::Subdomain { service, path, host }),
                None if transport == Transport::Unix => Ok(Route::ByHost { host, path }),
                None => Err(Denial::Host),
            }
        }
    }
}

/// The gateway keeps `/.valetkey/…` for itself under every name.
fn is_own(path: Path<'_>) -> bool {
    path.split_first().0 == ".valetkey"
}

pub(crate) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A host name or address with an optional port, and nothing else.
fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::read_head;

    fn judge(fields: &str, transport: Transport) -> Result<String, u16> {
        let bytes = format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n");
        let mut head = Head::default();
        read_head(bytes.as_bytes(), &mut head).unwrap();
        let path = Path::parse("/github/user").unwrap();
        let listening = Some("127.0.0.1:7743".parse().unwrap());
        route(&head, bytes.as_bytes(), path, transport, listening, &Snapshot::empty())
            .map(|route| format!("{route:?}"))
            .map_err(|denial| denial.status_and_code().0)
    }

    #[test]
    fn only_our_own_names_with_our_own_port_are_hosts() {
        for good in ["127.0.0.1:7743", "[::1]:7743", "localhost:7743", "github.localhost:7743"] {
            assert!(judge(&format!("Host: {good}"), Transport::Tcp).is_ok(), "{good}");
        }
        for bad in [
            "",
            ":7743",
            "evil.com",
            "evil.com:7743",
            "127.0.0.1.evil.com:7743",
            "localhost.:7743",
            "0.0.0.0:7743",
            "127.1:7743",
            "127.0.0.1:7744",
            "127.0.0.1",
            "127.0.0.1:07743",
            "127.0.0.1:7743, evil.com",
            "a@127.0.0.1:7743",
            "LOCALHOST:7743",
            "a.b.localhost:7743",
            "[::1%25lo]:7743",
            "127.0.0.1:7743:7743",
        ] {
            assert_eq!(judge(&format!("Host: {bad}"), Transport::Tcp), Err(421), "{bad}");
        }
        assert_eq!(judge("X: y", Transport::Tcp), Err(421));
        assert_eq!(judge("Host: localhost:7743\r\nHost: localhost:7743", Transport::Tcp), Err(421));
    }

    #[test]
    fn the_route_comes_from_host_and_path() {
        assert!(
            judge("Host: localhost:7743", Transport::Tcp)
                .unwrap()
                .starts_with("Prefix { service: \"github\"")
        );
        let subdomain = judge("Host: web.localhost:7743", Transport::Tcp).unwrap();
        assert!(subdomain.starts_with("Subdomain { service: \"web\""));
        let by_host = judge("Host: api.github.com", Transport::Unix).unwrap();
        assert!(by_host.starts_with("ByHost { host: \"api.github.com\""));
        assert_eq!(judge("Host: a b", Transport::Unix), Err(421));
    }
}
