use std::{fmt::Write as _, fs, path::Path};

use super::{Behind, Task};
use crate::{
    bench::server::{Ports, Server, free_ports},
    error::{Error, Result},
    program::Program,
};

/// Two threads, connections to the service shared by all clients, no log.
pub(super) fn start(folder: &Path, task: &Task<'_>) -> Result<(Server, Ports)> {
    fs::create_dir_all(folder).map_err(Error::io("making", folder))?;
    let ports = free_ports(Behind::ALL.len())?;
    let mut text = String::from(
        "global\n  nbthread 2\n  maxconn 4096\n  ssl-server-verify required\n\
         defaults\n  mode http\n  timeout connect 10s\n  timeout client 600s\n  timeout server 600s\n  http-reuse always\n",
    );
    for ((behind, port), upstream) in Behind::ALL.into_iter().zip(&ports).zip(task.upstreams) {
        // Without `http-no-delay` it waits for more before it sends an event on.
        let (no_delay, secure) = match behind {
            Behind::Small => ("", String::new()),
            Behind::Streams => ("  option http-no-delay\n", String::new()),
            Behind::Secure => {
                let secure = format!(
                    " ssl verify required verifyhost localhost sni str(localhost) ca-file {}",
                    task.trusted.display()
                );
                ("", secure)
            }
        };
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "frontend in{port}\n  bind 127.0.0.1:{port}\n  \
             http-request deny deny_status 401 unless {{ req.hdr(authorization) -m str \"Bearer {}\" }}\n  \
             http-request set-header Authorization \"Bearer {}\"\n  default_backend out{port}\n{no_delay}\
             backend out{port}\n{no_delay}  server service 127.0.0.1:{upstream}{secure}\n",
            task.token, task.credential
        );
    }
    let config = folder.join("haproxy.cfg");
    fs::write(&config, text).map_err(Error::io("writing", &config))?;
    let command = Program::new("haproxy").args([Path::new("-db"), Path::new("-f"), &config]).into_command();
    let server = Server::start(command, &ports)?;
    Ok((server, ports))
}
