//! The sources as they are written; `sources/README.md` says what they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Error, Permission, document::Switches};

/// Where a source comes from.
#[derive(Clone, Debug, Deserialize)]
pub struct About {
    /// Which publication.
    pub source: String,
    /// Which version of it.
    pub version: String,
    /// Under which licence it was published, and whom to attribute.
    pub licence: String,
    /// What is not the source's, where some of it is not.
    #[serde(default)]
    pub ours: Option<String>,
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

/// Scopes that are all needed (none where none is known), level, method, path under `/api/v1`.
pub type ForgeRow = (Option<Vec<String>>, String, String, String);

/// What Forgejo or Gitea publishes about scopes of access tokens.
#[derive(Clone, Debug, Deserialize)]
pub struct Forge {
    /// Where it comes from.
    pub about: About,
    /// Sorted by path.
    pub operations: Vec<ForgeRow>,
}

/// Permissions that are all needed, parted by spaces, empty where nothing is needed and `None` where nothing is known; method; path.
pub type ListedRow = (Option<String>, String, String);

/// A service whose permissions are listed beside its operations, with all else that a definition says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Where it comes from, and what of it is ours.
    pub about: About,
    /// As `--kind` takes it.
    pub kind: &'static str,
    /// For people.
    pub title: &'static str,
    /// For people.
    pub description: &'static str,
    /// Where the service usually is.
    #[serde(default)]
    pub base_url: Option<&'static str>,
    /// How its credential is sent.
    pub credential_form: &'static str,
    /// Where its own clients send their key.
    #[serde(default, borrow)]
    pub client_headers: Vec<&'static str>,
    /// Kinds of context, the narrowest first.
    pub contexts: Vec<ListedContext>,
    /// What can be granted.
    pub permissions: Vec<Permission>,
    /// What requests are judged by.
    pub operations: Vec<ListedRow>,
    /// What is allowed beyond the strict rules.
    pub switches: Switches,
}

/// A kind of context, and how a path names one: by the first of its values whose parameters the path has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedContext {
    /// As in a grant.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// Values in any letter case are the same.
    #[serde(default)]
    pub fold_case: bool,
    /// Such as `{owner}/{repo}`.
    pub values: Vec<String>,
}

impl Forge {
    /// Operations whose scopes are known.
    pub fn known(&self) -> impl Iterator<Item = &ForgeRow> {
        self.operations.iter().filter(|(scopes, ..)| scopes.is_some())
    }

    /// The source of Forgejo in `sources/`.
    pub fn forgejo() -> Result<Self, Error> {
        Ok(serde_json::from_str(include_str!("../sources/forgejo.json"))?)
    }

    /// The source of Gitea in `sources/`.
    pub fn gitea() -> Result<Self, Error> {
        Ok(serde_json::from_str(include_str!("../sources/gitea.json"))?)
    }
}

/// Sources in `sources/` under the name of their kind.
macro_rules! listed {
    ($($kind:literal),* $(,)?) => {
        [$(include_str!(concat!("../sources/", $kind, ".json"))),*]
    };
}

impl Listed {
    /// Those in `sources/`.
    pub fn all() -> Result<Vec<Self>, Error> {
        let texts: [&'static str; 9] = listed![
            "openai",
            "anthropic",
            "npm",
            "pypi",
            "docker-registry",
            "sentry",
            "slack",
            "teamcity",
            "youtrack",
        ];
        texts.into_iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }
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
