use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{ClientConnection, StreamOwned};
use valetkey_core::{
    activity::Outcome,
    ports::VaultError,
    time::{Clock, SystemClock},
    token::Token,
};
use valetkey_gateway::{Authority, LocalTls, Purpose};
use valetkey_testkit::{Answer, MASTER, PolicyBuilder, Recorder};

use crate::{
    https::{over, trusting},
    scene::{DEFINITION, Scene, refused},
};

pub(crate) type Tls = StreamOwned<ClientConnection, TcpStream>;

/// A gateway with the proxy on, the service `up` in front of it and one that is only a name.
pub(crate) struct Proxied {
    pub(crate) scene: Scene,
    pem: String,
    /// Where `up` lives.
    target: String,
}

impl Proxied {
    fn new(upstream: Recorder) -> Self {
        Self::of(upstream, DEFINITION)
    }

    /// The same with this definition of both.
    pub(crate) fn of(upstream: Recorder, definition: &str) -> Self {
        let target = upstream.address().to_string();
        let policy = PolicyBuilder::new().service("up", &upstream.url(), definition, None).service(
            "named",
            "https://api.example.com/v1",
            definition,
            None,
        );
        let scene = Scene::with(upstream, policy);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let hosts = ["127.0.0.1", "api.example.com"].map(Into::into);
        let key = Authority::generate_key().unwrap();
        let authority = Authority::new(&key, Purpose::Hosts(hosts.into()), clock.now()).unwrap();
        let pem = authority.certificate_pem();
        scene.gateway.secure(LocalTls::default().with_proxy(authority, clock));
        Self { scene, pem, target }
    }

    /// A live token that may use the proxy.
    pub(crate) fn token(&mut self, access: &str) -> (Token, String) {
        let (record, token) = self.scene.policy.token(access);
        let record = Token { proxy: true, ..record };
        self.scene.policy.put(record.clone());
        self.scene.apply();
        (record, token)
    }

    fn socket(&self) -> TcpStream {
        let stream = TcpStream::connect(self.scene.gateway.addresses()[0]).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// What an ordinary client sends.
    fn head(target: &str, token: &str) -> String {
        let pair = STANDARD.encode(format!("x:{token}"));
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {pair}\r\n\r\n")
    }

    /// A granted tunnel, before TLS.
    fn granted(&self, head: &str) -> TcpStream {
        let mut stream = self.socket();
        stream.write_all(head.as_bytes()).unwrap();
        let mut reply = Vec::new();
        let mut byte = [0];
        while !reply.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            reply.push(byte[0]);
        }
        let reply = String::from_utf8(reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
        stream
    }

    /// A tunnel to `up`.
    pub(crate) fn tunnel(&self, token: &str) -> Tls {
        let stream = self.granted(&Self::head(&self.target, token));
        over(trusting(&self.pem), "127.0.0.1", stream)
    }

    pub(crate) fn request(&self, method: &str, path: &str, more: &str) -> String {
        format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{more}\r\n", self.target)
    }
}

/// Sends a request and reads one reply that has a length.
pub(crate) fn ask(tunnel: &mut Tls, request: &str) -> Answer {
    tunnel.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        tunnel.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut answer = Answer { status: head[9..12].parse().unwrap(), head, body: Vec::new() };
    let length = answer.value("content-length").map_or(0, |length| length.parse().unwrap());
    answer.body = vec![0; length];
    tunnel.read_exact(&mut answer.body).unwrap();
    answer
}

/// Whether the other side has closed, or does within a second.
fn ends(stream: &mut impl Read) -> bool {
    let begun = Instant::now();
    let ended = !matches!(stream.read(&mut [0; 64]), Ok(1..));
    ended && begun.elapsed() < Duration::from_secs(1)
}

#[test]
fn requests_inside_meet_the_same_decision_and_record() {
    let mut proxied = Proxied::new(Recorder::start());
    let (record, token) = proxied.token("up:global:see");
    let mut tunnel = proxied.tunnel(&token);
    let allowed = ask(&mut tunnel, &proxied.request("GET", "/allowed", ""));
    assert_eq!((allowed.status, allowed.text().as_str()), (200, "ok"));
    let forbidden = ask(&mut tunnel, &proxied.request("GET", "/admin", ""));
    assert_eq!((forbidden.status, refused(&forbidden)), (403, "insufficient_scope"));
    let unknown = ask(&mut tunnel, &proxied.request("GET", "/up/allowed", ""));
    assert_eq!(refused(&unknown), "operation_unknown", "the path is taken as it is");
    assert_eq!(
        ask(&mut tunnel, &proxied.request("GET", "/allowed", "")).status,
        200,
        "one tunnel, many requests"
    );

    let seen = proxied.scene.upstream.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].values("authorization"), [format!("Bearer {MASTER}")]);
    assert!(!seen[0].head.contains(&token));
    let entries = proxied.scene.log.entries();
    assert_eq!(entries.len(), 4, "each request, and not the CONNECT that leads to them");
    assert!(entries.iter().all(|entry| entry.token == Some(record.id)));
}

#[test]
fn a_placeholder_inside_is_dropped_and_another_token_is_a_second_credential() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("up:global:see");
    let (_, other) = proxied.token("**");
    let mut tunnel = proxied.tunnel(&token);
    for placeholder in
        ["Authorization: Bearer placeholder\r\n".to_owned(), format!("Authorization: token {token}\r\n")]
    {
        assert_eq!(ask(&mut tunnel, &proxied.request("GET", "/allowed", &placeholder)).status, 200);
    }
    let wider = format!("Authorization: Bearer {other}\r\n");
    let answer = ask(&mut tunnel, &proxied.request("GET", "/admin", &wider));
    assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"));
    for seen in proxied.scene.upstream.requests() {
        assert_eq!(seen.values("authorization"), [format!("Bearer {MASTER}")]);
    }
}

#[test]
fn a_connect_that_is_not_granted_says_why_and_is_on_record() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let (_, plain) = proxied.scene.token("**");
    let target = proxied.target.clone();
    let port = target.rsplit_once(':').unwrap().1;
    let good = Proxied::head(&target, &token);
    let with = |line: &str| good.replacen("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"), 1);
    let named = |target: &str| Proxied::head(target, &token);
    for (what, head, status, code) in [
        ("no token", format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"), 407, "invalid_token"),
        ("an unknown one", Proxied::head(&target, &"vkey_".repeat(9)), 407, "invalid_token"),
        ("no leave", Proxied::head(&target, &plain), 403, "insufficient_scope"),
        ("another host", named("evil.example:443"), 403, "service_unknown"),
        ("a host below", named("sub.api.example.com:443"), 403, "service_unknown"),
        ("another port", named("127.0.0.1:1"), 403, "service_unknown"),
        ("another port of a name", named("api.example.com:80"), 403, "service_unknown"),
        ("another name of the same", named(&format!("localhost:{port}")), 403, "service_unknown"),
        ("two tokens", with(&format!("Proxy-Authorization: Bearer {token}")), 400, "invalid_request"),
        ("a second Host", with(&format!("Host: {target}")), 400, "invalid_request"),
        (
            "another Host",
            good.replace(&format!("Host: {target}"), "Host: evil.example"),
            400,
            "invalid_request",
        ),
        ("a page", with("Origin: https://evil.example"), 403, "cross_origin"),
        ("a body", with("Content-Length: 5"), 400, "invalid_request"),
        ("a chunked body", with("Transfer-Encoding: chunked"), 400, "invalid_request"),
        ("both framings", with("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400, "invalid_request"),
        ("no port", named("api.example.com"), 400, "invalid_request"),
        ("a URL", named("https://api.example.com:443"), 400, "invalid_request"),
        ("a user", named("x@api.example.com:443"), 400, "invalid_request"),
        ("a later version", good.replacen("HTTP/1.1", "HTTP/2.0", 1), 400, "invalid_request"),
        ("a bare line feed", good.replacen("\r\n", "\n", 1), 400, "invalid_request"),
        ("another method", good.replacen("CONNECT", "COPY", 1), 400, "invalid_request"),
        (
            "a request at once",
            format!("{good}GET / HTTP/1.1\r\nHost: {target}\r\n\r\n"),
            400,
            "invalid_request",
        ),
        ("a handshake at once", format!("{good}\x16\x03\x01"), 400, "invalid_request"),
    ] {
        let before = proxied.scene.log.entries().len();
        let answer = proxied.scene.raw_bytes(head.as_bytes());
        assert_eq!((answer.status, refused(&answer)), (status, code), "{what}: {}", answer.text());
        assert_eq!(answer.value("connection"), Some("close"), "{what}");
        assert_eq!(answer.value("proxy-authenticate").is_some(), status == 407, "{what}");
        let entries = proxied.scene.log.entries();
        assert_eq!(entries.len(), before + 1, "{what}");
        assert_eq!(entries[before].outcome, Outcome::Refusal, "{what}");
        assert!(entries[before].operation.starts_with("CONNECT"), "{what}");
    }
    assert_eq!(proxied.scene.upstream.connections(), 0);
}

#[test]
fn after_a_connect_that_is_refused_nothing_more_is_read_as_a_request() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let host = proxied.scene.host();
    let next = format!("GET /up/allowed HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
    for first in [Proxied::head("evil.example:443", &token), Proxied::head(&proxied.target, &token)] {
        let mut client = proxied.scene.connect();
        client.send(format!("{first}{next}")).unwrap();
        assert!(client.answer(false).unwrap().status >= 400);
        assert_eq!(client.rest().unwrap(), b"");
    }
    let mut client = proxied.scene.connect();
    client.send(&next).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 200);
    client.send(Proxied::head(&proxied.target, &token)).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 400, "a connection of requests becomes no tunnel");
}

#[test]
fn clients_of_http_1_0_that_send_no_host_get_their_tunnel() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("up:global:see");
    let head = format!("CONNECT {} HTTP/1.0\r\nProxy-Authorization: Bearer {token}\r\n\r\n", proxied.target);
    let mut tunnel = over(trusting(&proxied.pem), "127.0.0.1", proxied.granted(&head));
    assert_eq!(ask(&mut tunnel, &proxied.request("GET", "/allowed", "")).status, 200);
}

#[test]
fn inside_only_the_host_of_the_tunnel_is_spoken_to() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let own = proxied.scene.host();
    for host in ["api.example.com", "evil.example", "127.0.0.1", &own, ""] {
        let mut tunnel = proxied.tunnel(&token);
        let answer = ask(&mut tunnel, &format!("GET /allowed HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!((answer.status, refused(&answer)), (421, "host_refused"), "{host}");
        assert!(ends(&mut tunnel), "{host}");
    }
    let mut tunnel = proxied.tunnel(&token);
    assert_eq!(
        ask(&mut tunnel, &Proxied::head(&proxied.target, &token)).status,
        400,
        "no tunnel in a tunnel"
    );
    let mut tunnel = proxied.tunnel(&token);
    assert_eq!(ask(&mut tunnel, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 400);
    assert_eq!(proxied.scene.upstream.connections(), 0);
}

#[test]
fn the_certificate_is_for_the_host_of_the_tunnel_alone() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let shake = |name: &str| {
        let stream = proxied.granted(&Proxied::head("api.example.com:443", &token));
        let mut tunnel = over(trusting(&proxied.pem), name, stream);
        tunnel.flush().and_then(|()| tunnel.conn.complete_io(&mut tunnel.sock).map(drop))
    };
    assert!(shake("api.example.com").is_ok());
    for name in ["evil.example", "sub.api.example.com", "localhost", "127.0.0.1"] {
        assert!(shake(name).is_err(), "{name}");
    }
    for garbage in [&b"GET /allowed HTTP/1.1\r\nHost: api.example.com\r\n\r\n"[..], &[0x16; 900], b"\0"] {
        let mut stream = proxied.granted(&Proxied::head("api.example.com:443", &token));
        stream.write_all(garbage).unwrap();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&rest));
    }
    assert_eq!(proxied.scene.log.entries().len(), 0, "none of these was a request");
}

#[test]
fn an_idle_tunnel_ends_when_its_token_is_revoked_or_may_use_the_proxy_no_more() {
    let mut proxied = Proxied::new(Recorder::start());
    for change in ["revoked", "switched off", "service gone"] {
        let (record, token) = proxied.token("**");
        let mut used = proxied.tunnel(&token);
        assert_eq!(ask(&mut used, &proxied.request("GET", "/allowed", "")).status, 200);
        let mut shaking = proxied.granted(&Proxied::head(&proxied.target, &token));
        let id = record.id;
        match change {
            "revoked" => proxied.scene.policy.change(|snapshot| snapshot.without_token(id)),
            "switched off" => proxied.scene.policy.put(Token { proxy: false, ..record }),
            _ => {
                let up = valetkey_core::service::ServiceName::parse("up").unwrap();
                proxied.scene.policy.change(|snapshot| snapshot.without_service(&up));
            }
        }
        proxied.scene.apply();
        assert!(ends(&mut used), "{change}: between requests");
        assert!(ends(&mut shaking), "{change}: before TLS");
    }
}

#[test]
fn a_stream_inside_is_cut_with_the_leave_to_use_the_proxy() {
    let endless: valetkey_testkit::Script = Arc::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")?;
        // Until the other side ends it.
        let _ = stream.read(&mut [0]);
        Ok(false)
    });
    let mut proxied = Proxied::new(Recorder::scripted(endless));
    let (record, token) = proxied.token("**");
    let mut tunnel = proxied.tunnel(&token);
    tunnel.write_all(proxied.request("GET", "/allowed", "").as_bytes()).unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"hello\r\n") {
        let mut part = [0; 512];
        let length = tunnel.read(&mut part).unwrap();
        reply.extend(&part[..length]);
    }
    proxied.scene.policy.put(Token { proxy: false, ..record });
    proxied.scene.apply();
    assert!(ends(&mut tunnel));
}

#[test]
fn without_the_proxy_connect_is_no_method_and_with_a_locked_vault_it_is_answered() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let head = Proxied::head(&proxied.target, &token);
    proxied.scene.gateway.secure(LocalTls::default().with_proxy_unavailable(VaultError::Locked));
    let answer = proxied.scene.raw_bytes(head.as_bytes());
    assert_eq!((answer.status, refused(&answer)), (503, "vault_locked"));
    proxied.scene.gateway.secure(LocalTls::default());
    let answer = proxied.scene.raw_bytes(head.as_bytes());
    assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"));
    assert!(answer.text().contains("the method is not one of"), "{}", answer.text());
}

#[cfg(unix)]
#[test]
fn the_unix_socket_makes_no_tunnels() {
    let mut proxied = Proxied::new(Recorder::start());
    let (_, token) = proxied.token("**");
    let mut stream = std::os::unix::net::UnixStream::connect(&proxied.scene.socket).unwrap();
    stream.write_all(Proxied::head(&proxied.target, &token).as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
}

#[test]
fn two_hundred_idle_tunnels_of_a_token_end_within_a_second() {
    let mut proxied = Proxied::new(Recorder::start());
    let (record, token) = proxied.token("**");
    let mut tunnels: Vec<Tls> = (0..200).map(|_| proxied.tunnel(&token)).collect();
    for tunnel in &mut tunnels {
        assert_eq!(ask(tunnel, &proxied.request("GET", "/allowed", "")).status, 200);
    }
    let begun = Instant::now();
    proxied.scene.policy.change(|snapshot| snapshot.without_token(record.id));
    proxied.scene.apply();
    assert!(tunnels.iter_mut().all(ends));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
