//! GitLab: the REST API, and git over HTTPS.
//!
//! What is ours and not the source's:
//! - A path names its project or group where it begins with it. Where it names none, or another one stands in the body ([`UNNAMED`]),
//!   only a grant that contains every target counts. Number and path are the same project, which the service itself is asked.
//! - A project's permission can be granted for a group too, and then holds for every project inside it, as GitLab's own tokens have it.
//! - What makes or reveals a credential is marked ([`is_minting`]), so that only a grant of that very permission allows it.

mod git;

use std::collections::HashSet;

use valetkey_catalog::overlap::shape;

use crate::{
    Closed, Document, Error, GitLab, GitLabPermission, Operation, Permission, Risk,
    document::{ContextKind, Resolve, Switches},
    grape, overlap,
};

/// Paths that name one project while the body names another.
const UNNAMED: [&str; 4] = [
    "POST /projects/:id/fork",
    "PUT /projects/:id/transfer",
    "POST /projects/:id/issues/:issue_iid/move",
    "POST /projects/:id/issues/:issue_iid/clone",
];

/// What sends a credential or another identity besides the one that is put in.
const REFUSED: [&str; 8] = [
    "private_token",
    "access_token",
    "job_token",
    "deploy_token",
    "feed_token",
    "rss_token",
    "static_object_token",
    "sudo",
];

/// The REST API.
pub fn api(source: &GitLab) -> Result<Document, Error> {
    let mut operations = Vec::new();
    for (permission, boundaries, method, path, also) in &source.endpoints {
        let unnamed = UNNAMED.contains(&format!("{method} {path}").as_str());
        let mints = path.ends_with("/reset_authentication_token");
        for template in grape::templates(path)? {
            let named = if unnamed { Vec::new() } else { named(&template, boundaries) };
            operations.push(Operation {
                requires: vec![std::iter::once(permission).chain(also).cloned().collect()],
                contexts: named,
                risk: match method.as_str() {
                    _ if mints => Risk::MintsCredentials,
                    "DELETE" => Risk::Destructive,
                    _ => Risk::Plain,
                },
                ..Operation::of(method, format!("/api/v4{template}"))
            });
        }
    }
    for (method, path) in &source.open {
        let templates = grape::templates(path)?.into_iter();
        operations.extend(templates.map(|template| Operation::of(method, format!("/api/v4{template}"))));
    }
    operations.extend(git::operations());
    overlap::settle(&mut operations);
    Ok(Document {
        kind: "gitlab",
        title: "GitLab",
        description: "The REST API and git over HTTPS, of gitlab.com or of an instance of your own. GraphQL is for tokens with full access only.",
        source: format!(
            "{}; {}. Paths of git: its smart HTTP protocol",
            source.about.source, source.about.version
        ),
        base_url: Some("https://gitlab.com"),
        credential_form: "header:PRIVATE-TOKEN",
        endpoints: git::ENDPOINTS.to_vec(),
        client_headers: vec!["private-token"],
        contexts: contexts(),
        permissions: permissions(source),
        operations,
        by_number: Vec::new(),
        graphql: None,
        closed: closed(source)?,
        switches: Switches {
            encoded_slash: true,
            bodies: vec!["DELETE"],
            refused_parameters: REFUSED.to_vec(),
            refused_in_bodies: true,
            dropped_headers: vec!["sudo", "job-token", "deploy-token"],
            ..Switches::default()
        },
    })
}

/// A project has a number and a path, and is inside of a group or of a user's namespace; what is no group is not found as one.
const PROJECT: Resolve = Resolve {
    path: "/api/v4/projects/{}",
    by_number: None,
    mark: "",
    id: "id",
    name: "path_with_namespace",
    inside: &[("group", "namespace.id")],
};

/// The answer would list the group's projects unless told not to.
const GROUP: Resolve = Resolve {
    path: "/api/v4/groups/{}?with_projects=false",
    by_number: None,
    mark: "",
    id: "id",
    name: "full_path",
    inside: &[("group", "parent_id")],
};

fn contexts() -> Vec<ContextKind> {
    vec![
        ContextKind {
            name: "project",
            title: "Project",
            sole: false,
            fold_case: true,
            resolve: Some(PROJECT),
        },
        ContextKind { name: "group", title: "Group", sole: false, fold_case: true, resolve: Some(GROUP) },
        ContextKind { name: "user", title: "Your account", sole: true, fold_case: false, resolve: None },
        ContextKind { name: "instance", title: "The instance", sole: true, fold_case: false, resolve: None },
    ]
}

/// The contexts that a path is in, of those that its row has.
fn named(template: &str, boundaries: &[String]) -> Vec<(&'static str, String)> {
    let segments: Vec<&str> = template.split('/').skip(1).collect();
    let first = usize::from(segments[0] == "security");
    let value = segments.get(first + 1).filter(|segment| segment.starts_with('{') && segment.ends_with('}'));
    let kind = match segments.get(first) {
        Some(&"projects") => "project",
        Some(&("groups" | "group")) => "group",
        _ => "",
    };
    let mut found = Vec::new();
    for boundary in ["project", "group", "user", "instance"] {
        if !boundaries.iter().any(|known| known == boundary) {
            continue;
        }
        match (boundary, value) {
            ("user" | "instance", _) => found.push((boundary, String::new())),
            (_, Some(value)) if boundary == kind => found.push((boundary, (*value).to_owned())),
            _ => {}
        }
    }
    found
}

fn permissions(source: &GitLab) -> Vec<Permission> {
    let permission = |(key, permission): (&String, &GitLabPermission)| Permission {
        name: key.clone(),
        title: permission.title.clone(),
        group: permission.category.clone(),
        risk: risk(key, permission),
        contexts: kinds(permission),
        implies: Vec::new(),
        scopes: Vec::new(),
    };
    let mut made: Vec<Permission> = source.permissions.iter().map(permission).collect();
    made.extend(git::permissions());
    made.sort_by(|one, other| (&one.group, &one.title).cmp(&(&other.group, &other.title)));
    made
}

fn kinds(permission: &GitLabPermission) -> Vec<&'static str> {
    let known = ["project", "group", "user", "instance"];
    // A group contains its projects.
    let holds = |kind: &str, boundary: &str| boundary == kind || kind == "group" && boundary == "project";
    let has = |kind: &&str| permission.boundaries.iter().any(|boundary| holds(kind, boundary));
    std::iter::once("global").chain(known.into_iter().filter(has)).collect()
}

fn risk(key: &str, permission: &GitLabPermission) -> Risk {
    if is_minting(key) {
        Risk::MintsCredentials
    } else if matches!(permission.action.as_str(), "Delete" | "Purge" | "Drop" | "Clear" | "Transfer") {
        Risk::Destructive
    } else {
        Risk::Plain
    }
}

/// Whether it makes, renews or reveals what opens something without the owner's credential: tokens, keys, secrets.
fn is_minting(key: &str) -> bool {
    const NAMED: [&str; 12] = [
        "read_variable",
        "read_secure_file",
        "read_any_token",
        "read_trigger",
        "create_trigger",
        "create_runner",
        "create_oauth_application",
        "renew_secret_oauth_application",
        "create_secrets_manager_api_jwt",
        "reset_runner_registration_token",
        "enable_deploy_key",
        "create_error_tracking_client_key",
    ];
    let makes = key.starts_with("create_") || key.starts_with("rotate_");
    let opens = key.ends_with("_token") || key.ends_with("_deploy_key") || key.ends_with("_ssh_key");
    NAMED.contains(&key) || makes && opens
}

fn closed(source: &GitLab) -> Result<Vec<Closed>, Error> {
    let mut closed = Vec::new();
    let mut known = HashSet::new();
    for (method, path) in &source.closed {
        let prefix = if path.starts_with("/api/") { "" } else { "/api/v4" };
        for template in grape::templates(path)? {
            let path = format!("{prefix}{template}");
            if known.insert((method, shape(&path))) {
                closed.push(Closed { method: method.clone(), path });
            }
        }
    }
    Ok(closed)
}
