use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rustls::{ServerConnection, StreamOwned};

use crate::authority::{Authority, config};

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const END_STREAM_AND_HEADERS: u8 = 1 | 4;
/// `:status: 200` of the static table (RFC 7541, appendix A).
const STATUS_200: &[u8] = &[0x88];

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// Its port. Of its first connection it takes one request and says that it takes no other; later ones it answers.
pub(crate) fn takes_one_request(authority: &Authority) -> u16 {
    let config = Arc::new(config(authority.certificate("localhost", false), &["h2"]));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let most = if number == 0 { 1 } else { u32::MAX };
            // A client that goes away has what it wanted.
            thread::spawn(move || serve(StreamOwned::new(connection, stream), most));
        }
    });
    port
}

fn serve(mut stream: Stream, most: u32) -> std::io::Result<()> {
    stream.read_exact(&mut [0; 24])?;
    send(&mut stream, SETTINGS, 0, 0, &[])?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        std::io::copy(&mut Read::take(&mut stream, length.into()), &mut std::io::sink())?;
        match head[3] {
            SETTINGS if head[4] & ACK == 0 => send(&mut stream, SETTINGS, ACK, 0, &[])?,
            HEADERS if id <= most => send(&mut stream, HEADERS, END_STREAM_AND_HEADERS, id, STATUS_200)?,
            HEADERS => send(&mut stream, GOAWAY, 0, 0, &[most.to_be_bytes(), [0; 4]].concat())?,
            _ => {}
        }
    }
}

fn send(stream: &mut Stream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[1..], &[kind, flags], &id.to_be_bytes(), payload].concat())?;
    stream.flush()
}
