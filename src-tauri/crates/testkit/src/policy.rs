use std::{collections::BTreeMap, sync::Arc};

use valetkey_catalog::Definition;
use valetkey_core::{
    grant::Access,
    policy::{CredentialState, ServicePolicy, Snapshot},
    rights::Rights,
    secret::MasterCredential,
    service::{BaseUrl, CredentialForm, Service, ServiceName},
    time::Timestamp,
    token::{Note, Status, Token, TokenName, TokenSecret},
    tokens::{Connected, Services},
};

/// The master credential that every test service has: a canary that no application may ever see.
pub const MASTER: &str = "master-canary-Zx81-never-seen-by-any-application";

/// Puts a policy together for tests. Panics where a test writes something malformed.
#[derive(Debug, Default)]
pub struct PolicyBuilder {
    snapshot: Snapshot,
    services: Services,
    tokens: u64,
}

impl PolicyBuilder {
    /// Nothing connected.
    pub fn new() -> Self {
        Self { services: BTreeMap::new(), ..Self::default() }
    }

    /// Connects a service with a definition document; the credential is sent as Bearer unless said otherwise.
    #[must_use]
    pub fn service(self, name: &str, base_url: &str, definition: &str, form: Option<&str>) -> Self {
        self.service_with_rights(name, base_url, definition, form, Rights::All)
    }

    /// The same where the owner has certain rights only.
    #[must_use]
    pub fn service_with_rights(
        mut self,
        name: &str,
        base_url: &str,
        definition: &str,
        form: Option<&str>,
        rights: Rights,
    ) -> Self {
        let definition = expect(Definition::parse(definition));
        let rules = Arc::new(definition.rules().clone());
        let form = form.map_or(CredentialForm::Bearer, |form| expect(form.parse()));
        let (name, base_url) = (expect(ServiceName::parse(name)), expect(BaseUrl::parse(base_url)));
        let service =
            Service { rights, ..Service::connected(name, "test", base_url, form, Timestamp::from_millis(0)) };
        let credential = expect(MasterCredential::parse(MASTER));
        let credential = CredentialState::ready(&service, &rules, &credential);
        let policy = ServicePolicy::new(&service, Arc::clone(&rules), credential);
        self.snapshot = self.snapshot.with_service(policy);
        self.services.insert(service.name.clone(), Connected { service, rules });
        self
    }

    /// Adds a live token with this access (`**`, or grants) and gives its record and its string.
    pub fn token(&mut self, access: &str) -> (Token, String) {
        self.tokens += 1;
        let (id, secret) = expect(TokenSecret::generate());
        let token = Token {
            id,
            name: expect(TokenName::parse(&format!("token {}", self.tokens))),
            note: Note::default(),
            access: expect(access.parse::<Access>()),
            digest: secret.digest(),
            status: Status::Active,
            created: Timestamp::from_millis(0),
            expires: None,
            proxy: false,
        };
        self.put(token.clone());
        (token, secret.expose().to_owned())
    }

    /// Puts a token's record in, replacing what was there.
    pub fn put(&mut self, token: Token) {
        self.snapshot = self.snapshot.with_tokens([token]);
    }

    /// Changes the snapshot in another way.
    pub fn change(&mut self, change: impl FnOnce(&Snapshot) -> Snapshot) {
        self.snapshot = change(&self.snapshot);
    }

    /// The snapshot as it is now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(self.snapshot.clone())
    }

    /// The services, as the use cases want them.
    pub const fn services(&self) -> &Services {
        &self.services
    }
}

fn expect<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("a test's own policy is malformed: {error:?}"),
    }
}
