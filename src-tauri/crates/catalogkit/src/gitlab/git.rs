use crate::{Operation, Permission, Risk, document::Endpoint};

/// How many groups a project may be in; GitLab allows twice as many, and a path that is longer is unknown.
const GROUPS: usize = 10;

/// git is at the same host, where a token is taken as a password only.
pub(super) const ENDPOINTS: [Endpoint; 1] =
    [Endpoint { name: "git", base_url: "{base}", elsewhere: None, credential_form: Some("basic:oauth2") }];

/// git over HTTPS.
pub(super) fn operations() -> Vec<Operation> {
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
    operations
}

/// Those of the source that act only through git, so that none of its rows has them.
pub(super) fn permissions() -> [Permission; 2] {
    let own = |name: &str, title: &str, risk| Permission {
        name: name.to_owned(),
        title: title.to_owned(),
        group: "Repository".to_owned(),
        risk,
        contexts: vec!["global", "project", "group"],
        implies: Vec::new(),
        scopes: Vec::new(),
    };
    [own("download_code", "Code: Download", Risk::Plain), own("push_code", "Code: Push", Risk::Destructive)]
}

/// Both requests of a fetch and both of a push; of code, also the LFS batch, whose direction stands in its body, and the locks of LFS,
/// which a push looks at, and its files, which the batch's reply is led back to.
fn smart(repository: &str, fetch: &str, push: &str, contexts: &[(&'static str, String)]) -> Vec<Operation> {
    let operation = |method: &str, path: &str, service: Option<&str>, needed: &[&str]| Operation {
        requires: vec![needed.iter().map(|&name| name.to_owned()).collect()],
        contexts: contexts.to_vec(),
        endpoint: Some("git"),
        ..Operation::of(method, format!("{repository}{path}")).told_by_query("service", service)
    };
    let mut operations = vec![
        operation("GET", "/info/refs", Some("git-upload-pack"), &[fetch]),
        operation("GET", "/info/refs", Some("git-receive-pack"), &[push]),
        operation("POST", "/git-upload-pack", None, &[fetch]),
        operation("POST", "/git-receive-pack", None, &[push]),
    ];
    if push == "push_code" {
        for (direction, permission) in [("download", fetch), ("upload", push)] {
            let batch = operation("POST", "/info/lfs/objects/batch", None, &[permission]);
            operations.push(batch.told_by_body("operation", direction));
        }
        operations.push(operation("GET", "/gitlab-lfs/objects/{oid}", None, &[fetch]));
        operations.push(operation("PUT", "/gitlab-lfs/objects/{oid}/{size}", None, &[push]));
        operations.push(operation("GET", "/info/lfs/locks", None, &[fetch]));
        for path in ["/info/lfs/locks", "/info/lfs/locks/verify", "/info/lfs/locks/{id}/unlock"] {
            operations.push(operation("POST", path, None, &[push]));
        }
    }
    operations
}
