//! Connected services: name, base URL, and how the master credential is sent.

use std::{fmt, net::IpAddr, sync::Arc};

use crate::{
    Error, http,
    path::Path,
    rights::{Rights, RightsSource},
    time::Timestamp,
};

/// A service's name: one DNS label in lower case, because it is also a host name (`<service>.localhost`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(Arc<str>);

impl ServiceName {
    /// Reads 1–63 characters `a-z`, `0-9`, `-`, neither beginning nor ending with `-`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let sound = (1..=63).contains(&text.len())
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if sound { Ok(Self(text.into())) } else { Err(Error::ServiceNameInvalid { text: text.into() }) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ServiceName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// How the service wants the master credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialForm {
    /// `Authorization: Bearer C`
    Bearer,
    /// `Authorization: <word> C`, such as `token`
    Scheme(Box<str>),
    /// `Authorization: Basic base64(user:C)`
    Basic {
        /// The user name; may be empty.
        user: Box<str>,
    },
    /// `<name>: C`
    Header {
        /// The header's name.
        name: Box<str>,
    },
}

impl CredentialForm {
    /// The user name that goes with it, where it is sent as a password.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::Basic { user } => Some(user),
            Self::Bearer | Self::Scheme(_) | Self::Header { .. } => None,
        }
    }

    /// The header that carries it.
    pub fn header_name(&self) -> &str {
        match self {
            Self::Bearer | Self::Scheme(_) | Self::Basic { .. } => "Authorization",
            Self::Header { name } => name,
        }
    }
}

/// Headers that shape the message itself: no credential may travel in one of them.
const NO_CREDENTIAL_HEADERS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "content-type",
];

impl std::str::FromStr for CredentialForm {
    type Err = Error;

    /// `bearer`, `scheme:WORD`, `basic:USER` or `header:NAME`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::CredentialFormMalformed { text: text.into() };
        match text.split_once(':') {
            None if text == "bearer" => Ok(Self::Bearer),
            Some(("scheme", word)) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Ok(Self::Scheme(word.into()))
            }
            Some(("basic", user))
                if user.bytes().all(|b| (0x20..0x7f).contains(&b)) && !user.contains(':') =>
            {
                Ok(Self::Basic { user: user.into() })
            }
            Some(("header", name))
                if http::is_header_name(name)
                    && !NO_CREDENTIAL_HEADERS.contains(&name.to_ascii_lowercase().as_str()) =>
            {
                Ok(Self::Header { name: name.into() })
            }
            _ => Err(malformed()),
        }
    }
}

impl fmt::Display for CredentialForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer => f.write_str("bearer"),
            Self::Scheme(word) => write!(f, "scheme:{word}"),
            Self::Basic { user } => write!(f, "basic:{user}"),
            Self::Header { name } => write!(f, "header:{name}"),
        }
    }
}

/// Where a service's definition comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DefinitionSource {
    /// The catalog's, for its kind.
    #[default]
    Catalog,
    /// A document of the owner's own, in place of that. Nothing but the owner replaces it.
    Owner(Box<str>),
    /// What the service itself told about its API; read anew with each check.
    Service {
        /// As a document in the catalog's format.
        document: Box<str>,
        /// When.
        read: Timestamp,
    },
}

impl DefinitionSource {
    /// The document, where it is not the catalog's.
    pub fn document(&self) -> Option<&str> {
        match self {
            Self::Catalog => None,
            Self::Owner(document) | Self::Service { document, .. } => Some(document),
        }
    }

    /// When the service told it.
    pub const fn read(&self) -> Option<Timestamp> {
        match self {
            Self::Catalog | Self::Owner(_) => None,
            Self::Service { read, .. } => Some(*read),
        }
    }
}

/// One connected service. The master credential is not in it; the vault has that.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Unique.
    pub name: ServiceName,
    /// Which definition of the catalog, such as `rest`.
    pub kind: Box<str>,
    /// Where it lives.
    pub base_url: BaseUrl,
    /// How its credential is sent.
    pub credential_form: CredentialForm,
    /// What is known about it.
    pub definition: DefinitionSource,
    /// What the owner may do there, as far as that is known.
    pub rights: Rights,
    /// Who said so.
    pub rights_source: RightsSource,
    /// What the service itself calls the credential's scopes, where it told.
    pub scopes: Option<Box<str>>,
    /// When the service stops taking the credential, where it told.
    pub credential_expires: Option<Timestamp>,
    /// Who the owner is there, where the service told.
    pub identity: Option<Box<str>>,
    /// When it was connected.
    pub created: Timestamp,
    /// When it last answered a check.
    pub checked: Option<Timestamp>,
}

impl Service {
    /// One that is connected at this moment: nothing has been asked of it.
    pub fn connected(
        name: ServiceName,
        kind: impl Into<Box<str>>,
        base_url: BaseUrl,
        credential_form: CredentialForm,
        now: Timestamp,
    ) -> Self {
        Self {
            name,
            kind: kind.into(),
            base_url,
            credential_form,
            definition: DefinitionSource::Catalog,
            rights: Rights::All,
            rights_source: RightsSource::Unknown,
            scopes: None,
            credential_expires: None,
            identity: None,
            created: now,
            checked: None,
        }
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

    #[test]
    fn credential_forms_read_back() {
        for text in ["bearer", "scheme:token", "basic:octocat", "basic:", "header:X-Api-Key"] {
            assert_eq!(text.parse::<CredentialForm>().unwrap().to_string(), text);
        }
        for bad in ["", "Bearer", "header:", "header:Host", "header:a_b", "header:a b", "basic:a:b", "cookie"]
        {
            assert!(bad.parse::<CredentialForm>().is_err(), "{bad}");
        }
    }
}
