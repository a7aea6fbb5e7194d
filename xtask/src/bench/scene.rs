use std::{env, fs, path::PathBuf, process};

use super::{
    benchkit,
    control::Control,
    definition,
    front::{Behind, Front, Proxies, Task, Upstream},
    options::Pace,
    process::Process,
    server::{Server, free_ports},
    vk::{self, Served, Vk},
    wrk::Wrk,
};
use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

const CREDENTIAL: &str = "master-credential-of-the-bench";

/// Upstreams, everything in front of them, and a token that all fronts take.
pub(super) struct Scene {
    pub(super) pace: Pace,
    pub(super) wrk: Wrk,
    pub(super) served: Served,
    pub(super) vk: Vk,
    /// Valet Key's, one for each upstream; the others take the first.
    tokens: Vec<String>,
    pub(super) upstream: Upstream,
    streams: (Server, u16),
    proxies: Proxies,
    folder: Folder,
}

/// A folder that is removed when dropped.
struct Folder(PathBuf);

impl Scene {
    pub(super) fn start(repo: &Repo, pace: Pace) -> Result<Self> {
        let folder = Folder(env::temp_dir().join(format!("valetkey-bench-{}", process::id())));
        let inside = &folder.0;
        fs::create_dir_all(inside).map_err(Error::io("making", inside))?;
        benchkit::ask(repo, ["certificates".as_ref(), inside.as_os_str()])?;
        let ca = inside.join("ca.pem");
        let upstream = Upstream::start(
            &inside.join("upstream"),
            &inside.join("service.pem"),
            &inside.join("service-key.pem"),
        )?;
        let streams = streams(repo)?;
        let upstreams = [upstream.plain, streams.1, upstream.secure];

        let vk = Vk::init(&repo.target().join("release/vk"), inside, "profile")?.trusting(&ca);
        let definition = inside.join("definition.json");
        fs::write(&definition, definition::document(definition::OPERATIONS))
            .map_err(Error::io("writing", &definition))?;
        for (behind, port) in Behind::ALL.into_iter().zip(upstreams) {
            let url = match behind {
                Behind::Small | Behind::Streams => format!("http://127.0.0.1:{port}"),
                Behind::Secure => format!("https://localhost:{port}"),
            };
            let mut add = vk.command(&["service", "add", service(behind), "--kind", "rest", "--url", &url]);
            add.arg("--definition").arg(&definition);
            vk::run(add, CREDENTIAL)?;
        }
        let served = vk.serve()?;
        let mut control = Control::connect(&vk.profile)?;
        let tokens = Behind::ALL
            .into_iter()
            .map(|behind| control.create(service(behind), &definition::grants(service(behind))))
            .collect::<Result<Vec<_>>>()?;
        let task =
            Task { upstreams, token: &tokens[Behind::Small.place()], credential: CREDENTIAL, trusted: &ca };
        let proxies = Proxies::start(repo, inside, &task, pace)?;
        Ok(Self { pace, wrk: Wrk::new(inside)?, served, vk, tokens, upstream, streams, proxies, folder })
    }

    /// How `front` is asked for something behind it; `None` where it is not there for that.
    pub(super) fn target(&self, front: Front, behind: Behind) -> Option<Target<'_>> {
        let (port, prefix, token, process) = match front {
            Front::Direct if behind == Behind::Secure => return None,
            Front::Direct => (self.port(behind), String::new(), Behind::Small, None),
            Front::ValetKey => {
                (self.served.port, format!("/{}", service(behind)), behind, Some(self.served.process))
            }
            Front::Nginx | Front::Haproxy | Front::Plain | Front::Mitmproxy => {
                let (port, process) = self.proxies.at(front, behind)?;
                (port, String::new(), Behind::Small, Some(process))
            }
        };
        Some(Target { port, prefix, token: self.token(token), process })
    }

    /// Valet Key's token for what is behind it.
    pub(super) fn token(&self, behind: Behind) -> &str {
        &self.tokens[behind.place()]
    }

    /// Another profile of this run.
    pub(super) fn other(&self, name: &str) -> Result<Vk> {
        Vk::init(&self.vk.program, &self.folder.0, name)
    }

    fn port(&self, behind: Behind) -> u16 {
        match behind {
            Behind::Small => self.upstream.plain,
            Behind::Streams => self.streams.1,
            Behind::Secure => self.upstream.secure,
        }
    }
}

/// Where to ask, with what, and who answers.
pub(super) struct Target<'s> {
    pub(super) port: u16,
    prefix: String,
    pub(super) token: &'s str,
    /// The front's own; the upstream is not measured.
    pub(super) process: Option<Process>,
}

impl Target<'_> {
    /// Where the front takes a path of the service.
    pub(super) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path(path))
    }
}

/// The service's name in Valet Key.
pub(super) const fn service(behind: Behind) -> &'static str {
    match behind {
        Behind::Small => "bench",
        Behind::Streams => "streams",
        Behind::Secure => "secure",
    }
}

fn streams(repo: &Repo) -> Result<(Server, u16)> {
    let ports = free_ports(1)?;
    let words = ports.iter().map(u16::to_string);
    let command = Program::new(benchkit::program(repo)).args(["upstream"]).args(words).into_command();
    let server = Server::start(command, &ports)?;
    Ok((server, ports.first().copied().unwrap_or_default()))
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it is in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
