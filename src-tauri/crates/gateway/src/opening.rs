//! The first byte of a TCP connection tells what it is: no request begins with the one that begins a TLS handshake, and no method but
//! CONNECT with its letter.

use std::{net::SocketAddr, rc::Rc};

use tokio::net::TcpStream;
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
/// No other method begins so.
const CONNECT: u8 = b'C';

/// Serves a TCP connection, plain, TLS or a tunnel, to its end. A handshake that fails is not a request, and leaves nothing behind.
pub(crate) async fn serve(
    worker: &Rc<Worker>,
    mut stream: TcpStream,
    listening: SocketAddr,
    open: &Rc<Open>,
) {
    let mut input = Buffer::default();
    let Ok(Ok(1..)) = open.within(IDLE_TIME, input.fill(&mut stream, HEAD_READ)).await else { return };
    let way = |security| Way {
        transport: Transport::Tcp,
        security,
        listening: Some(listening),
        caller: None,
        tunnel: None,
    };
    if input.unread().first() == Some(&TLS_HANDSHAKE)
        && let Some(config) = worker.local_tls.https()
    {
        let secured = async {
            let Ok(stream) = handshake(config, Prefixed::new(input, stream)).await else { return };
            connection::serve(worker, stream, Buffer::default(), way(Security::Tls), open).await;
        };
        // Boxed, as is a tunnel, so that a plain connection has no room for it.
        return Box::pin(secured).await;
    }
    if input.unread().first() == Some(&CONNECT)
        && let Some(proxy) = worker.local_tls.proxy()
    {
        return Box::pin(connection::connect(worker, stream, input, way(Security::Plain), &proxy, open))
            .await;
    }
    connection::serve(worker, stream, input, way(Security::Plain), open).await;
}
