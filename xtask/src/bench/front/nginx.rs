use std::{
    cell::Cell,
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use super::{Behind, Task};
use crate::{
    bench::{
        definition,
        server::{Ports, Server, free_ports},
    },
    error::{Error, Result},
    program::Program,
};

/// What the upstream answers everything with: 70 bytes.
const BODY: &str = "{\"id\":42,\"name\":\"a thing of some length\",\"state\":\"ready\",\"parts\":[1,2]}";
/// Bytes of the large reply.
pub(in crate::bench) const LARGE: usize = 1 << 20;

/// The service behind all fronts; ended when dropped.
pub(in crate::bench) struct Upstream {
    _server: Server,
    pub(in crate::bench) plain: u16,
    pub(in crate::bench) secure: u16,
    /// Where it says how many requests it has served.
    count: u16,
    /// How often it was asked: each time counts as a request.
    asked: Cell<u64>,
}

impl Upstream {
    /// With a certificate and its key in these files.
    pub(in crate::bench) fn start(folder: &Path, certificate: &Path, key: &Path) -> Result<Self> {
        make(folder)?;
        let large = folder.join("large");
        fs::write(&large, vec![b'x'; LARGE]).map_err(Error::io("writing", &large))?;
        let ports = free_ports(3)?;
        let [plain, secure, count] = ports[..] else { return Err(too_few()) };
        let locations = format!(
            "location / {{ default_type application/json; return 200 '{BODY}'; }}\n\
             location {} {{ default_type application/octet-stream; alias {}; }}",
            definition::LARGE_PATH,
            large.display()
        );
        let config = format!(
            "server {{ listen 127.0.0.1:{plain} backlog=4096; {locations} }}\n\
             server {{ listen 127.0.0.1:{secure} ssl backlog=4096; ssl_certificate {}; ssl_certificate_key {};\n{locations} }}\n\
             server {{ listen 127.0.0.1:{count}; location / {{ stub_status; }} }}\n",
            certificate.display(),
            key.display()
        );
        let server = start(folder, &config, &ports)?;
        Ok(Self { _server: server, plain, secure, count, asked: Cell::new(0) })
    }

    /// Requests that were served so far, by all workers: the number that nginx itself keeps, without those that ask for it.
    pub(in crate::bench) fn served(&self) -> Result<u64> {
        let failed = |source| Error::Io { doing: "asking nginx what it served".to_owned(), source };
        let mut stream = TcpStream::connect(("127.0.0.1", self.count)).map_err(failed)?;
        stream.write_all(b"GET / HTTP/1.0\r\nHost: bench\r\n\r\n").map_err(failed)?;
        let mut told = String::new();
        stream.read_to_string(&mut told).map_err(failed)?;
        // After the line “server accepts handled requests”.
        let line = told.lines().skip_while(|line| !line.starts_with("server accepts")).nth(1);
        self.asked.set(self.asked.get() + 1);
        line.and_then(|line| {
            line.split_whitespace().nth(2)?.parse::<u64>().ok()?.checked_sub(self.asked.get())
        })
        .ok_or_else(|| Error::Needed { what: "nginx's count of requests".to_owned(), hint: told })
    }
}

/// Does what a gateway does at least: one comparison with a fixed token, another header, a pool of connections. It keeps
/// more of them than there are clients, and what passes through is not written to disk.
pub(super) fn proxy(folder: &Path, task: &Task<'_>) -> Result<(Server, Ports)> {
    make(folder)?;
    let (token, credential) = (task.token, task.credential);
    let mut config = format!("map $http_authorization $known {{ default 0; \"Bearer {token}\" 1; }}\n");
    let ports = free_ports(Behind::ALL.len())?;
    for ((behind, port), upstream) in Behind::ALL.into_iter().zip(&ports).zip(task.upstreams) {
        let (scheme, extra) = match behind {
            Behind::Small => ("http", String::new()),
            Behind::Streams => (
                "http",
                "proxy_buffering off; proxy_request_buffering off; client_max_body_size 0;".to_owned(),
            ),
            Behind::Secure => (
                "https",
                format!(
                    "proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_server_name on; \
                     proxy_ssl_trusted_certificate {};",
                    task.trusted.display()
                ),
            ),
        };
        let name = format!("service{port}");
        // Writing into a string does not fail.
        let _ = write!(
            config,
            "upstream {name} {{ server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 1000000000; }}\n\
             server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ if ($known = 0) {{ return 401; }} \
             proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_max_temp_file_size 0; {extra}\n\
             proxy_set_header Authorization \"Bearer {credential}\"; proxy_pass {scheme}://{name}; }} }}\n"
        );
    }
    let server = start(folder, &config, &ports)?;
    Ok((server, ports))
}

fn start(folder: &Path, rest: &str, ports: &[u16]) -> Result<Server> {
    let place = folder.display();
    let text = format!(
        "daemon off;\nworker_processes 2;\npid {place}/pid;\nerror_log {place}/error.log;\n\
         events {{ worker_connections 8192; }}\n\
         http {{ access_log off; map_hash_bucket_size 256; keepalive_requests 1000000000; keepalive_timeout 600s;\n\
         tcp_nodelay on;\n\
         client_body_temp_path {place}/a; proxy_temp_path {place}/b; fastcgi_temp_path {place}/c; \
         uwsgi_temp_path {place}/d; scgi_temp_path {place}/e;\n{rest} }}\n"
    );
    let config = folder.join("nginx.conf");
    fs::write(&config, text).map_err(Error::io("writing", &config))?;
    let words = [Path::new("-p"), folder, Path::new("-c"), &config];
    Server::start(Program::new("nginx").args(words).into_command(), ports)
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io("making", folder))
}

fn too_few() -> Error {
    Error::Needed { what: "Three free ports".to_owned(), hint: String::new() }
}
