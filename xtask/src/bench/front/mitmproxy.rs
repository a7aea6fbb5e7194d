use std::{fs, path::Path};

use super::Task;
use crate::{
    bench::server::{Ports, Server, free_ports},
    error::{Error, Result},
    program::Program,
    repo::Repo,
    setup,
};

/// For the small upstream only.
pub(super) fn start(repo: &Repo, folder: &Path, task: &Task<'_>) -> Result<(Server, Ports)> {
    fs::create_dir_all(folder).map_err(Error::io("making", folder))?;
    let script = folder.join("swap.py");
    let text = format!(
        "from mitmproxy import http\n\n\
         def request(flow):\n    \
             if flow.request.headers.get(\"authorization\") != \"Bearer {}\":\n        \
                 flow.response = http.Response.make(401)\n    \
             else:\n        \
                 flow.request.headers[\"authorization\"] = \"Bearer {}\"\n",
        task.token, task.credential
    );
    fs::write(&script, text).map_err(Error::io("writing", &script))?;
    let ports = free_ports(1)?;
    let [upstream, ..] = task.upstreams;
    let command = Program::new(setup::mitmdump(repo))
        .args(["--quiet", "--set", "flow_detail=0", "--set"])
        .args([format!("confdir={}", folder.display())])
        .args(["--listen-host", "127.0.0.1", "--listen-port"])
        .args(ports.iter().map(u16::to_string))
        .args(["--mode", &format!("reverse:http://127.0.0.1:{upstream}"), "--scripts"])
        .args([script])
        .into_command();
    let server = Server::start(command, &ports)?;
    Ok((server, ports))
}
