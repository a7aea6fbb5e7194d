use super::{
    World,
    environments::{Environment, State},
    namespaces::{Namespace, RIGHTS},
    templates::Template,
    users::User,
};
use crate::identity::{Digest, Identity, context_of};

impl World {
    /// What there is at the start. In `ops` the owner only looks, and nowhere may they manage users.
    pub(crate) fn seeded(credential: Digest) -> Self {
        let mut owner = Identity::new("Sandbox owner", None);
        owner.give("global", &["profile.view", "users.view", "namespaces.view", "namespaces.create"]);
        owner.give(&context_of("web"), &RIGHTS);
        owner.give(&context_of("ops"), &["namespace.view", "template.view", "environment.view"]);
        let user = |(name, title): (&str, &str)| (name.to_owned(), User { title: title.to_owned() });
        let users = [("admin", "Sandbox administrator"), ("guest", "Guest"), ("owner", "Sandbox owner")];
        Self {
            identities: [(credential, owner)].into(),
            users: users.into_iter().map(user).collect(),
            namespaces: [
                (
                    "ops".to_owned(),
                    namespace("Operations", &[("runbook", 4)], &[("runbook-1", State::Stopped)]),
                ),
                (
                    "web".to_owned(),
                    namespace(
                        "Web shop",
                        &[("backend", 16), ("frontend", 8)],
                        &[("backend-1", State::Running), ("frontend-1", State::Stopped)],
                    ),
                ),
            ]
            .into(),
        }
    }
}

/// An environment's template is its name without the number.
fn namespace(title: &str, templates: &[(&str, u32)], environments: &[(&str, State)]) -> Namespace {
    let template = |&(name, memory_gib): &(&str, u32)| {
        (name.to_owned(), Template { image: format!("images/{name}:1"), memory_gib })
    };
    let environment = |&(name, state): &(&str, State)| {
        let template = name.rsplit_once('-').map_or(name, |(template, _)| template);
        let mut environment = Environment::new(template);
        environment.become_state(state);
        (name.to_owned(), environment)
    };
    Namespace {
        title: title.to_owned(),
        templates: templates.iter().map(template).collect(),
        environments: environments.iter().map(environment).collect(),
        accounts: ["builder".to_owned()].into(),
    }
}
