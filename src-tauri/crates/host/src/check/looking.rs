//! Whether what grants name is still there at the service.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use valetkey_core::{
    grant::{Access, Context},
    service::ServiceName,
};
use valetkey_wire::Event;

use super::{Asking, Family, gitea, github, gitlab, npm, policy, registry, sentry, space};
use crate::{
    inner::Inner,
    services::connected,
    state::{Missing, State},
};

/// So many are looked for in one check.
const MOST: usize = 50;

/// What a service answers about something by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    There,
    Gone,
    /// It leads to another name.
    Moved,
    /// The answer says nothing, or there is no way to ask.
    Unknown,
}

impl Standing {
    pub(super) const fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::There,
            301 | 302 | 307 | 308 => Self::Moved,
            404 | 410 => Self::Gone,
            _ => Self::Unknown,
        }
    }
}

/// Looks for what tokens name in a service, beside whatever else happens.
pub(super) fn start(inner: &Arc<Inner>, name: &ServiceName) {
    let wanted = wanted(&inner.state(), name);
    if wanted.is_empty() && inner.state().faces.get(name).is_none_or(|face| face.missing.is_empty()) {
        return;
    }
    let (inner, name) = (Arc::clone(inner), name.clone());
    tokio::spawn(async move {
        let Some(missing) = look(&inner, &name, wanted).await else { return };
        let changed = match inner.state_mut().faces.get_mut(&name) {
            Some(face) => std::mem::replace(&mut face.missing, missing.clone()) != missing,
            None => false,
        };
        if changed {
            inner.announce(Event::Tokens);
        }
    });
}

/// The contexts that live tokens name there.
fn wanted(state: &State, name: &ServiceName) -> BTreeSet<Context> {
    let live = state.tokens.iter().filter(|token| !token.is_revoked());
    let grants = live.filter_map(|token| match &token.access {
        Access::Full => None,
        Access::Limited(grants) => Some(grants),
    });
    let here = grants.flatten().filter(|grant| grant.service == *name && grant.context.value().is_some());
    here.map(|grant| grant.context.clone()).take(MOST).collect()
}

/// Those that are missing; `None` where the service could not be asked.
async fn look(
    inner: &Inner,
    name: &ServiceName,
    wanted: BTreeSet<Context>,
) -> Option<BTreeMap<Context, Missing>> {
    let (connected, policy) = (connected(inner, name).ok()?, policy(inner, name).ok()?);
    let asking = Asking::of(&connected, &policy).await.ok()?;
    let mut missing = BTreeMap::new();
    for context in wanted {
        let (kind, value) = (context.kind(), context.value().unwrap_or_default());
        let standing = match Family::of(&connected.service) {
            Family::Github => github::look(&asking, kind, value).await,
            Family::Gitlab => gitlab::look(&asking, kind, value).await,
            Family::Gitea => gitea::look(&asking, kind, value).await,
            Family::Sentry => sentry::look(&asking, kind, value).await,
            Family::Space(family) => space::look(&asking, family, kind, value).await,
            Family::Npm => npm::look(&asking, kind, value).await,
            Family::Registry => registry::look(&asking, kind, value).await,
            Family::Sandbox | Family::Slack | Family::Plain(_) | Family::Other => return None,
        };
        match standing.ok()? {
            Standing::There | Standing::Unknown => {}
            Standing::Gone => drop(missing.insert(context, Missing::Gone)),
            Standing::Moved => drop(missing.insert(context, Missing::Moved)),
        }
    }
    Some(missing)
}
