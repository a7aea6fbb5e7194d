use crate::service::{BaseUrl, CredentialForm};

/// Place of an endpoint among those of a service: the main one first, then the others in the definition's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointIndex(pub usize);

impl EndpointIndex {
    /// That of the base URL.
    pub const MAIN: Self = Self(0);
}

/// The endpoints that a request may mean, as far as the way it came tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointSet(u16);

impl EndpointSet {
    /// As many endpoints as a service may have, the main one among them.
    pub const MOST: usize = 16;
    /// Any of them: the path alone decides.
    pub const ALL: Self = Self(u16::MAX);

    /// Just this one.
    pub const fn only(endpoint: EndpointIndex) -> Self {
        Self(1 << endpoint.0)
    }

    /// These and `endpoint`.
    #[must_use]
    pub const fn with(self, endpoint: EndpointIndex) -> Self {
        Self(self.0 | 1 << endpoint.0)
    }

    /// Whether it is among them.
    pub const fn contains(self, endpoint: EndpointIndex) -> bool {
        endpoint.0 < Self::MOST && self.0 & (1 << endpoint.0) != 0
    }

    /// Where a request goes that no operation is known for.
    pub const fn first(self) -> EndpointIndex {
        EndpointIndex(self.0.trailing_zeros() as usize)
    }
}

/// What a definition says of an endpoint besides the main one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// For people.
    pub name: Box<str>,
    /// Where it is of a service at the definition's own base URL.
    pub usual: Place,
    /// Where it is of a service that is somewhere else.
    pub elsewhere: Place,
    /// How the credential is sent there, where that is not as to the main one.
    pub credential_form: Option<CredentialForm>,
}

/// Where an endpoint is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// There.
    At(BaseUrl),
    /// On the scheme, host and port of the main one, below this path.
    OnOrigin(Box<str>),
    /// Below the main one, with this path behind its own.
    BelowMain(Box<str>),
}

impl Place {
    /// Where it is of the service at `main`.
    pub fn of(&self, main: &BaseUrl) -> BaseUrl {
        match self {
            Self::At(base_url) => base_url.clone(),
            Self::OnOrigin(path) => main.with_path(path),
            Self::BelowMain(path) => main.with_path(&[main.path(), path].concat()),
        }
    }
}

/// The endpoints of a definition, but for the main one.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// The definition's own base URL.
    pub home: Option<BaseUrl>,
    /// At most one fewer than [`EndpointSet::MOST`].
    pub others: Vec<Endpoint>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in_and_its_first() {
        let (main, git) = (EndpointIndex::MAIN, EndpointIndex(3));
        let set = EndpointSet::only(git);
        assert!(set.contains(git) && !set.contains(main));
        assert_eq!((set.first(), set.with(main).first(), EndpointSet::ALL.first()), (git, main, main));
        assert!(EndpointSet::ALL.contains(EndpointIndex(EndpointSet::MOST - 1)));
    }

    #[test]
    fn places_follow_the_base_url() {
        let main = BaseUrl::parse("https://git.example.com:8443/api/v3").unwrap();
        let at = |place: Place| place.of(&main).to_string();
        assert_eq!(at(Place::OnOrigin("".into())), "https://git.example.com:8443");
        assert_eq!(at(Place::OnOrigin("/api/uploads".into())), "https://git.example.com:8443/api/uploads");
        assert_eq!(at(Place::BelowMain("/x".into())), "https://git.example.com:8443/api/v3/x");
        let other = BaseUrl::parse("https://github.com").unwrap();
        assert_eq!(Place::At(other.clone()).of(&main), other);
    }
}
