//! A service over TLS: the credential goes to the right one, and to no other.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use rustls::{ServerConnection, StreamOwned};

use crate::{
    authority::{Authority, config},
    curl::{Reply, curl},
    program::{Folder, SERVE, Served},
};

const MASTER: &str = "the-master-credential-of-a-tls-service";

/// A server that answers `ok` and keeps every byte that it could read inside TLS.
struct TlsServer {
    port: u16,
    read: Arc<Mutex<Vec<u8>>>,
}

impl TlsServer {
    fn start(certified: (String, String)) -> Self {
        let config = Arc::new(config(certified, &[]));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let read = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&read);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                // A client that does not trust us breaks off; that is what some of these tests want.
                let _ = answer(StreamOwned::new(connection, stream), &all);
            }
        });
        Self { port, read }
    }

    /// One that speaks HTTP/2 alone; of each request it keeps a line in the form of HTTP/1.1's headers.
    fn start_http2(certified: (String, String)) -> Self {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config(certified, &["h2"])));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let read = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&read);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (acceptor, all) = (acceptor.clone(), Arc::clone(&all));
                    tokio::spawn(async move {
                        // A client that wants HTTP/1.1 breaks off.
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        all.lock().unwrap().extend(b"(connection)");
                        let mut connection = h2::server::handshake(stream).await.unwrap();
                        while let Some(Ok((request, mut reply))) = connection.accept().await {
                            let credential = request.headers()["authorization"].as_bytes();
                            all.lock().unwrap().extend([b"Authorization: ", credential, b"\r\n"].concat());
                            let mut body = reply.send_response(http::Response::new(()), false).unwrap();
                            body.send_data("ok".into(), true).unwrap();
                        }
                    });
                }
            });
        });
        Self { port, read }
    }

    fn read(&self) -> String {
        String::from_utf8_lossy(&self.read.lock().unwrap()).into_owned()
    }
}

fn answer(mut stream: StreamOwned<ServerConnection, TcpStream>, all: &Mutex<Vec<u8>>) -> std::io::Result<()> {
    let mut part = [0; 4096];
    loop {
        let length = stream.read(&mut part)?;
        if length == 0 {
            return Ok(());
        }
        all.lock().unwrap().extend(&part[..length]);
        if part[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")?;
            stream.conn.send_close_notify();
            return stream.flush();
        }
    }
}

/// A profile with that server connected as `https://localhost:PORT`, and what a permitted request gets.
fn asked(authority: &Authority, server: &TlsServer) -> (Reply, Folder, Served) {
    let folder = Folder::new();
    let trusted = folder.profile().with_file_name("trusted.pem");
    std::fs::write(&trusted, &authority.pem).unwrap();
    folder.vk(&["init", "--vault", "file"]).ok();
    let mut serve = folder.command(SERVE);
    serve.env("SSL_CERT_FILE", &trusted).env_remove("SSL_CERT_DIR");
    let gateway = Folder::serve_by(serve);
    let url = format!("https://localhost:{}", server.port);
    // A service that can't be trusted now may be connected all the same: it says so when it is checked.
    let added = folder.vk_told(MASTER, &["service", "add", "tls", "--kind", "rest", "--url", &url]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let token = folder.vk(&["token", "create", "--name", "reader", "--grant", "tls:global:read"]).ok();
    let authorization = format!("Authorization: Bearer {token}");
    let reply = curl(&["-H", &authorization, &format!("http://{}/tls/x", gateway.address)]);
    (reply, folder, gateway)
}

#[test]
fn a_service_whose_certificate_is_trusted_gets_the_credential() {
    let authority = Authority::new();
    let server = TlsServer::start(authority.certificate("localhost", false));
    let (reply, _folder, _gateway) = asked(&authority, &server);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(server.read().contains(&format!("Authorization: Bearer {MASTER}\r\n")));
}

#[test]
fn a_service_that_speaks_http_2_gets_it_over_that() {
    let authority = Authority::new();
    let server = TlsServer::start_http2(authority.certificate("localhost", false));
    let (reply, _folder, _gateway) = asked(&authority, &server);
    assert_eq!((reply.status, reply.text().as_str()), (200, "ok"), "{reply:?}");
    assert_eq!(server.read(), format!("(connection)Authorization: Bearer {MASTER}\r\n"));
}

#[test]
fn a_wrong_name_an_expired_and_an_unknown_certificate_never_see_it() {
    let authority = Authority::new();
    let stranger = Authority::new();
    for (what, certificate) in [
        ("wrong name", authority.certificate("elsewhere.example", false)),
        ("expired", authority.certificate("localhost", true)),
        ("unknown authority", stranger.certificate("localhost", false)),
    ] {
        let server = TlsServer::start(certificate);
        let (reply, _folder, _gateway) = asked(&authority, &server);
        assert_eq!((reply.status, reply.value("valetkey-refused")), (502, Some("upstream_failed")), "{what}");
        assert!(
            reply.json()["error_description"].as_str().unwrap().starts_with("tls: "),
            "{what}: {reply:?}"
        );
        assert_eq!(server.read(), "", "{what}: bytes went to a service that is not trusted");
    }
}

#[test]
fn through_the_https_proxy_the_credential_reaches_it_and_what_the_client_sends_for_one_does_not() {
    let authority = Authority::new();
    let server = TlsServer::start(authority.certificate("localhost", false));
    let (_, folder, gateway) = asked(&authority, &server);
    let create = ["token", "create", "--name", "agent", "--grant", "tls:global:read", "--proxy"];
    let proxy = format!("http://x:{}@{}", folder.vk(&create).ok(), gateway.address);
    let trusted = folder.profile().join("proxy-ca.pem");
    let url = format!("https://localhost:{}/by-proxy", server.port);
    let over = ["--noproxy", "", "-x", &proxy, "--cacert", trusted.to_str().unwrap()];
    let reply = curl(&[&over[..], &["-H", "Authorization: Bearer placeholder", &url]].concat());
    assert_eq!((reply.status, reply.text().as_str()), (200, "ok"), "{reply:?}");
    let read = server.read();
    let request = read.split("GET ").last().unwrap();
    assert!(request.starts_with("/by-proxy HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("Authorization: Bearer {MASTER}\r\n")), "{request}");
    assert!(!read.contains("placeholder") && !read.contains("vkey_"), "{read}");
}
