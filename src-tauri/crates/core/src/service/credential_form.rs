use std::{fmt, str::FromStr};

use crate::{Error, http};

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

impl FromStr for CredentialForm {
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

#[cfg(test)]
mod tests {
    use super::*;

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
