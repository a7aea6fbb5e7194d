//! Fetching a published document: no credential goes out, and nothing is kept.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, time::timeout};
use valetkey_core::service::{BaseUrl, BaseUrlError};

use crate::{
    Error,
    probe::{Probe, ProbeError, read_answer},
    upstream::{ClientTls, dial},
};

/// The whole of it.
const TIME: Duration = Duration::from_mins(1);
/// How often one is sent on.
const REDIRECTS: usize = 5;

/// Fetches documents by the same rules of dialling and reading as the gateway: `https` with the platform's trust, or `http` to this
/// machine; never an address that no service may live at.
#[derive(Clone, Debug)]
pub struct Fetcher {
    tls: ClientTls,
}

/// A document.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it was in the end.
    pub url: String,
    /// What it is.
    pub body: Vec<u8>,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is not looked for there.
    #[error("{0}")]
    Url(#[from] BaseUrlError),
    /// A path or query that can't stand in a request line.
    #[error("the URL has characters that must be percent-encoded")]
    Characters,
    /// Nobody answers; says which step failed.
    #[error("{0}")]
    Unreachable(Box<str>),
    /// It was not all there within a minute.
    #[error("it took too long")]
    Slow,
    /// Another answer than the document.
    #[error("the answer has status {0}")]
    Status(u16),
    /// Sent on to where nobody asked it to look.
    #[error("it is sent on to {to}, which is not followed: another scheme, or this machine from elsewhere")]
    Redirect {
        /// Its scheme and host.
        to: Box<str>,
    },
    /// Sent on again and again.
    #[error("it is sent on more than {REDIRECTS} times")]
    Redirects,
    /// Longer than was asked for.
    #[error("it is longer than {} MiB", .longest >> 20)]
    TooLong {
        /// The most that is taken, in bytes.
        longest: usize,
    },
    /// Sent compressed although that was not asked for.
    #[error("it is sent compressed, although it was asked for as it is")]
    Compressed,
}

/// A URL in the parts that matter here.
struct Place {
    origin: BaseUrl,
    /// Path and query, as they are sent.
    target: String,
}

impl Fetcher {
    /// Sets TLS up.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { tls: ClientTls::new()? })
    }

    /// Fetches what is at `url`, of at most `longest` bytes; `progress` hears how many bytes are there.
    pub async fn fetch(
        &self,
        url: &str,
        longest: usize,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Fetched, FetchError> {
        timeout(TIME, self.follow(url, longest, progress)).await.map_err(|_| FetchError::Slow)?
    }

    async fn follow(
        &self,
        url: &str,
        longest: usize,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Fetched, FetchError> {
        let mut place = Place::parse(url)?;
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&place, longest + 1, progress).await?;
            match answer.status {
                200 if answer.field("content-encoding").is_some_and(|coding| coding != "identity") => {
                    return Err(FetchError::Compressed);
                }
                200 if answer.body.len() > longest => return Err(FetchError::TooLong { longest }),
                200 => return Ok(Fetched { url: place.to_string(), body: answer.body }),
                301 | 302 | 303 | 307 | 308 => place = place.sent_on(&answer)?,
                status => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::Redirects)
    }

    async fn ask(
        &self,
        place: &Place,
        longest: usize,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Probe, FetchError> {
        let lost = |problem: &dyn std::fmt::Display| FetchError::Unreachable(problem.to_string().into());
        let mut upstream = dial(&place.origin, &self.tls.one).await.map_err(|error| lost(&error))?;
        let head = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\naccept: application/json, application/yaml, */*;q=0.5\r\n\
             accept-encoding: identity\r\nuser-agent: valetkey\r\nconnection: close\r\n\r\n",
            place.target,
            place.origin.authority()
        );
        upstream.write_all(head.as_bytes()).await.map_err(|error| lost(&error))?;
        upstream.flush().await.map_err(|error| lost(&error))?;
        read_answer(&mut upstream, longest, progress).await.map_err(|error| match error {
            ProbeError::Slow => FetchError::Slow,
            ProbeError::Vault(_) | ProbeError::Unsound | ProbeError::Unreachable(_) => lost(&error),
        })
    }
}

impl Place {
    fn parse(url: &str) -> Result<Self, FetchError> {
        let url = url.trim().split('#').next().unwrap_or_default();
        let begin = url.find("://").map_or(url.len(), |at| at + 3);
        let end = url[begin..].find(['/', '?']).map_or(url.len(), |at| begin + at);
        let (origin, target) = url.split_at(end);
        let origin = BaseUrl::parse(origin)?;
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        if target.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self { origin, target })
        } else {
            Err(FetchError::Characters)
        }
    }

    /// Where an answer sends to. What began on the net stays there, and what was encrypted stays so.
    fn sent_on(&self, answer: &Probe) -> Result<Self, FetchError> {
        let location = answer.field("location").unwrap_or_default();
        let directory = || {
            self.target
                .split('?')
                .next()
                .and_then(|path| path.rsplit_once('/'))
                .map_or("", |(before, _)| before)
        };
        let next = match location {
            _ if location.contains("://") => Self::parse(location)?,
            _ if location.starts_with("//") => Self::parse(&format!("{}:{location}", self.scheme()))?,
            _ if location.starts_with('/') => Self::parse(&format!("{}{location}", self.origin))?,
            _ => Self::parse(&format!("{}{}/{location}", self.origin, directory()))?,
        };
        let follows = next.origin.scheme() == self.origin.scheme()
            && (self.origin.is_loopback() || !next.origin.is_loopback());
        if follows { Ok(next) } else { Err(FetchError::Redirect { to: next.origin.to_string().into() }) }
    }

    fn scheme(&self) -> &'static str {
        match self.origin.scheme() {
            valetkey_core::service::Scheme::Http => "http",
            valetkey_core::service::Scheme::Https => "https",
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(from: &str, to: &str) -> Result<String, String> {
        let answer = Probe { status: 302, fields: vec![("location".into(), to.into())], body: Vec::new() };
        let next = Place::parse(from).unwrap().sent_on(&answer);
        next.map(|place| place.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn urls_are_asked_for_as_they_are_written() {
        for (url, place) in [
            ("https://api.example.com", "https://api.example.com/"),
            ("https://api.example.com?a=b", "https://api.example.com/?a=b"),
            ("http://127.0.0.1:81/a//b/../c?d#e", "http://127.0.0.1:81/a//b/../c?d"),
        ] {
            assert_eq!(Place::parse(url).unwrap().to_string(), place);
        }
        for bad in [
            "api.example.com",
            "http://api.example.com/",
            "file:///etc/hosts",
            "https://169.254.169.254/",
            "https://a/b c",
            "https://u:p@a/",
        ] {
            assert!(Place::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn one_is_sent_on_within_the_same_trust_only() {
        let from = "https://api.example.com/docs/openapi.json?x";
        assert_eq!(sent(from, "/v2.json").as_deref(), Ok("https://api.example.com/v2.json"));
        assert_eq!(sent(from, "v2.json").as_deref(), Ok("https://api.example.com/docs/v2.json"));
        assert_eq!(sent(from, "//cdn.example.com/a").as_deref(), Ok("https://cdn.example.com/a"));
        assert_eq!(
            sent("http://localhost:80/a", "http://127.0.0.1:9/b").as_deref(),
            Ok("http://127.0.0.1:9/b")
        );
        for bad in [
            "http://api.example.com/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://169.254.169.254/",
            "file:///etc/hosts",
        ] {
            assert!(sent(from, bad).is_err(), "{bad}");
        }
        assert!(sent("http://localhost/a", "https://api.example.com/").is_err());
    }
}
