use std::{fmt, net::IpAddr};

use crate::path::Path;

/// How a service is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain; to loopback only.
    Http,
    /// TLS, always verified.
    Https,
}

/// Where a service's API begins. The master credential is bound to its scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    scheme: Scheme,
    host: Box<str>,
    port: u16,
    path: Box<str>,
}

/// Why a base URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an absolute URL.
    #[error("it is not an absolute URL such as https://api.example.com")]
    Malformed,
    /// Neither https nor http.
    #[error("only https, or http to this machine, is taken")]
    Scheme,
    /// `http` to a host that is not this machine.
    #[error(
        "http sends the master credential in the clear; it is taken only for localhost, 127.0.0.1 and [::1]"
    )]
    PlainHttp,
    /// User name or password in it.
    #[error("a user name or password must not stand in the URL; the credential is asked for separately")]
    UserInfo,
    /// Query or fragment in it.
    #[error("a query or fragment cannot be part of a base URL")]
    QueryOrFragment,
    /// A host with non-ASCII characters or in `xn--` form, which can pose as another.
    #[error("international host names are refused: they can pose as another host")]
    International,
    /// A link-local, unspecified, multicast or metadata address.
    #[error("this address is not one a service may live at (link-local, metadata, unspecified or multicast)")]
    Address,
    /// A path in a spelling that the gateway would refuse.
    #[error("the path is not canonical")]
    Path,
}

impl BaseUrl {
    /// Judges a base URL as typed; a trailing slash is dropped.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        use BaseUrlError as E;
        if !text.is_ascii() {
            return Err(E::International);
        }
        let url = url::Url::parse(text.trim()).map_err(|_| E::Malformed)?;
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err(E::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(E::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(E::QueryOrFragment);
        }
        let host = url.host().ok_or(E::Malformed)?;
        let loopback = match &host {
            url::Host::Domain(name) => {
                if name.split('.').any(|label| label.starts_with("xn--")) {
                    return Err(E::International);
                }
                *name == "localhost" || name.ends_with(".localhost")
            }
            url::Host::Ipv4(address) => judge_address(IpAddr::V4(*address))?,
            url::Host::Ipv6(address) => judge_address(IpAddr::V6(*address))?,
        };
        if scheme == Scheme::Http && !loopback {
            return Err(E::PlainHttp);
        }
        // `Url` has already repaired dot segments; what the owner typed is what is judged.
        let typed_path = text.trim().splitn(4, '/').nth(3).unwrap_or_default();
        let path = format!("/{typed_path}");
        let path = path.strip_suffix('/').unwrap_or(&path);
        if !path.is_empty() && Path::parse(path).is_err() {
            return Err(E::Path);
        }
        Ok(Self {
            scheme,
            host: host.to_string().into(),
            port: url.port_or_known_default().ok_or(E::Malformed)?,
            path: path.into(),
        })
    }

    /// Plain or TLS.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Lower-case host name or address literal, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Always explicit here.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The prefix of every path: empty, or `/…` without a slash at its end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same origin with another path: empty, or canonical and without a slash at its end.
    pub(crate) fn with_path(&self, path: &str) -> Self {
        Self { path: path.into(), ..self.clone() }
    }

    /// What the `Host` header says: the port only where it is not the scheme's own (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        let usual = match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Whether the owner means a service on this machine.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost"
            || bare.ends_with(".localhost")
            || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// Addresses no service may live at; `Ok(true)` where it is this machine's loopback.
fn judge_address(address: IpAddr) -> Result<bool, BaseUrlError> {
    if is_never_dialled(address) { Err(BaseUrlError::Address) } else { Ok(address.is_loopback()) }
}

/// Link-local (where clouds keep instance metadata), unspecified, multicast and broadcast addresses are dialled for
/// nobody, whatever a name resolves to.
pub fn is_never_dialled(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_never_dialled(IpAddr::V4(v4)),
            // fd00:ec2::254 is the IPv6 metadata address of EC2.
            None => {
                v6.is_unicast_link_local()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_kept_as_they_are_meant() {
        let url = BaseUrl::parse("https://GitLab.example.com/gitlab/api/").unwrap();
        assert_eq!((url.host(), url.port(), url.path()), ("gitlab.example.com", 443, "/gitlab/api"));
        assert_eq!(url.to_string(), "https://gitlab.example.com/gitlab/api");
        assert_eq!(BaseUrl::parse("http://[::1]:8080").unwrap().authority(), "[::1]:8080");
        assert_eq!(BaseUrl::parse("http://127.0.0.1:80/").unwrap().to_string(), "http://127.0.0.1");
    }

    #[test]
    fn urls_that_could_lose_the_credential_are_refused() {
        use BaseUrlError as E;
        for (bad, why) in [
            ("http://example.com", E::PlainHttp),
            ("http://10.0.0.1", E::PlainHttp),
            ("file:///etc/passwd", E::Scheme),
            ("ftp://x", E::Scheme),
            ("https://user:pw@example.com", E::UserInfo),
            ("https://user@example.com", E::UserInfo),
            ("https://exämple.com", E::International),
            ("https://xn--exmple-cua.com", E::International),
            ("https://169.254.169.254", E::Address),
            ("https://[fe80::1]", E::Address),
            ("https://[fd00:ec2::254]", E::Address),
            ("https://[::ffff:169.254.169.254]", E::Address),
            ("https://0.0.0.0", E::Address),
            ("https://2852039166", E::Address),
            ("https://x/?a", E::QueryOrFragment),
            ("https://x/#a", E::QueryOrFragment),
            ("https://x/a/../b", E::Path),
            ("https://x/a//b", E::Path),
            ("example.com", E::Malformed),
        ] {
            assert_eq!(BaseUrl::parse(bad), Err(why), "{bad}");
        }
    }
}
