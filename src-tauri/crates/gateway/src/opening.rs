//! The first bytes of a TCP connection tell what it is: no request begins with the byte that begins a TLS handshake.

use std::{net::SocketAddr, rc::Rc};

use tokio::{net::TcpStream, time::timeout};
use valetkey_core::activity::Transport;

use crate::{
    buffer::Buffer,
    connection::{self, HEAD_READ, IDLE_TIME, Security, Way},
    open::Open,
    tls::{Prefixed, handshake},
    worker::Worker,
};

/// `ContentType` handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// Serves a TCP connection, plain or TLS, to its end. A handshake that fails is not a request, and leaves nothing behind.
pub(crate) async fn serve(
    worker: &Rc<Worker>,
    mut stream: TcpStream,
    listening: SocketAddr,
    open: &Rc<Open>,
) {
    let mut input = Buffer::default();
    let Ok(Ok(1..)) = timeout(IDLE_TIME, input.fill(&mut stream, HEAD_READ)).await else { return };
    let way =
        |security| Way { transport: Transport::Tcp, security, listening: Some(listening), caller: None };
    if input.unread().first() == Some(&TLS_HANDSHAKE)
        && let Some(config) = worker.local_tls.https()
    {
        let Ok(stream) = handshake(config, Prefixed::new(input, stream)).await else { return };
        return connection::serve(worker, stream, Buffer::default(), way(Security::Tls), open).await;
    }
    connection::serve(worker, stream, input, way(Security::Plain), open).await;
}
