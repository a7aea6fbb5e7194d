//! gh knows hosts and no base URLs, and speaks HTTPS with all of them but over a Unix socket: so it gets a configuration that names
//! the gateway's, where the service's own host name leads to the service.

use valetkey_wire::ServiceRow;

use super::Surroundings;
use crate::error::Error;

pub(super) fn set(surroundings: &mut Surroundings<'_>, service: &ServiceRow) -> Result<(), Error> {
    let (Some(socket), Some(instance)) = (surroundings.socket, Instance::at(&service.base_url)) else {
        return Ok(());
    };
    // A JSON string is one of YAML's too.
    let socket = serde_json::Value::from(socket);
    let config = format!("version: \"1\"\nhttp_unix_socket: {socket}\n");
    let folder = surroundings.profile.write_for_client("gh", "config.yml", &config)?;
    let (host, key) = match instance {
        Instance::Cloud(host) => (host, "GH_TOKEN"),
        Instance::Own(host) => (host, "GH_ENTERPRISE_TOKEN"),
    };
    surroundings
        .command
        .env("GH_CONFIG_DIR", folder)
        .env("GH_HOST", host)
        .env(key, surroundings.secret.expose());
    Ok(())
}

/// A GitHub, by the host that gh calls it by.
#[derive(Debug, PartialEq, Eq)]
enum Instance<'u> {
    /// Its API is at `api.` and this.
    Cloud(&'u str),
    /// An Enterprise Server, whose API is at `/api/v3`.
    Own(&'u str),
}

impl<'u> Instance<'u> {
    fn at(base_url: &'u str) -> Option<Self> {
        let (_, place) = base_url.split_once("://")?;
        match place.strip_suffix("/api/v3") {
            Some(host) => Some(Self::Own(host)),
            None => place.strip_prefix("api.").filter(|host| !host.contains('/')).map(Self::Cloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gh_calls_a_github_by_the_host_of_its_pages() {
        assert_eq!(Instance::at("https://api.github.com"), Some(Instance::Cloud("github.com")));
        assert_eq!(Instance::at("https://api.acme.ghe.com"), Some(Instance::Cloud("acme.ghe.com")));
        assert_eq!(Instance::at("https://git.example.com/api/v3"), Some(Instance::Own("git.example.com")));
        assert_eq!(Instance::at("http://127.0.0.1:8080"), None);
    }
}
