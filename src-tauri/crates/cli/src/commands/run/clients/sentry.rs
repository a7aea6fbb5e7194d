//! sentry-cli wants a server at the root of its host, and finds every name below `localhost` on this machine.

use valetkey_wire::ServiceRow;

use super::Surroundings;

pub(super) fn set(surroundings: &mut Surroundings<'_>, service: &ServiceRow) {
    let port = surroundings.address.rsplit_once(':').map_or("", |(_, port)| port);
    surroundings.command.env("SENTRY_URL", format!("http://{}.localhost:{port}", service.name));
}
