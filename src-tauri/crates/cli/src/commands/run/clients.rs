//! What the usual clients of a service read from their environment, so that they find the gateway without being told.

mod gh;
mod git;
mod npm;
mod pip;
mod sentry;

use std::{collections::BTreeSet, process::Command};

use valetkey_host::Profile;
use valetkey_wire::{Code, Error as HostError, Scope, SecretText, ServiceRow, TokenRow};

use crate::error::Error;

/// What every client of one kind of service gets.
struct Kind {
    of: &'static str,
    /// Variables that say where the service is, and what the client expects behind its base URL.
    urls: &'static [(&'static str, &'static str)],
    /// Variables that hold its key.
    keys: &'static [&'static str],
    /// Variables that hold another key, which a client would send besides or instead.
    cleared: &'static [&'static str],
}

/// In the words of the clients themselves; `docs/clients` says which of them were tried.
const KINDS: &[Kind] = &[
    Kind {
        of: "github",
        urls: &[("GITHUB_API_URL", "")],
        keys: &["GITHUB_TOKEN"],
        cleared: &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
    },
    Kind {
        of: "gitlab",
        urls: &[("GITLAB_URL", "")],
        keys: &["GITLAB_PRIVATE_TOKEN"],
        cleared: &["GITLAB_OAUTH_TOKEN"],
    },
    Kind {
        of: "gitea",
        urls: &[("GITEA_INSTANCE_URL", ""), ("GITEA_SERVER_URL", "")],
        keys: &["GITEA_TOKEN", "GITEA_SERVER_TOKEN"],
        cleared: &[],
    },
    Kind {
        of: "forgejo",
        urls: &[("GITEA_INSTANCE_URL", ""), ("GITEA_SERVER_URL", "")],
        keys: &["GITEA_TOKEN", "GITEA_SERVER_TOKEN"],
        cleared: &[],
    },
    Kind {
        of: "openai",
        urls: &[("OPENAI_BASE_URL", "/v1")],
        keys: &["OPENAI_API_KEY"],
        cleared: &["OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"],
    },
    Kind {
        of: "anthropic",
        urls: &[("ANTHROPIC_BASE_URL", "")],
        keys: &["ANTHROPIC_API_KEY"],
        cleared: &["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"],
    },
    Kind { of: "sentry", urls: &[], keys: &["SENTRY_AUTH_TOKEN"], cleared: &["SENTRY_TOKEN"] },
    Kind {
        of: "teamcity",
        urls: &[("TEAMCITY_URL", "")],
        keys: &["TEAMCITY_TOKEN"],
        cleared: &["TEAMCITY_GUEST"],
    },
];

/// What is put into the environment.
pub(super) struct Surroundings<'a> {
    pub(super) command: &'a mut Command,
    pub(super) profile: &'a Profile,
    /// `127.0.0.1:PORT` of the gateway.
    pub(super) address: &'a str,
    /// The gateway's Unix socket, where it has one.
    pub(super) socket: Option<&'a str>,
    pub(super) secret: &'a SecretText,
}

/// Sets what the clients of the chosen services read; what is left unset, and why, comes back as lines for the owner.
pub(super) fn set(
    surroundings: &mut Surroundings<'_>,
    services: &[ServiceRow],
    token: &TokenRow,
    wanted: &[String],
) -> Result<Vec<String>, Error> {
    let Choice { chosen, left } = choose(services, token, wanted);
    for service in &chosen {
        for kind in KINDS.iter().filter(|kind| kind.of == service.kind) {
            kind.set(surroundings, service);
        }
        match service.kind.as_str() {
            "github" => gh::set(surroundings, service)?,
            "npm" => npm::set(surroundings, service)?,
            "pypi" => pip::set(surroundings, service),
            "sentry" => sentry::set(surroundings, service),
            _ => {}
        }
    }
    git::set(surroundings, &chosen);
    Ok(left)
}

/// Services whose clients find them without being told.
struct Choice<'s> {
    chosen: Vec<&'s ServiceRow>,
    /// Why not others.
    left: Vec<String>,
}

/// For each kind, the service that is wanted by its name, or the only one that the token reaches.
fn choose<'s>(services: &'s [ServiceRow], token: &TokenRow, wanted: &[String]) -> Choice<'s> {
    let mut choice = Choice { chosen: Vec::new(), left: Vec::new() };
    let kinds: BTreeSet<&str> = services.iter().map(|service| service.kind.as_str()).collect();
    for kind in kinds {
        let all = services.iter().filter(|service| service.kind == kind);
        let named = all.clone().find(|service| wanted.contains(&service.name));
        let reached: Vec<&ServiceRow> = all.filter(|service| reaches(token, service)).collect();
        match (named, &reached[..]) {
            (Some(one), _) => choice.chosen.push(one),
            (None, [one]) => choice.chosen.push(one),
            (None, [first, _, ..]) if is_known(kind) => {
                let each: Vec<&str> = reached.iter().map(|service| service.name.as_str()).collect();
                let (title, each) = (&first.title, each.join(", "));
                choice.left.push(format!(
                    "clients of {title} are told nothing: say which with --service, of {each}"
                ));
            }
            (None, _) => {}
        }
    }
    choice
}

/// That each service named is there, and that no two of them are of one kind.
pub(super) fn judge(services: &[ServiceRow], wanted: &[String]) -> Result<(), HostError> {
    let mut kinds: Vec<&str> = Vec::new();
    for name in wanted {
        let service = services.iter().find(|service| service.name == *name).ok_or_else(|| {
            HostError::new(Code::NotFound, format!("no service is called “{name}”"))
                .with_hint("vk service list shows those there are")
        })?;
        if kinds.contains(&service.kind.as_str()) {
            return Err(HostError::new(
                Code::Invalid,
                format!("two of the services named are of the kind {}", service.kind),
            ));
        }
        kinds.push(&service.kind);
    }
    Ok(())
}

fn is_known(kind: &str) -> bool {
    ["npm", "pypi"].contains(&kind) || KINDS.iter().any(|known| known.of == kind)
}

/// Whether the token gives anything there.
fn reaches(token: &TokenRow, service: &ServiceRow) -> bool {
    match &token.scope {
        Scope::Full => true,
        Scope::Limited { .. } => token.grant_rows.iter().any(|grant| grant.service == service.name),
    }
}

impl Kind {
    fn set(&self, surroundings: &mut Surroundings<'_>, service: &ServiceRow) {
        for (variable, below) in self.urls {
            surroundings.command.env(variable, format!("{}{below}", service.gateway_url));
        }
        for variable in self.keys {
            surroundings.command.env(variable, surroundings.secret.expose());
        }
        for variable in self.cleared {
            surroundings.command.env_remove(variable);
        }
    }
}
