//! What is on the same host outside the API: git, packages, the container registry.

use super::MINTING;
use crate::Operation;

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = git();
    operations.extend(packages("/api/packages/{owner}"));
    operations.extend(packages("/v2/{owner}"));
    // A client asks here whether it is signed in.
    operations.push(operation("GET", "/v2/", Vec::new(), Vec::new()));
    // With a slash at its end it is the same to the instance, and must not pass for a package.
    for path in ["/v2/token", "/v2/token/"] {
        operations.extend(
            ["GET", "POST"].map(|method| operation(method, path, vec!["package.read", MINTING], Vec::new())),
        );
    }
    operations.push(operation("GET", "/v2/_catalog", vec!["package.read"], Vec::new()));
    operations
}

/// git over HTTP, of repositories and their wikis, with and without `.git`.
fn git() -> Vec<Operation> {
    ["{repo}.git", "{repo}", "{repo}.wiki.git", "{repo}.wiki"]
        .iter()
        .flat_map(|name| smart(&format!("/{{owner}}/{name}")))
        .collect()
}

/// Both requests of a fetch, both of a push, and LFS: the batch, whose direction stands in its body, the files, and the locks.
fn smart(repository: &str) -> Vec<Operation> {
    let contexts = vec![("repository", "{owner}/{repo}".to_owned()), ("organization", "{owner}".to_owned())];
    let git = |method, path: &str, service: Option<&str>, needed: Vec<&str>| {
        operation(method, &format!("{repository}{path}"), needed, contexts.clone())
            .told_by_query("service", service)
    };
    let (read, write) = ("repository.read", "repository.write");
    let batch = |direction, permission| {
        git("POST", "/info/lfs/objects/batch", None, vec![permission]).told_by_body("operation", direction)
    };
    vec![
        git("GET", "/info/refs", Some("git-upload-pack"), vec![read]),
        git("GET", "/info/refs", Some("git-receive-pack"), vec![write]),
        git("POST", "/git-upload-pack", None, vec![read]),
        git("POST", "/git-receive-pack", None, vec![write]),
        batch("download", read),
        batch("upload", write),
        git("GET", "/info/lfs/objects/{oid}", None, vec![read]),
        git("PUT", "/info/lfs/objects/{oid}/{size}", None, vec![write]),
        git("POST", "/info/lfs/verify", None, vec![write]),
        git("GET", "/info/lfs/locks", None, vec![read]),
        git("POST", "/info/lfs/locks", None, vec![write]),
        git("POST", "/info/lfs/locks/verify", None, vec![write]),
        git("POST", "/info/lfs/locks/{lid}/unlock", None, vec![write]),
    ]
}

/// Packages of one owner: reading is GET, everything else writes.
fn packages(owner: &str) -> Vec<Operation> {
    let package = |method| {
        let needed = if method == "GET" { "package.read" } else { "package.write" };
        let contexts = vec![("organization", "{owner}".to_owned())];
        operation(method, &format!("{owner}/{{path**}}"), vec![needed], contexts)
    };
    ["GET", "POST", "PUT", "PATCH", "DELETE"].map(package).to_vec()
}

fn operation(
    method: &str,
    path: &str,
    needed: Vec<&str>,
    contexts: Vec<(&'static str, String)>,
) -> Operation {
    let needed: Vec<String> = needed.into_iter().map(str::to_owned).collect();
    Operation {
        risk: super::risk(method, &needed),
        requires: if needed.is_empty() { Vec::new() } else { vec![needed] },
        contexts,
        ..Operation::of(method, path)
    }
}
