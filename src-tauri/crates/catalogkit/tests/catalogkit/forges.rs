use valetkey_catalogkit::{Forge, ForgeRow};
use valetkey_core::{body::Contents, decision::Refusal};

use super::decided::{Expected, Service};

const FORGEJO: &str = include_str!("../../../catalog/definitions/forgejo.json");
const GITEA: &str = include_str!("../../../catalog/definitions/gitea.json");

/// More than the path says stands in the body, or less of it counts than it seems.
fn is_unnamed(method: &str, path: &str) -> bool {
    match path {
        "/repos/{owner}/{repo}/forks" | "/repos/{owner}/{repo}/transfer" => method == "POST",
        "/repos/{owner}/{repo}/issues/{index}/dependencies"
        | "/repos/{owner}/{repo}/issues/{index}/blocks" => method != "GET",
        _ => path.starts_with("/admin/") || path.starts_with("/teams/"),
    }
}

fn makes_a_credential(method: &str, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap();
    match last {
        "registration-token" => true,
        "runners" | "tokens" | "oauth2" => method == "POST",
        "keys" => method == "POST" && !path.starts_with("/users/"),
        "users" => method == "POST" && path == "/admin/users",
        _ => {
            method == "PATCH" && matches!(path, "/admin/users/{username}" | "/user/applications/oauth2/{id}")
        }
    }
}

/// The narrowest context that will do for a scope.
fn context(category: &str, method: &str, path: &str) -> &'static str {
    let has = |part| path.contains(part) && !is_unnamed(method, path);
    let own = path == "/user" || path.starts_with("/user/") || path.starts_with("/notifications");
    match category {
        "repository" | "issue" | "notification" | "credentials" if has("/{owner}/{repo}") => {
            "repository=acme/site"
        }
        "admin" | "activitypub" => "global",
        _ if has("/{owner}") || has("/{org}") => "organization=acme",
        "user" | "notification" | "credentials" if own => "user",
        _ => "global",
    }
}

fn expected((categories, level, method, path): &ForgeRow) -> Option<Vec<Expected>> {
    let mut all: Vec<(String, String)> = Vec::new();
    for category in categories.as_ref()?.iter().flat_map(|category| category.split('|')) {
        all.push((format!("{category}.{level}"), context(category, method, path).to_owned()));
    }
    if makes_a_credential(method, path) {
        all.push(("credentials.write".to_owned(), context("credentials", method, path).to_owned()));
    }
    let filled = |kind: &str| {
        let segment = |segment: &str| match segment {
            "{owner}" | "{org}" => "acme".to_owned(),
            "{repo}" => "site".to_owned(),
            text if text.contains('{') => {
                text.replace("{diffType}", kind).replace("{index}", "7").replace("{sha}", "abc")
            }
            text => text.to_owned(),
        };
        let value = |text: String| if text.starts_with('{') { "v1".to_owned() } else { text };
        let path = path.split('/').map(|text| value(segment(text))).collect::<Vec<_>>().join("/");
        Expected { method: method.clone(), path: format!("/api/v1{path}"), sets: vec![all.clone()] }
    };
    let kinds: &[&str] = if path.contains("{diffType}") { &["diff", "patch"] } else { &[""] };
    Some(kinds.iter().map(|kind| filled(kind)).collect())
}

/// How many operations have a known scope, and how many none.
fn judge_all(source: &Forge, definition: &str) -> (usize, usize) {
    let mut service = Service::new(definition);
    let mut unknown = 0;
    for row in &source.operations {
        if let Some(requests) = expected(row) {
            for request in &requests {
                service.judge(request);
            }
        } else {
            unknown += 1;
            let decided = service.decide("up:global:*", &row.2, &format!("/api/v1{}", row.3));
            assert_eq!(decided, Err(Refusal::OperationUnknown), "{row:?}");
        }
    }
    assert_eq!(service.offered_and_never_asked_for(), [""; 0]);
    (source.operations.len() - unknown, unknown)
}

#[test]
fn every_operation_of_forgejo_is_decided_by_exactly_its_scopes() {
    assert_eq!(judge_all(&Forge::forgejo().unwrap(), FORGEJO), (491, 0));
}

#[test]
fn every_operation_of_gitea_is_decided_by_exactly_its_scopes_and_two_are_unknown() {
    assert_eq!(judge_all(&Forge::gitea().unwrap(), GITEA), (480, 2));
}

#[test]
fn no_token_is_made_with_the_scope_of_users_alone() {
    for definition in [FORGEJO, GITEA] {
        let mut service = Service::new(definition);
        let place = ("POST", "/api/v1/users/me/tokens");
        for access in ["up:global:user.write", "up:global:*", "**", "up:global:credentials.write"] {
            assert!(service.decide(access, place.0, place.1).is_err(), "{access}");
        }
        let both = "up:global:user.write up:global:credentials.write";
        assert_eq!(service.decide(both, place.0, place.1), Ok(()));
        for path in ["/v2/token", "/v2/token/"] {
            assert!(service.decide("up:global:package.write", "GET", path).is_err(), "{path}");
        }
    }
}

#[test]
fn a_team_is_told_by_its_number_and_not_by_the_organization_that_the_path_claims() {
    let mut service = Service::new(FORGEJO);
    let path = "/api/v1/teams/7/repos/acme/site";
    assert!(service.decide("up:organization=acme:organization.write", "PUT", path).is_err());
    assert_eq!(service.decide("up:global:organization.write", "PUT", path), Ok(()));
}

#[test]
fn sudo_and_tokens_in_the_query_are_refused() {
    for definition in [FORGEJO, GITEA] {
        let mut service = Service::new(definition);
        for query in ["sudo=root", "token=x", "access_token=x", "Sudo[]=root", "%73udo=root"] {
            let path = format!("/api/v1/user?{query}");
            assert!(matches!(service.decide("**", "GET", &path), Err(Refusal::Target(_))), "{query}");
        }
        let dropped = &service.rules().switches.dropped_headers;
        assert!(
            ["sudo", "x-gitea-otp", "x-forgejo-otp"].iter().all(|name| dropped.iter().any(|d| **d == **name))
        );
    }
}

#[test]
fn files_and_branches_may_hold_slashes() {
    let mut service = Service::new(GITEA);
    for path in
        ["contents/a/b.rs", "contents/a%2Fb.rs", "raw/a/b", "branches/feature/x", "archive/feature/x.zip"]
    {
        let path = format!("/api/v1/repos/Acme/Site/{path}");
        assert_eq!(service.decide("up:repository=acme/site:repository.read", "GET", &path), Ok(()), "{path}");
        assert!(service.decide("up:repository=acme/other:repository.read", "GET", &path).is_err(), "{path}");
    }
}

#[test]
fn git_fetches_with_reading_and_pushes_with_writing_and_wikis_belong_to_their_repository() {
    for definition in [FORGEJO, GITEA] {
        let mut service = Service::new(definition);
        let (read, write) =
            ("up:repository=acme/site:repository.read", "up:repository=acme/site:repository.write");
        for name in ["site.git", "site", "site.wiki.git", "site.wiki"] {
            for (method, path, fetches) in [
                ("GET", "info/refs?service=git-upload-pack", true),
                ("POST", "git-upload-pack", true),
                ("GET", "info/refs?service=git-receive-pack", false),
                ("POST", "git-receive-pack", false),
                ("GET", "info/lfs/objects/0a1b", true),
                ("PUT", "info/lfs/objects/0a1b/7", false),
                ("POST", "info/lfs/verify", false),
                ("GET", "info/lfs/locks", true),
                ("POST", "info/lfs/locks/verify", false),
                ("POST", "info/lfs/locks/7/unlock", false),
            ] {
                let path = format!("/acme/{name}/{path}");
                assert_eq!(service.decide(read, method, &path).is_ok(), fetches, "{path}");
                assert_eq!(service.decide(write, method, &path), Ok(()), "{path}");
                let other = "up:repository=acme/other:repository.write";
                assert!(service.decide(other, method, &path).is_err(), "{path}");
            }
            let batch = format!("/acme/{name}/info/lfs/objects/batch");
            assert!(service.decide(write, "POST", &batch).is_err(), "{batch}");
            for (text, reads) in [("download", true), ("upload", false)] {
                let direction = Contents::Member { name: "operation".into(), value: Some(text.into()) };
                let mut decided = |access| service.decide_body(access, "POST", &batch, Some(&direction));
                assert_eq!((decided(read).is_ok(), decided(write)), (reads, Ok(())), "{batch} {text}");
            }
        }
        assert!(service.decide(write, "GET", "/acme/site.git/info/refs").is_err());
    }
}

#[test]
fn packages_and_images_belong_to_their_owner() {
    let mut service = Service::new(FORGEJO);
    let (read, write) = ("up:organization=acme:package.read", "up:organization=acme:package.write");
    for (method, path, reads) in [
        ("GET", "/api/packages/acme/npm/@acme%2Fsite", true),
        ("PUT", "/api/packages/acme/generic/site/1.0/site.tgz", false),
        ("DELETE", "/api/packages/acme/generic/site/1.0", false),
        ("HEAD", "/v2/acme/site/manifests/latest", true),
        ("GET", "/v2/", true),
        ("POST", "/v2/acme/site/blobs/uploads/", false),
        ("PATCH", "/v2/acme/site/blobs/uploads/7", false),
    ] {
        assert_eq!(service.decide(read, method, path).is_ok(), reads, "{method} {path}");
        assert_eq!(service.decide(write, method, path), Ok(()), "{method} {path}");
    }
    assert!(service.decide("up:organization=other:package.write", "GET", "/v2/acme/site/tags/list").is_err());
    let mount = "/v2/acme/site/blobs/uploads/?mount=sha256:0&from=other/image";
    assert!(matches!(service.decide(write, "POST", mount), Err(Refusal::Target(_))));
}
