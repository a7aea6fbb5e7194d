use crate::{
    rules::Rules,
    service::{BaseUrl, CredentialForm, Service},
};

/// One of the places where a service lives, ready to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEndpoint {
    /// As its definition calls it; the main one has no name.
    pub name: Box<str>,
    /// Where it is.
    pub base_url: BaseUrl,
    /// Its `Host` header.
    pub authority: Box<str>,
    /// How the credential is sent there.
    pub credential_form: CredentialForm,
}

impl ServiceEndpoint {
    /// All that a service has by its definition, the main one first.
    pub fn all_of(service: &Service, rules: &Rules) -> Vec<Self> {
        let main = &service.base_url;
        let at_home = rules.endpoints.home.as_ref() == Some(main);
        let endpoint = |name: &str, base_url: BaseUrl, form: Option<&CredentialForm>| Self {
            name: name.into(),
            authority: base_url.authority().into(),
            base_url,
            credential_form: form.unwrap_or(&service.credential_form).clone(),
        };
        let others = rules.endpoints.others.iter().map(|other| {
            let place = if at_home { &other.usual } else { &other.elsewhere };
            endpoint(&other.name, place.of(main), other.credential_form.as_ref())
        });
        std::iter::once(endpoint("", main.clone(), None)).chain(others).collect()
    }

    /// Whether it is at this authority, as a `Host` header writes it.
    pub fn is_at(&self, authority: &str) -> bool {
        self.authority.eq_ignore_ascii_case(authority)
    }
}
