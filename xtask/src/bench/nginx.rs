use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use super::process::Process;
use crate::{
    error::{Error, Result},
    program::Program,
};

/// What the upstream answers everything with: 70 bytes.
const BODY: &str = "{\"id\":42,\"name\":\"a thing of some length\",\"state\":\"ready\",\"parts\":[1,2]}";

/// An nginx of ours, ended when dropped.
pub(super) struct Nginx {
    child: Child,
    pub(super) port: u16,
}

impl Nginx {
    /// The service behind both proxies.
    pub(super) fn upstream(folder: &Path) -> Result<Self> {
        Self::start(folder, |port| {
            format!(
                "server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; \
                 return 200 '{BODY}'; }} }}"
            )
        })
    }

    /// Does what a gateway does at least: one comparison with a fixed token, another header, a pool of connections.
    pub(super) fn proxy(folder: &Path, upstream: u16, token: &str, credential: &str) -> Result<Self> {
        Self::start(folder, |port| {
            format!(
                "upstream service {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}\n\
                 map $http_authorization $known {{ default 0; \"Bearer {token}\" 1; }}\n\
                 server {{ listen 127.0.0.1:{port}; location / {{ if ($known = 0) {{ return 401; }} \
                 proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                 proxy_set_header Authorization \"Bearer {credential}\"; proxy_pass http://service; }} }}"
            )
        })
    }

    fn start(folder: &Path, rest: impl FnOnce(u16) -> String) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::io("making", folder))?;
        let free = |source| Error::Io { doing: "looking for a free port".to_owned(), source };
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(free)?.port();
        let place = folder.display();
        let text = format!(
            "daemon off;\nworker_processes 2;\npid {place}/pid;\nerror_log {place}/error.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; map_hash_bucket_size 256; keepalive_requests 1000000000;\n\
             client_body_temp_path {place}/a; proxy_temp_path {place}/b; fastcgi_temp_path {place}/c; \
             uwsgi_temp_path {place}/d; scgi_temp_path {place}/e;\n{} }}\n",
            rest(port)
        );
        let config = folder.join("nginx.conf");
        fs::write(&config, text).map_err(Error::io("writing", &config))?;
        let mut command =
            Program::new("nginx").args([Path::new("-p"), folder, Path::new("-c"), &config]).into_command();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|source| Error::Io { doing: "could not run nginx".to_owned(), source })?;
        let nginx = Self { child, port };
        nginx.wait()?;
        Ok(nginx)
    }

    fn wait(&self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(Error::Needed { what: "An nginx that starts".to_owned(), hint: String::new() });
            }
            std::thread::yield_now();
        }
        Ok(())
    }

    pub(super) fn process(&self) -> Process {
        Process { id: self.child.id() }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// SIGTERM, and waits. It may have ended already.
pub(super) fn end(child: &mut Child) {
    let _ = Program::new("kill").args(["-TERM", &child.id().to_string()]).text();
    let _ = child.wait();
}
