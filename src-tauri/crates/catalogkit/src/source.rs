//! The sources as they are written; `sources/README.md` says what they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Error;

/// Where a source comes from.
#[derive(Clone, Debug, Deserialize)]
pub struct About {
    /// Which publication.
    pub source: String,
    /// Which version of it.
    pub version: String,
    /// Under which licence it was published, and whom to attribute.
    pub licence: String,
}

/// What GitHub publishes about fine-grained personal access tokens.
#[derive(Clone, Debug, Deserialize)]
pub struct GitHub {
    /// Where it comes from.
    pub about: About,
    /// By key.
    pub permissions: BTreeMap<String, GitHubPermission>,
    /// By `METHOD path`: any of (all of (permission, level)).
    pub operations: BTreeMap<String, Vec<Vec<(String, String)>>>,
}

/// A permission of GitHub.
#[derive(Clone, Debug, Deserialize)]
pub struct GitHubPermission {
    /// `repository`, `organization` or `user`.
    pub level: String,
    /// For people.
    pub title: String,
    /// Levels of access it has: `read`, `write`, `admin`, each with those before it.
    pub access: Vec<String>,
}

/// Permission, boundaries of which any one does, method, path, and a permission that is needed besides.
pub type GitLabRow = (String, Vec<String>, String, String, Option<String>);

/// What GitLab publishes about fine-grained personal access tokens.
#[derive(Clone, Debug, Deserialize)]
pub struct GitLab {
    /// Where it comes from.
    pub about: About,
    /// By key.
    pub permissions: BTreeMap<String, GitLabPermission>,
    /// In the source's order.
    pub endpoints: Vec<GitLabRow>,
    /// Method and path of what needs no permission.
    pub open: Vec<(String, String)>,
    /// Method and path of what is not for tokens of this kind.
    pub closed: Vec<(String, String)>,
}

/// A permission of GitLab.
#[derive(Clone, Debug, Deserialize)]
pub struct GitLabPermission {
    /// For people.
    pub title: String,
    /// Heading.
    pub category: String,
    /// What it is about.
    pub resource: String,
    /// What may be done with that.
    pub action: String,
    /// `project`, `group`, `user`, `instance`.
    pub boundaries: Vec<String>,
}

impl GitHub {
    /// The source in `sources/`.
    pub fn read() -> Result<Self, Error> {
        Ok(serde_json::from_str(include_str!("../sources/github.json"))?)
    }
}

impl GitLab {
    /// The source in `sources/`.
    pub fn read() -> Result<Self, Error> {
        Ok(serde_json::from_str(include_str!("../sources/gitlab.json"))?)
    }
}
