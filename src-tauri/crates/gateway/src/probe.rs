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
/// The longest answer that is read.
const MAX_BODY: usize = 1024 * 1024;

/// Asks services on the owner's behalf, by the same rules of dialling and reading as the gateway.
#[derive(Clone, Debug)]
pub struct Prober {
    tls: ClientTls,
}

/// A service's answer.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Its status.
    pub status: u16,
    /// Its body, up to 1 MiB.
    pub body: Vec<u8>,
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
    /// It did not answer within 15 seconds.
    #[error("the service did not answer in time")]
    Slow,
}

impl Prober {
    /// Sets TLS up.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { tls: ClientTls::new()? })
    }

    /// `GET <base URL><path>` with the master credential.
    pub async fn get(&self, service: &ServicePolicy, path: &str) -> Result<Probe, ProbeError> {
        timeout(TIME, self.ask(service, path)).await.map_err(|_| ProbeError::Slow)?
    }

    async fn ask(&self, service: &ServicePolicy, path: &str) -> Result<Probe, ProbeError> {
        let own = service.own_request()?;
        let mut upstream =
            dial(&service.base_url, &self.tls.one).await.map_err(|error| unreachable(&error))?;
        let mut head = zeroize::Zeroizing::new(Vec::new());
        for part in ["GET ", service.base_url.path(), path, " HTTP/1.1\r\nhost: ", &service.authority] {
            head.extend(part.as_bytes());
        }
        head.extend(b"\r\naccept: application/json, */*;q=0.5\r\naccept-encoding: identity\r\nuser-agent: valetkey\r\nconnection: close\r\n");
        head.extend(own.credential_line());
        head.extend(b"\r\n");
        upstream.write_all(&head).await.map_err(|error| unreachable(&error))?;
        upstream.flush().await.map_err(|error| unreachable(&error))?;

        read_answer(&mut upstream).await
    }
}

/// Reads one whole reply, and no further.
async fn read_answer(upstream: &mut (impl AsyncRead + Unpin)) -> Result<Probe, ProbeError> {
    let mut input = Buffer::default();
    let mut reply = ReplyHead::default();
    read_final_head(upstream, &mut input, Upgrade::NotAsked, &mut reply)
        .await
        .map_err(|error| unreachable(&error))?;
    let framing = reply.framing(input.unread(), Method::Get).map_err(|error| unreachable(&error))?;
    input.consume(reply.len);
    let mut framed = ReplyBody::new(framing);
    let mut body = Vec::new();
    loop {
        match framed.step(input.unread()).map_err(|error| unreachable(&error))? {
            ReplyStep::Framing(length) => input.consume(length),
            ReplyStep::Data(length) => {
                body.extend(&input.unread()[..length]);
                input.consume(length);
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
        if body.len() >= MAX_BODY {
            body.truncate(MAX_BODY);
            break;
        }
    }
    Ok(Probe { status: reply.status, body })
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
        tokio::select! {
            probe = read_answer(&mut near) => probe.unwrap(),
            () = async { far.write_all(reply).await.unwrap(); std::future::pending::<()>().await } => unreachable!("it stays"),
        }
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
