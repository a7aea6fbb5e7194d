//! The owner's own question to a service: does the credential work, who am I there?

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncWriteExt},
    time::timeout,
};
use valetkey_core::{http::Method, policy::ServicePolicy, ports::VaultError};

use crate::{
    Error,
    buffer::Buffer,
    reply::{BodyEnd, ReplyBody, ReplyHead, ReplyStep, Upgrade, read_final_head},
    upstream::{ClientTls, dial},
};

/// The whole question.
const TIME: Duration = Duration::from_secs(15);
/// The longest answer that is read, unless more is wanted.
const USUAL_BODY: usize = 1024 * 1024;

/// Asks services on the owner's behalf, by the same rules of dialling and reading as the gateway.
#[derive(Clone, Debug)]
pub struct Prober {
    tls: ClientTls,
}

/// What is asked of a service.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// From the base URL on, with its query; as it is sent.
    pub path: &'q str,
    /// Header fields that this service wants besides.
    pub fields: &'q [(&'q str, &'q str)],
    /// A JSON document to `POST`; without one it is a `GET`.
    pub json: Option<&'q [u8]>,
    /// So many bytes of an answer's body are read, and no more.
    pub longest: usize,
}

impl<'q> Question<'q> {
    /// `GET <base URL><path>`
    pub const fn get(path: &'q str) -> Self {
        Self { path, fields: &[], json: None, longest: USUAL_BODY }
    }

    /// `POST <base URL><path>`
    pub const fn post(path: &'q str, json: &'q [u8]) -> Self {
        Self { path, fields: &[], json: Some(json), longest: USUAL_BODY }
    }

    /// The same, where an answer may be longer or must be shorter than 1 MiB.
    pub const fn up_to(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// Whether it is one line per field, whatever its path and fields were put together from.
    fn is_sound(&self) -> bool {
        let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        self.path.starts_with('/')
            && graphic(self.path)
            && self.fields.iter().all(|(name, value)| graphic(name) && graphic(&value.replace(' ', "")))
    }
}

/// A service's answer.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Its status.
    pub status: u16,
    /// Its header fields, as far as they are UTF-8.
    pub fields: Vec<(Box<str>, Box<str>)>,
    /// Its body, up to what was asked for.
    pub body: Vec<u8>,
}

impl Probe {
    /// The first header field called `name`, in any letter case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The vault has no credential to ask with.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The service could not be reached; says which step failed.
    #[error("{0}")]
    Unreachable(Box<str>),
    /// Not a request that could be sent.
    #[error("that can't be asked of a service")]
    Unsound,
    /// It did not answer within 15 seconds.
    #[error("the service did not answer in time")]
    Slow,
}

impl Prober {
    /// Sets TLS up.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { tls: ClientTls::new()? })
    }

    /// With what is set up already.
    pub(crate) const fn over(tls: ClientTls) -> Self {
        Self { tls }
    }

    /// Asks with the master credential.
    pub async fn ask(&self, service: &ServicePolicy, question: Question<'_>) -> Result<Probe, ProbeError> {
        if !question.is_sound() {
            return Err(ProbeError::Unsound);
        }
        timeout(TIME, self.exchange(service, question)).await.map_err(|_| ProbeError::Slow)?
    }

    async fn exchange(&self, service: &ServicePolicy, question: Question<'_>) -> Result<Probe, ProbeError> {
        let own = service.own_request()?;
        let main = service.main();
        let mut upstream = dial(&main.base_url, &self.tls.one).await.map_err(|error| unreachable(&error))?;
        let method = if question.json.is_some() { "POST " } else { "GET " };
        let mut head = zeroize::Zeroizing::new(Vec::new());
        for part in [method, main.base_url.path(), question.path, " HTTP/1.1\r\nhost: ", &main.authority] {
            head.extend(part.as_bytes());
        }
        head.extend(b"\r\naccept: application/json, */*;q=0.5\r\naccept-encoding: identity\r\nuser-agent: valetkey\r\nconnection: close\r\n");
        for (name, value) in question.fields {
            for part in [name, ": ", value, "\r\n"] {
                head.extend(part.as_bytes());
            }
        }
        if let Some(json) = question.json {
            let framing = format!("content-type: application/json\r\ncontent-length: {}\r\n", json.len());
            head.extend(framing.as_bytes());
        }
        head.extend(own.credential_line());
        head.extend(b"\r\n");
        upstream.write_all(&head).await.map_err(|error| unreachable(&error))?;
        upstream.write_all(question.json.unwrap_or_default()).await.map_err(|error| unreachable(&error))?;
        upstream.flush().await.map_err(|error| unreachable(&error))?;

        read_answer(&mut upstream, question.longest, &mut |_| ()).await
    }
}

/// Reads one whole reply, and no further; `progress` hears how much of its body is there.
pub(crate) async fn read_answer(
    upstream: &mut (impl AsyncRead + Unpin),
    longest: usize,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Probe, ProbeError> {
    let mut input = Buffer::default();
    let mut reply = ReplyHead::default();
    read_final_head(upstream, &mut input, Upgrade::NotAsked, &mut reply)
        .await
        .map_err(|error| unreachable(&error))?;
    let framing = reply.framing(input.unread(), Method::Get).map_err(|error| unreachable(&error))?;
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(Box::from);
    let fields =
        reply.fields(input.unread()).filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect();
    input.consume(reply.len);
    let mut framed = ReplyBody::new(framing);
    let mut body = Vec::new();
    loop {
        match framed.step(input.unread()).map_err(|error| unreachable(&error))? {
            ReplyStep::Framing(length) => input.consume(length),
            ReplyStep::Data(length) => {
                body.extend(&input.unread()[..length]);
                input.consume(length);
                progress(body.len());
            }
            ReplyStep::End(_) => break,
            ReplyStep::More => {
                if input.fill(upstream, 64 * 1024).await.unwrap_or(0) > 0 {
                    continue;
                }
                if framed.at_close() == BodyEnd::Whole {
                    break;
                }
                return Err(unreachable(&"body: the service closed the connection"));
            }
        }
        if body.len() >= longest {
            body.truncate(longest);
            break;
        }
    }
    Ok(Probe { status: reply.status, fields, body })
}

fn unreachable(problem: &dyn std::fmt::Display) -> ProbeError {
    ProbeError::Unreachable(problem.to_string().into())
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    /// What is read of `reply` where it comes byte by byte, and its sender stays.
    async fn read(reply: &[u8]) -> Probe {
        let (mut near, mut far) = duplex(1);
        // What stands behind the reply is never taken, so that sending it does not end.
        let mut ignored = |_| ();
        tokio::select! {
            probe = read_answer(&mut near, USUAL_BODY, &mut ignored) => probe.unwrap(),
            () = async { far.write_all(reply).await.unwrap(); std::future::pending::<()>().await } => unreachable!("it stays"),
        }
    }

    #[test]
    fn what_would_be_read_as_another_line_is_not_asked() {
        let asks = |path: &str, value: &str| {
            Question { fields: &[("accept", value)], ..Question::get(path) }.is_sound()
        };
        assert!(asks("/search?q=a%20b", "text/html, */*;q=0.5"));
        assert!(!asks("/search?q=a b", "text/html"));
        assert!(!asks("/\r\nx: y", "text/html"));
        assert!(!asks("/", "text/html\r\nx: y"));
        assert!(!asks("search", "text/html"));
    }

    #[tokio::test]
    async fn no_more_of_a_body_is_read_than_was_asked_for() {
        let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789";
        assert_eq!(read_answer(&mut &reply[..], 4, &mut |_| ()).await.unwrap().body, b"1234");
    }

    #[tokio::test]
    async fn the_fields_of_an_answer_are_found_in_any_letter_case() {
        let probe = read(b"HTTP/1.1 200 OK\r\nX-OAuth-Scopes: repo, gist\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(probe.field("x-oauth-scopes"), Some("repo, gist"));
        assert_eq!(probe.field("x-oauth"), None);
    }

    #[tokio::test]
    async fn a_reply_in_pieces_ends_where_its_framing_says_although_the_connection_stays_open() {
        for reply in [
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 500",
        ] {
            let probe = read(reply.as_bytes()).await;
            assert_eq!((probe.status, probe.body.as_slice()), (200, &b"hello"[..]), "{reply}");
        }
    }
}
