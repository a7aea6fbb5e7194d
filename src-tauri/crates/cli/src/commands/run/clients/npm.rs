//! npm binds a key to the registry that it is for, by a setting whose name not every shell passes on: so it gets a file.

use valetkey_wire::ServiceRow;

use super::Surroundings;
use crate::error::Error;

pub(super) fn set(surroundings: &mut Surroundings<'_>, service: &ServiceRow) -> Result<(), Error> {
    let registry = format!("{}/", service.gateway_url);
    let place = registry.strip_prefix("http:").unwrap_or(&registry);
    // npm puts the variable in; no secret is written.
    let settings = format!("{place}:_authToken=${{VALETKEY_TOKEN}}\n");
    let file = format!("{}.npmrc", service.name);
    let folder = surroundings.profile.write_for_client("npm", &file, &settings)?;
    surroundings
        .command
        .env("npm_config_registry", registry)
        .env("npm_config_globalconfig", folder.join(file))
        // A registry calls its files by its own host; npm is to fetch them where it fetches everything.
        .env("npm_config_replace_registry_host", "always");
    Ok(())
}
