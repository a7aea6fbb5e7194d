use valetkey_catalogkit::{GitLab, GitLabRow};
use valetkey_core::decision::Refusal;

use super::decided::{Expected, Service};

const DEFINITION: &str = include_str!("../../../catalog/definitions/gitlab.json");

/// Another project than the path's is named in the body.
const UNNAMED: [&str; 4] = [
    "POST /projects/:id/fork",
    "PUT /projects/:id/transfer",
    "POST /projects/:id/issues/:issue_iid/move",
    "POST /projects/:id/issues/:issue_iid/clone",
];

/// A path of the source as requests: with and without what is optional, names that span segments with one and two of them.
fn requests(path: &str, target: &str) -> Vec<String> {
    let plain = path.replace("\\(", "\u{1}").replace("\\)", "\u{2}");
    if let Some((before, rest)) = plain.split_once('(') {
        let (part, after) = rest.split_once(')').unwrap();
        return [format!("{before}{after}"), format!("{before}{part}{after}")]
            .iter()
            .filter(|path| !path.contains("latest*"))
            .flat_map(|path| requests(path, target))
            .collect();
    }
    let plain = plain.replace('\u{1}', "(").replace('\u{2}', ")");
    let filled = |spanned: &str| {
        let segments: Vec<&str> = plain.split('/').collect();
        let fill = |(place, segment): (usize, &&str)| {
            let first = place == 2 || place == 3 && segments[1] == "security";
            let named = matches!(segments[place.saturating_sub(1)], "projects" | "groups" | "group");
            match segment.strip_prefix(':') {
                Some(name) if first && named && is_name(name) => target.to_owned(),
                _ => value(segment, spanned),
            }
        };
        segments.iter().enumerate().map(fill).collect::<Vec<_>>().join("/")
    };
    let (short, long) = (filled("w1"), filled("w1/w2"));
    if short == long { vec![short] } else { vec![short, long] }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A segment with its names filled in.
fn value(segment: &str, spanned: &str) -> String {
    let mut value = String::new();
    let mut rest = segment;
    while let Some(start) = rest.find([':', '*']) {
        let (before, name) = rest.split_at(start);
        let end = name[1..].find(|c: char| !is_name(&c.to_string())).map_or(name.len(), |end| end + 1);
        let alone = before.is_empty() && end == name.len();
        value.push_str(before);
        value.push_str(if name.starts_with('*') && alone { spanned } else { "v1" });
        rest = &name[end..];
    }
    value + rest
}

fn expected(row: &GitLabRow, target: &str) -> Vec<Expected> {
    let (permission, boundaries, method, path, also) = row;
    let decoded = target.replace("%2F", "/");
    let unnamed = UNNAMED.contains(&format!("{method} {path}").as_str());
    let inside = path.strip_prefix("/security").unwrap_or(path);
    let has = |boundary: &str| !unnamed && boundaries.iter().any(|known| known == boundary);
    let context = if has("project") && inside.starts_with("/projects/:") {
        format!("project={decoded}")
    } else if has("group") && (inside.starts_with("/groups/:") || inside.starts_with("/group/:")) {
        format!("group={decoded}")
    } else if has("user") {
        "user".to_owned()
    } else if has("instance") {
        "instance".to_owned()
    } else {
        "global".to_owned()
    };
    let all: Vec<_> =
        std::iter::once(permission).chain(also).map(|name| (name.clone(), context.clone())).collect();
    requests(path, target)
        .into_iter()
        .map(|path| Expected {
            method: method.clone(),
            path: format!("/api/v4{path}"),
            sets: vec![all.clone()],
        })
        .collect()
}

#[test]
fn every_operation_of_gitlab_is_decided_by_exactly_its_permissions() {
    let source = GitLab::read().unwrap();
    assert_eq!((source.permissions.len(), source.endpoints.len()), (572, 1876));
    let mut service = Service::new(DEFINITION);
    for row in &source.endpoints {
        for target in ["42", "group%2Fsub%2Fproject"] {
            for expected in expected(row, target) {
                service.judge(&expected);
            }
        }
    }
}

#[test]
fn every_permission_of_gitlab_is_offered_and_every_one_offered_is_enforced() {
    let source = GitLab::read().unwrap();
    let service = Service::new(DEFINITION);
    assert_eq!(service.offered_and_never_asked_for(), [""; 0]);
    let names = service.rules().permissions.iter().map(|permission| permission.name.as_str());
    let git: Vec<_> = names.filter(|name| !source.permissions.contains_key(*name)).collect();
    assert_eq!(git, ["download_code", "push_code"], "no row of the source has them");
    assert_eq!(service.rules().permissions.len(), source.permissions.len() + git.len());
}

#[test]
fn open_operations_need_a_grant_in_gitlab_and_no_particular_one() {
    let source = GitLab::read().unwrap();
    let mut service = Service::new(DEFINITION);
    for (method, path) in &source.open {
        for path in requests(path, "42") {
            let path = format!("/api/v4{path}");
            assert_eq!(service.decide("up:project=1:read_wiki", method, &path), Ok(()), "{method} {path}");
        }
    }
}

#[test]
fn closed_operations_of_gitlab_are_unknown_although_a_wider_path_fits() {
    let source = GitLab::read().unwrap();
    let mut service = Service::new(DEFINITION);
    for (method, path) in &source.closed {
        let prefix = if path.starts_with("/api/") { "" } else { "/api/v4" };
        for path in requests(path, "42") {
            let path = format!("{prefix}{path}");
            let decided = service.decide("up:global:*", method, &path);
            assert_eq!(decided, Err(Refusal::OperationUnknown), "{method} {path}");
        }
    }
}

#[test]
fn an_encoded_slash_stays_inside_its_segment() {
    let mut service = Service::new(DEFINITION);
    let access = "up:project=group/sub/project:read_code up:project=group/sub/project:read_repository";
    let file = "/api/v4/projects/group%2Fsub%2Fproject/repository/files/src%2Fmain.rs";
    assert_eq!(service.decide(access, "GET", file), Ok(()));
    assert!(service.decide(access, "GET", &file.replacen("sub", "other", 1)).is_err());
    assert!(service.decide(access, "GET", "/api/v4/projects/group/sub/project/repository/files/a").is_err());
}

#[test]
fn a_token_of_gitlab_has_no_graphql_and_no_other_identity() {
    let mut service = Service::new(DEFINITION);
    assert_eq!(service.decide("up:global:*", "POST", "/api/graphql"), Err(Refusal::OperationUnknown));
    for parameter in ["private_token", "sudo", "job_token", "access_token", "Sudo", "%73udo"] {
        let path = format!("/api/v4/projects?{parameter}=x");
        let decided = service.decide("**", "GET", &path);
        assert!(matches!(decided, Err(Refusal::Target(_))), "{parameter}");
    }
    assert!(valetkey_core::path::Query::parse("_method=DELETE").is_err());
}

#[test]
fn git_of_gitlab_asks_for_the_permission_of_what_it_reaches() {
    let mut service = Service::new(DEFINITION);
    for (repository, fetch, push, context) in [
        ("/group/project.git", "download_code", "push_code", "project=group/project"),
        ("/Group/sub/project.git", "download_code", "push_code", "project=group/sub/project"),
        ("/group/project.wiki.git", "read_wiki", "create_wiki", "project=group/project"),
        ("/group.wiki.git", "read_wiki", "create_wiki", "group=group"),
        ("/group/project/snippets/7.git", "read_snippet", "update_snippet", "project=group/project"),
        ("/snippets/7.git", "read_snippet", "update_snippet", "user"),
    ] {
        for (needed, other, service_name) in
            [(fetch, push, "git-upload-pack"), (push, fetch, "git-receive-pack")]
        {
            for (method, path) in [
                ("GET", format!("{repository}/info/refs?service={service_name}")),
                ("POST", format!("{repository}/{service_name}")),
            ] {
                let (held, lacking) = (format!("up:{context}:{needed}"), format!("up:{context}:{other}"));
                assert_eq!(service.decide(&held, method, &path), Ok(()), "{held} {path}");
                assert!(service.decide(&lacking, method, &path).is_err(), "{lacking} {path}");
            }
        }
    }
}

#[test]
fn large_files_of_gitlab_are_fetched_and_brought_like_the_code_that_names_them() {
    let mut service = Service::new(DEFINITION);
    let repository = "/group/sub/project.git";
    let [read, write] =
        ["download_code", "push_code"].map(|name| format!("up:project=group/sub/project:{name}"));
    for (method, path, reads) in [
        ("GET", "gitlab-lfs/objects/0a1b", true),
        ("PUT", "gitlab-lfs/objects/0a1b/7", false),
        ("GET", "info/lfs/locks", true),
        ("POST", "info/lfs/locks/verify", false),
    ] {
        let path = format!("{repository}/{path}");
        assert_eq!(service.decide(&read, method, &path).is_ok(), reads, "{path}");
        assert_eq!(service.decide(&write, method, &path).is_ok(), !reads, "{path}");
    }
}
