use serde_json::{Value, json};
use valetkey_core::path::Path;

/// A protocol on top of HTTP whose replies need more than others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Nothing.
    #[default]
    Usual,
    /// The registries of container images (OCI distribution 1.1). There a Bearer challenge is the address of a server for tokens, which
    /// clients ask before anything else; and they show what stands in a list of errors.
    Images,
    /// The batches of git-lfs, whose replies say where large files are and with which credential they are fetched and brought.
    LargeFiles,
}

impl Dialect {
    /// By the path at the service, whatever service that is: the reply must not tell which there are.
    pub(crate) fn of(path: Path<'_>) -> Self {
        let path = path.as_str();
        if path.ends_with("/info/lfs/objects/batch") {
            Self::LargeFiles
        } else if path.starts_with("/v2/") {
            Self::Images
        } else {
            Self::Usual
        }
    }

    /// Whether clients take a Bearer challenge for what it is here.
    pub(crate) const fn has_bearer(self) -> bool {
        !matches!(self, Self::Images)
    }

    /// The member with which a refusal says once more what it says.
    pub(crate) fn besides(self, status: u16, description: &str) -> Option<(&'static str, Value)> {
        let code = if status == 401 { "UNAUTHORIZED" } else { "DENIED" };
        match self {
            Self::Usual | Self::LargeFiles => None,
            Self::Images => Some(("errors", json!([{"code": code, "message": description}]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_at_the_service_tells_the_protocol() {
        for (path, dialect) in [
            ("/v2/", Dialect::Images),
            ("/v2/acme/site/tags/list", Dialect::Images),
            ("/v2", Dialect::Usual),
            ("/v20/acme", Dialect::Usual),
            ("/api/v2/", Dialect::Usual),
            ("/acme/site.git/info/lfs/objects/batch", Dialect::LargeFiles),
            ("/v2/site.git/info/lfs/objects/batch", Dialect::LargeFiles),
            ("/acme/site.git/info/lfs/locks", Dialect::Usual),
        ] {
            assert_eq!(Dialect::of(Path::parse(path).unwrap()), dialect, "{path}");
        }
    }
}
