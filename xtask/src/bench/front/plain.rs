use super::Task;
use crate::{
    bench::{
        benchkit::program,
        server::{Ports, Server, free_ports},
    },
    error::Result,
    program::Program,
    repo::Repo,
};

/// Without TLS to the service: it is a floor, not a product.
pub(super) fn start(repo: &Repo, task: &Task<'_>) -> Result<(Server, Ports)> {
    let ports = free_ports(2)?;
    let pairs = ports.iter().zip(task.upstreams).map(|(port, upstream)| format!("{port}:{upstream}"));
    let command =
        Program::new(program(repo)).args(["proxy", task.token, task.credential]).args(pairs).into_command();
    let server = Server::start(command, &ports)?;
    Ok((server, ports))
}
