//! pip takes a password out of an index's URL; twine has variables for it.

use valetkey_wire::ServiceRow;

use super::Surroundings;

pub(super) fn set(surroundings: &mut Surroundings<'_>, service: &ServiceRow) {
    let place = service.gateway_url.strip_prefix("http://").unwrap_or(&service.gateway_url);
    let secret = surroundings.secret.expose();
    surroundings
        .command
        .env("PIP_INDEX_URL", format!("http://__token__:{secret}@{place}/simple/"))
        .env("TWINE_REPOSITORY_URL", format!("{}/legacy/", service.gateway_url))
        .env("TWINE_USERNAME", "__token__")
        .env("TWINE_PASSWORD", secret);
}
