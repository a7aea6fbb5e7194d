use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use valetkey_core::time::{Clock, SystemClock};
use valetkey_gateway::{Authority, LocalTls, Purpose};
use valetkey_testkit::{MASTER, Recorder};

use crate::scene::Scene;

/// Trusts this authority alone.
pub(crate) fn trusting(pem: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A TLS client over any stream.
pub(crate) fn over<S: Read + Write>(
    config: ClientConfig,
    name: &str,
    stream: S,
) -> StreamOwned<ClientConnection, S> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

/// A scene whose gateway serves HTTPS too, and the certificate to trust.
fn secured(upstream: Recorder) -> (Scene, String) {
    secure(Scene::new(upstream))
}

/// The same of a scene that is there.
pub(crate) fn secure(scene: Scene) -> (Scene, String) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let key = Authority::generate_key().unwrap();
    let authority = Authority::new(&key, Purpose::Loopback, clock.now()).unwrap();
    let pem = authority.certificate_pem();
    scene.gateway.secure(LocalTls::default().with_https(authority, clock).unwrap());
    (scene, pem)
}

fn connect(scene: &Scene) -> TcpStream {
    let stream = TcpStream::connect(scene.gateway.addresses()[0]).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Sends one request over TLS as `name` and reads to the end.
pub(crate) fn ask(scene: &Scene, config: ClientConfig, name: &str, request: &str) -> std::io::Result<String> {
    let mut client = over(config, name, connect(scene));
    client.write_all(request.as_bytes())?;
    let mut reply = String::new();
    client.read_to_string(&mut reply)?;
    Ok(reply)
}

#[test]
fn the_same_port_serves_https_beside_http() {
    let (mut scene, pem) = secured(Recorder::answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
    let (_, token) = scene.token("up:global:see");
    let port = scene.gateway.addresses()[0].port();
    for (name, host, path) in [
        ("localhost", "localhost", "/up/allowed"),
        ("127.0.0.1", "127.0.0.1", "/up/allowed"),
        ("up.localhost", "up.localhost", "/allowed"),
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        let reply = ask(&scene, trusting(&pem), name, &request).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 ") && reply.ends_with("hello"), "{name}: {reply}");
    }
    assert_eq!(scene.ask(&token, "GET", "/up/allowed").status, 200, "plain requests go on");
    assert_eq!(scene.upstream.requests().len(), 4);
}

#[test]
fn the_guard_is_the_same_behind_tls() {
    let (mut scene, pem) = secured(Recorder::start());
    let (_, token) = scene.token("up:global:see");
    let host = scene.host();
    for (request, status) in [
        (format!("GET /up/allowed HTTP/1.1\r\nHost: {host}\r\n\r\n"), "401"),
        (format!("GET /up/admin HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"), "403"),
        (
            format!("GET /up/allowed HTTP/1.1\r\nHost: evil.com\r\nAuthorization: Bearer {token}\r\n\r\n"),
            "421",
        ),
        (format!("GET /up/../x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"), "400"),
        (format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n"), "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), "400"),
    ] {
        let request = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        let reply = ask(&scene, trusting(&pem), "localhost", &request).unwrap();
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {reply}");
    }
    assert_eq!(scene.upstream.requests().len(), 0);
}

#[test]
fn redirects_lead_a_client_of_https_to_https() {
    let upstream = Recorder::answering(
        "HTTP/1.1 302 Found\r\nlocation: /allowed\r\nstrict-transport-security: max-age=9\r\ncontent-length: 0\r\n\r\n",
    );
    let (mut scene, pem) = secured(upstream);
    let (_, token) = scene.token("up:global:see");
    let host = scene.host();
    let request = format!(
        "GET /up/allowed HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    let reply = ask(&scene, trusting(&pem), "127.0.0.1", &request).unwrap();
    assert!(reply.contains(&format!("location: https://{host}/up/allowed\r\n")), "{reply}");
    assert!(!reply.to_lowercase().contains("strict-transport"), "{reply}");
    assert!(!reply.contains(MASTER));
    let plain = scene.ask(&token, "GET", "/up/allowed");
    assert_eq!(plain.value("location"), Some(&*format!("http://{host}/up/allowed")));
}

#[test]
fn only_the_gateways_own_names_get_a_certificate() {
    let (scene, pem) = secured(Recorder::start());
    for name in ["example.com", "a.b.localhost", "localhost.evil.com", "api.github.com"] {
        assert!(ask(&scene, trusting(&pem), name, "").is_err(), "{name}");
    }
    assert_eq!(scene.log.entries().len(), 0, "a failed handshake is not a request");
}

#[test]
fn a_client_that_was_not_told_to_trust_it_does_not() {
    let (scene, _) = secured(Recorder::start());
    let stranger = Authority::new(&Authority::generate_key().unwrap(), Purpose::Loopback, SystemClock.now());
    let problem = ask(&scene, trusting(&stranger.unwrap().certificate_pem()), "localhost", "").unwrap_err();
    assert!(problem.to_string().contains("UnknownIssuer"), "{problem}");
}

#[test]
fn http_1_1_is_what_is_agreed_on_and_nothing_else() {
    let (scene, pem) = secured(Recorder::start());
    for (offered, agreed) in [(vec!["h2", "http/1.1"], Some("http/1.1")), (vec![], None)] {
        let mut config = trusting(&pem);
        config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut client = over(config, "localhost", connect(&scene));
        client.flush().unwrap();
        while client.conn.is_handshaking() {
            client.conn.complete_io(&mut client.sock).unwrap();
        }
        assert_eq!(client.conn.alpn_protocol(), agreed.map(str::as_bytes), "{offered:?}");
        assert_eq!(client.conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    }
    let mut config = trusting(&pem);
    config.alpn_protocols = vec![b"h2".to_vec()];
    assert!(ask(&scene, config, "localhost", "").is_err());
}

#[test]
fn old_versions_and_garbage_end_in_an_alert_or_in_silence() {
    let (mut scene, _) = secured(Recorder::start());
    let (_, token) = scene.token("up:global:see");
    let tls_1_0 = hello([3, 1]);
    for bytes in [&tls_1_0[..], &[0x16], &[0x16, 3, 1, 0xff, 0xff], &[0x16; 5000]] {
        let mut client = scene.connect();
        client.send(bytes).unwrap();
        // It may have been closed by then.
        let _ = client.finish();
        let answer = client.rest().unwrap();
        assert!(answer.is_empty() || answer[0] == 0x15, "an alert at most: {answer:?}");
    }
    assert_eq!(scene.ask(&token, "GET", "/up/allowed").status, 200);
    assert_eq!(scene.log.entries().len(), 1, "none of these was a request");
}

/// A `ClientHello` that offers no later version than this (RFC 2246 §7.4.1.2), with no extensions.
fn hello(version: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

#[test]
fn without_the_owners_choice_no_handshake_is_answered() {
    let scene = Scene::new(Recorder::start());
    let mut client = scene.connect();
    client.send(hello([3, 3])).unwrap();
    client.finish().unwrap();
    assert_eq!(client.rest().unwrap(), b"");
}

#[test]
fn https_can_be_switched_off_again() {
    let (scene, pem) = secured(Recorder::start());
    scene.gateway.secure(LocalTls::default());
    assert!(ask(&scene, trusting(&pem), "localhost", "").is_err());
}
