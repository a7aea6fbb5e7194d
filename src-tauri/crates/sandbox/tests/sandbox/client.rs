use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use valetkey_sandbox::Sandbox;

pub(crate) const MASTER: &str = "the-master-credential";

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::start(MASTER).await.unwrap()
}

/// Sends a request with the master credential; an empty `body` is none.
pub(crate) async fn ask(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Reply {
    ask_as(sandbox, &format!("Bearer {MASTER}"), method, path, body).await
}

/// The same with another `Authorization`, or none where that is empty.
pub(crate) async fn ask_as(
    sandbox: &Sandbox,
    authorization: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Reply {
    let mut stream = send(sandbox, authorization, method, path, body).await;
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// Sends a request and leaves the reply unread.
pub(crate) async fn send(
    sandbox: &Sandbox,
    authorization: &str,
    method: &str,
    path: &str,
    body: &str,
) -> TcpStream {
    let base = sandbox.base_url();
    let address = base.strip_prefix("http://").unwrap();
    let authorization =
        if authorization.is_empty() { String::new() } else { format!("Authorization: {authorization}\r\n") };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{authorization}Content-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}
