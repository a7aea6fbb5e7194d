use serde_json::{Map, json};

use crate::{
    Document, Error, GitLab, Operation, Permission, Risk,
    document::{ContextKind, Switches},
    overlap,
};

/// How many groups a project may be in; GitLab allows twice as many, and a path that is longer is unknown.
const GROUPS: usize = 10;

/// git over HTTPS, where GitLab takes a token as a password only.
pub fn git(source: &GitLab) -> Result<Document, Error> {
    let mut operations = Vec::new();
    for groups in 1..=GROUPS {
        let names: Vec<String> = (1..=groups).map(|number| format!("/{{group_{number}}}")).collect();
        let path = names.concat();
        let name = |last: &str| format!("{}{last}", &path[1..]);
        let project = [("project", name("/{project}"))];
        operations.extend(smart(&format!("{path}/{{project}}.git"), "download_code", "push_code", &project));
        let wiki = [("project", name("/{project}")), ("group", name("/{project}"))];
        operations.extend(smart(&format!("{path}/{{project}}.wiki.git"), "read_wiki", "create_wiki", &wiki));
        let snippet = [("project", name("/{project}"))];
        let snippets = format!("{path}/{{project}}/snippets/{{id}}.git");
        operations.extend(smart(&snippets, "read_snippet", "update_snippet", &snippet));
    }
    let group = [("group", "{group}".to_owned())];
    operations.extend(smart("/{group}.wiki.git", "read_wiki", "create_wiki", &group));
    let user = [("user", String::new())];
    operations.extend(smart("/snippets/{id}.git", "read_snippet", "update_snippet", &user));
    overlap::settle(&mut operations);
    Ok(Document {
        kind: "gitlab-git",
        title: "GitLab, git over HTTPS",
        description: "Clone, fetch and push on gitlab.com or an instance of your own. Its master credential is the same as that of GitLab.",
        source: format!(
            "{}; {}. Paths of git: its smart HTTP protocol",
            source.about.source, source.about.version
        ),
        base_url: Some("https://gitlab.com"),
        credential_form: "basic:oauth2",
        client_headers: vec![],
        contexts: vec![
            ContextKind { name: "project", title: "Project", sole: false, fold_case: true },
            ContextKind { name: "group", title: "Group", sole: false, fold_case: true },
            ContextKind { name: "user", title: "Your account", sole: true, fold_case: false },
        ],
        permissions: permissions(source)?,
        operations,
        closed: Vec::new(),
        switches: Switches {
            refused_parameters: super::REFUSED.to_vec(),
            dropped_headers: vec!["sudo", "job-token", "deploy-token"],
            ..Switches::default()
        },
    })
}

/// The two that only git has, and those of the API that git asks for too.
fn permissions(source: &GitLab) -> Result<Vec<Permission>, Error> {
    let own = |name: &str, title: &str, risk| Permission {
        name: name.to_owned(),
        title: title.to_owned(),
        group: "Repository".to_owned(),
        risk,
        contexts: vec!["global", "project"],
        implies: Vec::new(),
    };
    let mut permissions = vec![
        own("download_code", "Code: Download", Risk::Plain),
        own("push_code", "Code: Push", Risk::Destructive),
    ];
    for (key, contexts) in [
        ("read_wiki", ["global", "project", "group"]),
        ("create_wiki", ["global", "project", "group"]),
        ("read_snippet", ["global", "project", "user"]),
        ("update_snippet", ["global", "project", "user"]),
    ] {
        let known = source.permissions.get(key).ok_or_else(|| Error::Permission { name: key.to_owned() })?;
        permissions.push(Permission {
            name: key.to_owned(),
            title: known.title.clone(),
            group: known.category.clone(),
            risk: Risk::Plain,
            contexts: contexts.to_vec(),
            implies: Vec::new(),
        });
    }
    Ok(permissions)
}

/// Both requests of a fetch and both of a push; of code, also the LFS batch, whose direction stands in its body: it needs both.
fn smart(repository: &str, fetch: &str, push: &str, contexts: &[(&'static str, String)]) -> Vec<Operation> {
    let operation = |method: &str, path: &str, service: Option<&str>, needed: &[&str]| Operation {
        method: method.to_owned(),
        path: format!("{repository}{path}"),
        query: service.map(|service| Map::from_iter([("service".to_owned(), json!(service))])),
        requires: vec![needed.iter().map(|&name| name.to_owned()).collect()],
        contexts: contexts.to_vec(),
        risk: Risk::Plain,
    };
    let mut operations = vec![
        operation("GET", "/info/refs", Some("git-upload-pack"), &[fetch]),
        operation("GET", "/info/refs", Some("git-receive-pack"), &[push]),
        operation("POST", "/git-upload-pack", None, &[fetch]),
        operation("POST", "/git-receive-pack", None, &[push]),
    ];
    if push == "push_code" {
        operations.push(operation("POST", "/info/lfs/objects/batch", None, &[fetch, push]));
    }
    operations
}
