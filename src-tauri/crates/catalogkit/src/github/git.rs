use crate::{Closed, Operation, document::Endpoint};

/// git and uploads are at other hosts than the API; git takes the same credential as a password. An Enterprise Server has GraphQL
/// beside the base of its API.
pub(super) const ENDPOINTS: [Endpoint; 3] = [
    Endpoint {
        name: "git",
        base_url: "https://github.com",
        elsewhere: Some("{origin}"),
        credential_form: Some("basic:x-access-token"),
    },
    Endpoint {
        name: "uploads",
        base_url: "https://uploads.github.com",
        elsewhere: Some("{origin}/api/uploads"),
        credential_form: None,
    },
    Endpoint {
        name: "graphql",
        base_url: "https://api.github.com",
        elsewhere: Some("{origin}"),
        credential_form: None,
    },
];

/// git over HTTPS, and what is uploaded to a release.
pub(super) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for repository in ["/{owner}/{repo}.git", "/{owner}/{repo}"] {
        operations.extend(smart(repository, "contents.read", "contents.write"));
    }
    operations.push(Operation {
        endpoint: Some("uploads"),
        ..operation("POST", "/repos/{owner}/{repo}/releases/{release_id}/assets", None, "contents.write")
    });
    operations
}

/// Wikis: no permission of the source is for them, and their paths would fit as repositories.
pub(super) fn closed() -> Vec<Closed> {
    ["/{owner}/{repo}.wiki.git", "/{owner}/{repo}.wiki"]
        .into_iter()
        .flat_map(|wiki| smart(wiki, "", ""))
        .filter(|of_wiki| of_wiki.query.as_ref().is_none_or(|query| query["service"] == "git-upload-pack"))
        .filter(|of_wiki| of_wiki.body.as_ref().is_none_or(|body| body["operation"] == "download"))
        .map(|of_wiki| Closed { method: of_wiki.method, path: of_wiki.path })
        .collect()
}

/// Both requests of a fetch, both of a push, the LFS batch, whose direction stands in its body, and the locks of LFS, which a push
/// looks at.
fn smart(repository: &str, fetch: &str, push: &str) -> Vec<Operation> {
    let at = |path: &str| format!("{repository}{path}");
    let batch = |direction, permission| {
        operation("POST", &at("/info/lfs/objects/batch"), None, permission)
            .told_by_body("operation", direction)
    };
    vec![
        operation("GET", &at("/info/refs"), Some("git-upload-pack"), fetch),
        operation("GET", &at("/info/refs"), Some("git-receive-pack"), push),
        operation("POST", &at("/git-upload-pack"), None, fetch),
        operation("POST", &at("/git-receive-pack"), None, push),
        batch("download", fetch),
        batch("upload", push),
        operation("GET", &at("/info/lfs/locks"), None, fetch),
        operation("POST", &at("/info/lfs/locks"), None, push),
        operation("POST", &at("/info/lfs/locks/verify"), None, push),
        operation("POST", &at("/info/lfs/locks/{id}/unlock"), None, push),
    ]
}

fn operation(method: &str, path: &str, service: Option<&str>, permission: &str) -> Operation {
    Operation {
        requires: vec![vec![permission.to_owned()]],
        contexts: vec![("repository", "{owner}/{repo}".to_owned()), ("organization", "{owner}".to_owned())],
        endpoint: Some("git"),
        ..Operation::of(method, path).told_by_query("service", service)
    }
}
