use serde_json::{Map, json};

use crate::{
    Closed, Document, GitHub, Operation, Permission, Risk,
    document::{ContextKind, Switches},
};

/// git over HTTPS: another host than the API, and another way to send the same credential.
pub fn git(source: &GitHub) -> Document {
    let mut operations = Vec::new();
    let mut closed = Vec::new();
    for repository in ["/{owner}/{repo}.git", "/{owner}/{repo}"] {
        operations.extend(smart(repository, "contents.read", "contents.write"));
    }
    for wiki in ["/{owner}/{repo}.wiki.git", "/{owner}/{repo}.wiki"] {
        closed.extend(
            smart(wiki, "", "")
                .into_iter()
                .map(|of_wiki| Closed { method: of_wiki.method, path: of_wiki.path }),
        );
    }
    closed.dedup();
    let permission = |name: &str, title: &str, risk, implies: &[&str]| Permission {
        name: name.to_owned(),
        title: title.to_owned(),
        group: "Repository permissions".to_owned(),
        risk,
        contexts: vec!["global", "organization", "repository"],
        implies: implies.iter().map(|&name| name.to_owned()).collect(),
    };
    Document {
        kind: "github-git",
        title: "GitHub, git over HTTPS",
        description: "Clone, fetch and push on github.com. Its master credential is the same as that of GitHub.",
        source: format!(
            "{}; {}. Paths of git: its smart HTTP protocol",
            source.about.source, source.about.version
        ),
        base_url: Some("https://github.com"),
        credential_form: "basic:x-access-token",
        client_headers: vec![],
        contexts: vec![
            ContextKind { name: "repository", title: "Repository", sole: false, fold_case: true },
            ContextKind { name: "organization", title: "Organization", sole: false, fold_case: true },
        ],
        permissions: vec![
            permission("contents.read", "Contents: read", Risk::Plain, &[]),
            permission("contents.write", "Contents: write", Risk::Destructive, &["contents.read"]),
        ],
        operations,
        closed,
        switches: Switches { refused_parameters: vec!["access_token"], ..Switches::default() },
    }
}

/// Both requests of a fetch, both of a push, and the LFS batch, whose direction stands in its body: it needs what a push needs.
fn smart(repository: &str, fetch: &str, push: &str) -> Vec<Operation> {
    let operation = |method: &str, path: &str, service: Option<&str>, permission: &str| Operation {
        method: method.to_owned(),
        path: format!("{repository}{path}"),
        query: service.map(|service| Map::from_iter([("service".to_owned(), json!(service))])),
        requires: vec![vec![permission.to_owned()]],
        contexts: vec![("repository", "{owner}/{repo}".to_owned()), ("organization", "{owner}".to_owned())],
        risk: Risk::Plain,
    };
    vec![
        operation("GET", "/info/refs", Some("git-upload-pack"), fetch),
        operation("GET", "/info/refs", Some("git-receive-pack"), push),
        operation("POST", "/git-upload-pack", None, fetch),
        operation("POST", "/git-receive-pack", None, push),
        operation("POST", "/info/lfs/objects/batch", None, push),
    ]
}
