//! git takes settings from its environment: where the service's URLs lead, and what is sent to the gateway alone.

use valetkey_wire::ServiceRow;

use super::Surroundings;

/// Kinds whose git is where all else is.
const AT_BASE: [&str; 2] = ["forgejo", "gitea"];

pub(super) fn set(surroundings: &mut Surroundings<'_>, services: &[&ServiceRow]) {
    let mut settings: Vec<(String, String)> = services
        .iter()
        .filter_map(|service| {
            let endpoint = service.endpoints.iter().find(|endpoint| endpoint.name == "git");
            let at_base = AT_BASE.contains(&service.kind.as_str()).then_some(&service.base_url);
            let place = endpoint.map(|git| &git.base_url).or(at_base)?;
            Some((format!("url.{}/.insteadOf", service.gateway_url), format!("{place}/")))
        })
        .collect();
    if settings.is_empty() {
        return;
    }
    // Sent at once, so that no credential helper is asked, and none is told to remember it.
    settings.push((
        format!("http.http://{}/.extraHeader", surroundings.address),
        format!("Authorization: Bearer {}", surroundings.secret.expose()),
    ));
    // Behind those that the environment has already.
    let inherited = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
    let count = inherited + settings.len();
    for (number, (key, value)) in (inherited..).zip(settings) {
        surroundings
            .command
            .env(format!("GIT_CONFIG_KEY_{number}"), key)
            .env(format!("GIT_CONFIG_VALUE_{number}"), value);
    }
    surroundings.command.env("GIT_CONFIG_COUNT", count.to_string());
}
