//! Forgejo and Gitea: the API, git, packages and the container registry, all on one host.
//!
//! What is ours and not the source's:
//! - The source's scopes hold for a whole account. Here they can be granted for one repository, one owner (an organization or a user whose
//!   repositories and packages they are), or the owner's own account. Where a path does not name what it reaches, or the body names
//!   something else ([`UNNAMED`]), only a global grant counts.
//! - A name can't hold a colon: the scope `write:issue` is the permission `issue.write`. `misc` is not offered, for nothing asks for it.
//! - What makes or reveals a credential ([`MINTS`]) needs a permission of ours besides, so that `user.write` alone makes no token.
//! - Forgejo judges the deleting of a repository by the kind of its owner, which the path does not tell: it needs both scopes here.
//! - A parameter that holds a path or a branch takes the rest of the request's path ([`RESTS`]).

mod outside;

use crate::{
    Closed, Document, Operation, Permission, Risk,
    document::{ContextKind, Switches},
    overlap,
    source::Forge,
};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Forgejo.
    Forgejo,
    /// Gitea.
    Gitea,
}

/// What makes or reveals a credential needs this besides what the source says.
const MINTING: &str = "credentials.write";

/// What opens something without the owner's credential: tokens, keys, clients of OAuth, accounts, and what runners register with.
const MINTS: [&str; 9] = [
    "POST /users/{username}/tokens",
    "POST /user/applications/oauth2",
    "PATCH /user/applications/oauth2/{id}",
    "POST /user/keys",
    "POST /repos/{owner}/{repo}/keys",
    "POST /admin/users/{username}/keys",
    "POST /admin/users",
    "PATCH /admin/users/{username}",
    "/runners/registration-token",
];

/// Forgejo makes a runner, with its token, by a POST here.
const RUNNERS: &str = "/actions/runners";

/// Paths that do not name all that they reach, with a method or with any: another repository or owner stands in the body, or a part of the
/// path is not looked at (a team's number alone tells its organization).
const UNNAMED: [(&str, &str); 9] = [
    ("POST", "/repos/{template_owner}/{template_repo}/generate"),
    ("POST", "/repos/{owner}/{repo}/forks"),
    ("POST", "/repos/{owner}/{repo}/transfer"),
    ("POST", "/repos/{owner}/{repo}/issues/{index}/dependencies"),
    ("DELETE", "/repos/{owner}/{repo}/issues/{index}/dependencies"),
    ("POST", "/repos/{owner}/{repo}/issues/{index}/blocks"),
    ("DELETE", "/repos/{owner}/{repo}/issues/{index}/blocks"),
    ("", "/teams/{id}/repos/{org}/{repo}"),
    ("", "/admin/unadopted/{owner}/{repo}"),
];

/// Ends of paths that may hold slashes, by the name of the parameter that does.
const RESTS: [&str; 11] = [
    "/contents/{filepath}",
    "/contents-ext/{filepath}",
    "/raw/{filepath}",
    "/media/{filepath}",
    "/archive/{archive}",
    "/branches/{branch}",
    "/sync_fork/{branch}",
    "/git/refs/{ref}",
    "/{owner}/{repo}/tags/{tag}",
    "/releases/tags/{tag}",
    "/compare/{basehead}",
];

/// For `docs/catalog.md`.
pub(crate) const NOTES: &str = "
## Forgejo and Gitea

- A permission is a scope of theirs: `write:issue` is `issue.write`, for a name can't hold a colon, and brings `issue.read`. Which scope an
  operation needs follows from its group of routes, and all that are listed are needed. `misc` is not offered: nothing asks for it.
- Their tokens reach a whole account; here a scope can be granted for one repository, one owner (`organization=acme`, a user's name too) or
  your own account (`user`). Packages and images are an owner's, not a repository's.
- `credentials.write` is ours: what makes or reveals a credential (access tokens, SSH and deploy keys, OAuth clients, accounts, registration of runners, tokens of
  the container registry) needs it besides its scope.
- Deleting a repository of Forgejo needs `user.write` and `organization.write`: Forgejo asks for the one or the other by the kind of its owner, which no path tells.
- Forks, transfers, repositories from templates, and what links an issue to one elsewhere name another place in the body; `/teams/{id}/…` is told by its number,
  whatever organization stands behind it. Only a global grant counts there.
- `GET` and `DELETE /token` of Gitea have no known scope: unknown.
- git, packages (`/api/packages`) and images (`/v2`) are on the same host, and the credential goes there as to the API: Basic, as password. Wikis belong to their repository.
- An LFS batch needs reading or writing by the direction in its body. The instance answers with addresses of its own and with the credential that the batch came with: the gateway leads the addresses back to itself and takes the credential out.
- `sudo`, `token` and `access_token` in the query, and in forms and JSON, are refused, and so is `mount` (it takes a layer out of another repository); the headers `Sudo`, `X-Gitea-OTP` and `X-Forgejo-OTP` are dropped.
- A push or a written file can change a workflow, and with it what runs with the repository's secrets: grant `repository.write` only to what may do so.
";

/// Everything that is on the instance's host.
pub fn all(kind: Kind, source: &Forge) -> Document {
    let mut operations = Vec::new();
    for (categories, level, method, path) in &source.operations {
        // Of what has no known scope nothing is known: it stays unknown.
        if let Some(categories) = categories {
            let requires = requires(categories, level, method, path);
            for path in spellings(path) {
                operations.push(operation(method, &path, requires.clone()));
            }
        }
    }
    operations.extend(outside::operations());
    overlap::settle(&mut operations);
    let (name, title) = match kind {
        Kind::Forgejo => ("forgejo", "Forgejo"),
        Kind::Gitea => ("gitea", "Gitea"),
    };
    Document {
        kind: name,
        title,
        description: "API, git, packages and container registry of an instance; its base URL is where its pages begin. The master credential is an access token of your account.",
        source: format!("{}; {}", source.about.source, source.about.version),
        base_url: None,
        // The one form that the API, git, packages and the registry all take; the user name does not matter.
        credential_form: "basic:x-access-token",
        endpoints: Vec::new(),
        client_headers: Vec::new(),
        contexts: contexts(),
        permissions: permissions(&operations),
        operations,
        by_number: Vec::new(),
        graphql: None,
        closed: closed(source),
        switches: Switches {
            encoded_slash: true,
            bodies: vec!["DELETE"],
            refused_parameters: vec!["token", "access_token", "sudo", "mount"],
            refused_in_bodies: true,
            dropped_headers: vec!["sudo", "x-gitea-otp", "x-forgejo-otp"],
            ..Switches::default()
        },
    }
}

fn contexts() -> Vec<ContextKind> {
    vec![
        ContextKind { name: "repository", title: "Repository", sole: false, fold_case: true, resolve: None },
        ContextKind {
            name: "organization",
            title: "Organization or owner",
            sole: false,
            fold_case: true,
            resolve: None,
        },
        ContextKind { name: "user", title: "Your account", sole: true, fold_case: false, resolve: None },
    ]
}

/// What the source says is all needed; `user|organization` is Forgejo's way to say that it depends.
fn requires(categories: &[String], level: &str, method: &str, path: &str) -> Vec<String> {
    let parts = categories.iter().flat_map(|category| category.split('|'));
    let mut all: Vec<String> = parts.map(|category| format!("{category}.{level}")).collect();
    let place = format!("{method} {path}");
    let runner = method == "POST" && path.ends_with(RUNNERS);
    if runner
        || MINTS.iter().any(|end| if end.starts_with('/') { path.ends_with(end) } else { place == *end })
    {
        all.push(MINTING.to_owned());
    }
    all
}

/// The templates of one path of the source.
fn spellings(path: &str) -> Vec<String> {
    if path.contains("{diffType}") {
        return ["diff", "patch"].map(|kind| path.replace("{diffType}", kind)).to_vec();
    }
    let takes_rest = RESTS.iter().any(|end| path.ends_with(end));
    vec![if takes_rest {
        path.strip_suffix('}').map_or_else(|| path.to_owned(), |path| format!("{path}**}}"))
    } else {
        path.to_owned()
    }]
}

fn operation(method: &str, path: &str, requires: Vec<String>) -> Operation {
    let unnamed = UNNAMED.iter().any(|(known, end)| path == *end && (known.is_empty() || *known == method));
    let contexts = if unnamed { Vec::new() } else { named(path) };
    let risk = risk(method, &requires);
    let requires = if requires.is_empty() { Vec::new() } else { vec![requires] };
    Operation { requires, contexts, risk, ..Operation::of(method, format!("/api/v1{path}")) }
}

/// The contexts that a path of the API names.
fn named(path: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if path.contains("/{owner}/{repo}") {
        found.push(("repository", "{owner}/{repo}".to_owned()));
    }
    if path.contains("/{owner}") {
        found.push(("organization", "{owner}".to_owned()));
    } else if path.contains("/{org}") {
        found.push(("organization", "{org}".to_owned()));
    }
    if path == "/user" || path.starts_with("/user/") || path.starts_with("/notifications") {
        found.push(("user", String::new()));
    }
    found
}

fn risk(method: &str, requires: &[String]) -> Risk {
    match method {
        _ if requires.iter().any(|name| name == MINTING) => Risk::MintsCredentials,
        "DELETE" => Risk::Destructive,
        _ => Risk::Plain,
    }
}

/// Those of the source that something asks for, each with its levels, and ours.
fn permissions(operations: &[Operation]) -> Vec<Permission> {
    const CATEGORIES: [(&str, &str, &[&str]); 8] = [
        ("repository", "Repository", &["global", "organization", "repository"]),
        ("issue", "Issue", &["global", "organization", "repository"]),
        ("package", "Package", &["global", "organization"]),
        ("organization", "Organization", &["global", "organization"]),
        ("user", "User", &["global", "organization", "user"]),
        ("notification", "Notification", &["global", "organization", "repository", "user"]),
        ("activitypub", "ActivityPub", &["global"]),
        ("admin", "Site administration", &["global"]),
    ];
    let risk = |name: &str| {
        let opens = |operation: &&Operation| operation.requires.iter().flatten().any(|needed| needed == name);
        let worst = operations.iter().filter(opens).map(|operation| operation.risk).max();
        if worst > Some(Risk::Plain) { Risk::Destructive } else { Risk::Plain }
    };
    let asked_for =
        |name: &str| operations.iter().flat_map(|o| &o.requires).flatten().any(|needed| needed == name);
    let mut permissions = Vec::new();
    for (category, title, contexts) in CATEGORIES {
        let read = format!("{category}.read");
        for level in ["read", "write"] {
            let name = format!("{category}.{level}");
            if asked_for(&name) {
                permissions.push(Permission {
                    title: format!("{title}: {level}"),
                    group: "Scopes".to_owned(),
                    risk: risk(&name),
                    contexts: contexts.to_vec(),
                    implies: if level == "write" { vec![read.clone()] } else { Vec::new() },
                    scopes: Vec::new(),
                    name,
                });
            }
        }
    }
    permissions.push(Permission {
        name: MINTING.to_owned(),
        title: "Tokens, keys and accounts: make".to_owned(),
        group: "Besides a scope".to_owned(),
        risk: Risk::MintsCredentials,
        contexts: vec!["global", "organization", "repository", "user"],
        implies: Vec::new(),
        scopes: Vec::new(),
    });
    permissions
}

/// What has no known scope, also where a wider path would fit.
fn closed(source: &Forge) -> Vec<Closed> {
    let unknown = source.operations.iter().filter(|(categories, ..)| categories.is_none());
    unknown
        .map(|(_, _, method, path)| Closed { method: method.clone(), path: format!("/api/v1{path}") })
        .collect()
}
