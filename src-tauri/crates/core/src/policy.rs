//! The policy snapshot: everything a decision needs, in the form in which it is looked up.
//!
//! A snapshot is a value. A change makes a new one that shares all but what changed; the gateway's threads are
//! handed the new one and judge what they have open once more by it.

mod endpoint;
mod held;
mod injection;
mod token_table;

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

pub use endpoint::ServiceEndpoint;
pub use held::Held;
pub(crate) use held::{Manner, held_manner};
pub use injection::{CredentialState, Injection, Injections};
pub use token_table::TokenTable;

use crate::{
    grant::{Access, Grant},
    ports::VaultError,
    rights::{Extent, Rights},
    rules::{BoundContext, PermissionIndex, Rules},
    service::{Service, ServiceName},
    token::{Token, TokenId},
};

/// Something for each of some services.
pub type ByService<T> = HashMap<ServiceName, T, RandomState>;

/// Whether the gateway forwards at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Running {
    /// It does.
    #[default]
    On,
    /// The owner paused it.
    Paused,
}

/// A connected service, ready to be judged and reached.
#[derive(Clone, Debug)]
pub struct ServicePolicy {
    /// Its name.
    pub name: ServiceName,
    /// Where it lives; the main one first, and never without that.
    pub endpoints: Vec<ServiceEndpoint>,
    /// Its compiled definition.
    pub rules: Arc<Rules>,
    /// Headers besides `Authorization` in which a client may send its personal token: those of the definition, and those
    /// in which the master credential itself goes out.
    pub key_headers: Vec<Box<str>>,
    /// The owner's rights there; `None` is everything.
    pub(crate) owner: Option<Held>,
    pub(crate) rights: Rights,
    pub(crate) extent: Extent,
    pub(crate) credential: CredentialState,
}

impl ServicePolicy {
    /// From the service's record, its compiled definition and what the vault gave.
    pub fn new(service: &Service, rules: Arc<Rules>, credential: CredentialState) -> Self {
        let extent = service.rights.extent(&rules);
        let owner = Held::of_rights(&extent, &rules);
        let endpoints = ServiceEndpoint::all_of(service, &rules);
        let mut key_headers = rules.client_headers.clone();
        for own in endpoints.iter().map(|endpoint| endpoint.credential_form.header_name()) {
            let is_known = |name: &str| name.eq_ignore_ascii_case(own);
            if !is_known("authorization") && !key_headers.iter().any(|name| is_known(name)) {
                key_headers.push(own.into());
            }
        }
        Self {
            name: service.name.clone(),
            key_headers,
            endpoints,
            rules,
            owner,
            rights: service.rights.clone(),
            extent,
            credential,
        }
    }

    /// The same service with what the vault gives now.
    pub fn with_credential(&self, credential: CredentialState) -> Self {
        Self { credential, ..self.clone() }
    }

    /// The endpoint at its base URL.
    pub fn main(&self) -> &ServiceEndpoint {
        &self.endpoints[0]
    }

    /// Leave for a request of the owner's own (a check of the credential) to the main endpoint, which no token is behind.
    pub fn own_request(&self) -> Result<OwnRequest<'_>, VaultError> {
        match &self.credential {
            CredentialState::Ready(injections) => Ok(OwnRequest(injections.main())),
            CredentialState::Unavailable(problem) => Err(*problem),
        }
    }

    /// The owner's rights there, with all that they bring.
    pub const fn extent(&self) -> &Extent {
        &self.extent
    }

    /// What the vault gave.
    pub const fn credential(&self) -> &CredentialState {
        &self.credential
    }
}

/// Leave for a request of the owner's own.
#[derive(Clone, Copy, Debug)]
pub struct OwnRequest<'s>(&'s Injection);

impl OwnRequest<'_> {
    /// The header line that carries the master credential.
    pub fn credential_line(&self) -> &[u8] {
        self.0.line()
    }
}

/// A token, ready to be judged.
#[derive(Clone, Debug)]
pub struct TokenPolicy {
    /// Its record.
    pub token: Token,
    pub(crate) access: CompiledAccess,
}

#[derive(Clone, Debug)]
pub(crate) enum CompiledAccess {
    Full,
    Limited(ByService<Held>),
}

impl TokenPolicy {
    /// Compiles a token's access against the services as they are now. Grants of services that are gone, and of
    /// rights that the owner lost, compile to nothing.
    pub fn new(token: Token, services: &ByService<Arc<ServicePolicy>>) -> Self {
        let access = match &token.access {
            Access::Full => CompiledAccess::Full,
            Access::Limited(grants) => {
                let mut held: ByService<Held> = ByService::default();
                for grant in grants {
                    if let Some(service) = services.get(&grant.service) {
                        held.entry(grant.service.clone()).or_default().add(
                            grant,
                            &service.rules,
                            &service.extent,
                        );
                    }
                }
                CompiledAccess::Limited(held)
            }
        };
        Self { token, access }
    }

    /// Whether the token has `permission` in one of `contexts` or globally, cut by the owner's rights.
    pub(crate) fn holds(
        &self,
        service: &ServicePolicy,
        permission: PermissionIndex,
        contexts: &[BoundContext],
        manner: Manner,
    ) -> bool {
        match &self.access {
            CompiledAccess::Full if manner == Manner::ByName => false,
            CompiledAccess::Full => {
                service.owner.as_ref().is_none_or(|owner| owner.has(permission, contexts, manner))
            }
            CompiledAccess::Limited(services) => {
                services.get(&service.name).is_some_and(|held| held.has(permission, contexts, manner))
            }
        }
    }

    /// The token's grants of one service, as the owner chose them.
    pub fn grants_of<'g>(&'g self, service: &'g ServiceName) -> impl Iterator<Item = &'g Grant> + Clone {
        let grants = match &self.token.access {
            Access::Full => None,
            Access::Limited(grants) => Some(grants),
        };
        grants.into_iter().flatten().filter(move |grant| grant.service == *service)
    }
}

/// Everything a decision needs.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    tokens: TokenTable,
    services: Arc<ByService<Arc<ServicePolicy>>>,
    running: Running,
}

impl Snapshot {
    /// Nothing connected, no token.
    pub fn empty() -> Self {
        Self::default()
    }

    /// All tokens.
    pub const fn tokens(&self) -> &TokenTable {
        &self.tokens
    }

    /// The service called `name`.
    pub fn service(&self, name: &str) -> Option<&Arc<ServicePolicy>> {
        self.services.get(name)
    }

    /// The services that have an endpoint at this host, as a `Host` header writes it.
    pub fn services_at<'s>(
        &'s self,
        authority: &'s str,
    ) -> impl Iterator<Item = &'s Arc<ServicePolicy>> + 's {
        self.services.values().filter(move |service| service.endpoints.iter().any(|at| at.is_at(authority)))
    }

    /// All services.
    pub fn services(&self) -> &ByService<Arc<ServicePolicy>> {
        &self.services
    }

    /// Whether the gateway forwards.
    pub const fn running(&self) -> Running {
        self.running
    }

    /// With these tokens put in, each replacing what had its id. A replaced secret's digest goes.
    pub fn with_tokens(&self, tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut next = self.clone();
        for token in tokens {
            next.tokens.put(Arc::new(TokenPolicy::new(token, &self.services)));
        }
        next
    }

    /// Without any trace of this token.
    pub fn without_token(&self, token: TokenId) -> Self {
        let mut next = self.clone();
        next.tokens.remove(token);
        next
    }

    /// With this service put in or replaced; the tokens are compiled against it where its rules or rights changed.
    pub fn with_service(&self, service: ServicePolicy) -> Self {
        let meaning_kept = self
            .service(service.name.as_str())
            .is_some_and(|old| Arc::ptr_eq(&old.rules, &service.rules) && old.rights == service.rights);
        let name = service.name.clone();
        let mut services = ByService::clone(&self.services);
        services.insert(name.clone(), Arc::new(service));
        let next = Self { services: Arc::new(services), ..self.clone() };
        if meaning_kept { next } else { next.recompile(&name) }
    }

    /// Without this service.
    pub fn without_service(&self, name: &ServiceName) -> Self {
        let mut services = ByService::clone(&self.services);
        services.remove(name);
        Self { services: Arc::new(services), ..self.clone() }.recompile(name)
    }

    /// Running or paused.
    pub fn with_running(&self, running: Running) -> Self {
        Self { running, ..self.clone() }
    }

    fn recompile(mut self, changed: &ServiceName) -> Self {
        let concerned: Vec<_> = self
            .tokens
            .iter()
            .filter(|policy| policy.grants_of(changed).next().is_some())
            .map(|policy| policy.token.clone())
            .collect();
        for token in concerned {
            self.tokens.put(Arc::new(TokenPolicy::new(token, &self.services)));
        }
        self
    }
}
