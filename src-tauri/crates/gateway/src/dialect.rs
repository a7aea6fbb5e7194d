use serde_json::{Value, json};
use valetkey_core::path::Path;

/// What clients of a protocol need a refusal to say besides what every refusal says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Nothing.
    #[default]
    Usual,
    /// The registries of container images (OCI distribution 1.1). There a Bearer challenge is the address of a server for tokens, which
    /// clients ask before anything else; and they show what stands in a list of errors.
    Images,
}

impl Dialect {
    /// By the path at the service, whatever service that is: the reply must not tell which there are.
    pub(crate) fn of(path: Path<'_>) -> Self {
        if path.as_str().starts_with("/v2/") { Self::Images } else { Self::Usual }
    }

    /// Whether clients take a Bearer challenge for what it is here.
    pub(crate) const fn has_bearer(self) -> bool {
        matches!(self, Self::Usual)
    }

    /// The member with which a refusal says the same once more.
    pub(crate) fn besides(self, status: u16, description: &str) -> Option<(&'static str, Value)> {
        let code = if status == 401 { "UNAUTHORIZED" } else { "DENIED" };
        match self {
            Self::Usual => None,
            Self::Images => Some(("errors", json!([{"code": code, "message": description}]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_v2_is_of_images() {
        for (path, dialect) in [
            ("/v2/", Dialect::Images),
            ("/v2/acme/site/tags/list", Dialect::Images),
            ("/v2", Dialect::Usual),
            ("/v20/acme", Dialect::Usual),
            ("/api/v2/", Dialect::Usual),
        ] {
            assert_eq!(Dialect::of(Path::parse(path).unwrap()), dialect, "{path}");
        }
    }
}
