//! GitHub: the REST API, git over HTTPS and the upload of release assets, each at a host of its own, and GraphQL ([`graphql`]).
//!
//! What is ours and not the source's:
//! - A repository's permission can be granted for an organization too, and then holds for every repository it owns, as GitHub's own
//!   tokens have it. Where a path does not name what it reaches ([`UNNAMED`]), only a global grant counts.
//! - A parameter that holds a path or a branch takes the rest of the request's path ([`RESTS`]).
//! - `workflows` is needed where the path itself says that a workflow is written. The source says that some writes need it and not
//!   when; a commit that is pushed or put together can change a workflow too, and there the gateway can't see it.
//! - What GitHub asks of every token, and of no permission, is open ([`OPEN`]): who the owner is, and facts about GitHub itself. Clients
//!   begin with it.
//! - Repositories, accounts and teams are also called by number, as GitHub's links and redirects have it ([`numbers`]).
//! - What makes a credential is marked ([`MINTS`]), so that only a grant of that very permission allows it.

mod git;
mod graphql;
mod numbers;

use crate::{
    Document, Error, GitHub, Operation, Permission, Risk,
    document::{ContextKind, Switches},
    overlap,
};

/// Paths whose target, or another one, stands in the body.
const UNNAMED: [&str; 2] =
    ["POST /repos/{template_owner}/{template_repo}/generate", "POST /repos/{owner}/{repo}/forks"];

/// Ends of paths that may hold slashes, and what they become.
const RESTS: [(&str, &str); 9] = [
    ("/contents/{path}", "/contents/{path**}"),
    ("/readme/{dir}", "/readme/{dir**}"),
    ("/git/ref/{ref}", "/git/ref/{ref**}"),
    ("/git/refs/{ref}", "/git/refs/{ref**}"),
    ("/git/matching-refs/{ref}", "/git/matching-refs/{ref**}"),
    ("/tarball/{ref}", "/tarball/{ref**}"),
    ("/zipball/{ref}", "/zipball/{ref**}"),
    ("/dependency-graph/compare/{basehead}", "/dependency-graph/compare/{basehead**}"),
    ("/compare/{basehead}", "/compare/{basehead**}"),
];

/// Ends of what makes a credential: keys that open a repository or an account, and tokens of runners.
const MINTS: [&str; 5] = [
    "POST /repos/{owner}/{repo}/keys",
    "POST /user/keys",
    "/actions/runners/generate-jitconfig",
    "/actions/runners/registration-token",
    "/actions/runners/remove-token",
];

/// What GitHub's own fine-grained tokens may read without a permission, and clients do: the owner's account, its limits of use, and what
/// is the same for everybody. Nothing of a repository or of another account is among it.
const OPEN: [&str; 5] = ["/", "/meta", "/rate_limit", "/user", "/versions"];

/// The file of a workflow, in every way that a path can spell it.
const WORKFLOWS: [&str; 4] = [
    ".github/workflows/{path**}",
    ".github/workflows%2F{path}",
    ".github%2Fworkflows/{path**}",
    ".github%2Fworkflows%2F{path}",
];

/// The REST API.
pub fn api(source: &GitHub) -> Result<Document, Error> {
    let mut operations = Vec::new();
    for (place, sets) in &source.operations {
        let made = operation(source, place, sets)?;
        if made.method != "GET" && made.path.ends_with("/contents/{path**}") {
            operations.extend(workflows(&made));
        }
        operations.push(made);
    }
    operations.extend(OPEN.map(|path| Operation::of("GET", path)));
    overlap::settle(&mut operations);
    operations.extend(git::operations());
    operations.extend(graphql::operations());
    Ok(Document {
        kind: "github",
        title: "GitHub",
        description: "The REST API and git over HTTPS, of github.com or of a GitHub Enterprise Server. GraphQL reads what has permissions in the REST API.",
        source: format!(
            "{}; {}. Paths of git: its smart HTTP protocol",
            source.about.source, source.about.version
        ),
        base_url: Some("https://api.github.com"),
        credential_form: "bearer",
        endpoints: git::ENDPOINTS.to_vec(),
        client_headers: vec![],
        contexts: contexts(),
        permissions: permissions(source, &operations),
        operations,
        by_number: numbers::PLACES.to_vec(),
        graphql: Some(graphql::graph()),
        closed: git::closed(),
        switches: Switches {
            encoded_slash: true,
            bodies: vec!["DELETE"],
            refused_parameters: vec!["access_token", "client_id", "client_secret"],
            // GitHub, "Troubleshooting the REST API"; the second is of classic tokens.
            accepted_headers: vec!["x-accepted-github-permissions", "x-accepted-oauth-scopes"],
            ..Switches::default()
        },
    })
}

fn contexts() -> Vec<ContextKind> {
    vec![
        ContextKind {
            name: "repository",
            title: "Repository",
            sole: false,
            fold_case: true,
            resolve: Some(numbers::REPOSITORY),
        },
        ContextKind {
            name: "organization",
            title: "Organization",
            sole: false,
            fold_case: true,
            resolve: Some(numbers::ACCOUNT),
        },
        ContextKind { name: "user", title: "Your account", sole: true, fold_case: false, resolve: None },
    ]
}

fn operation(source: &GitHub, place: &str, sets: &[Vec<(String, String)>]) -> Result<Operation, Error> {
    let (method, path) = place.split_once(' ').ok_or_else(|| Error::Path { path: place.into() })?;
    let rest = RESTS.iter().find(|(end, _)| path.ends_with(end));
    let path = match rest {
        Some((end, rest)) => format!("{}{rest}", &path[..path.len() - end.len()]),
        None => path.to_owned(),
    };
    let mut levels = Vec::new();
    let mut requires: Vec<Vec<String>> = Vec::new();
    for set in sets {
        let mut all = Vec::new();
        for (permission, access) in set {
            let known = source.permissions.get(permission);
            let known = known.ok_or_else(|| Error::Permission { name: permission.clone() })?;
            levels.push(known.level.as_str());
            all.push(format!("{permission}.{access}"));
        }
        requires.push(all);
    }
    let mut contexts = Vec::new();
    if !UNNAMED.contains(&place) {
        if path.contains("/{owner}/{repo}") {
            contexts.push(("repository", "{owner}/{repo}".to_owned()));
        }
        if path.contains("/{org}") {
            contexts.push(("organization", "{org}".to_owned()));
        } else if path.contains("/{owner}/{repo}") {
            contexts.push(("organization", "{owner}".to_owned()));
        }
        if levels.contains(&"user") {
            contexts.push(("user", String::new()));
        }
    }
    let risk = if MINTS.iter().any(|end| place.ends_with(end)) {
        Risk::MintsCredentials
    } else if method == "DELETE" {
        Risk::Destructive
    } else {
        Risk::Plain
    };
    Ok(Operation { requires, contexts, risk, ..Operation::of(method, path) })
}

/// The same where the path is that of a workflow: the alternatives that name `workflows`.
fn workflows(contents: &Operation) -> Vec<Operation> {
    let needs_it = |all: &&Vec<String>| all.iter().any(|name| name == "workflows.write");
    let requires: Vec<_> = contents.requires.iter().filter(needs_it).cloned().collect();
    let spell = |spelling| Operation {
        path: contents.path.replace("{path**}", spelling),
        requires: requires.clone(),
        ..contents.clone()
    };
    WORKFLOWS.into_iter().map(spell).collect()
}

fn permissions(source: &GitHub, operations: &[Operation]) -> Vec<Permission> {
    let mut permissions = Vec::new();
    for (key, permission) in &source.permissions {
        let (group, contexts) = match permission.level.as_str() {
            "repository" => ("Repository permissions", vec!["global", "organization", "repository"]),
            "organization" => ("Organization permissions", vec!["global", "organization"]),
            _ => ("Account permissions", vec!["global", "user"]),
        };
        for (place, access) in permission.access.iter().enumerate() {
            let name = format!("{key}.{access}");
            permissions.push(Permission {
                title: format!("{}: {access}", permission.title),
                group: group.to_owned(),
                risk: risk_of(&name, operations),
                contexts: contexts.clone(),
                implies: permission.access[..place].iter().map(|lower| format!("{key}.{lower}")).collect(),
                scopes: Vec::new(),
                name,
            });
        }
    }
    permissions
}

/// That of what it alone opens; what makes credentials is marked at the operation, unless the permission does nothing else.
fn risk_of(name: &str, operations: &[Operation]) -> Risk {
    let opened = |operation: &&Operation| operation.requires.iter().any(|all| all.iter().any(|n| n == name));
    let risks = operations.iter().filter(opened).map(|operation| operation.risk);
    if risks.max() > Some(Risk::Plain) { Risk::Destructive } else { Risk::Plain }
}
