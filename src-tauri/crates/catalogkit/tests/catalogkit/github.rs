use valetkey_catalogkit::GitHub;
use valetkey_core::body::Contents;

use super::decided::{Expected, Service};

pub(crate) const DEFINITION: &str = include_str!("../../../catalog/definitions/github.json");

/// Another place than the path's is named in the body.
pub(crate) const UNNAMED: [&str; 2] =
    ["POST /repos/{template_owner}/{template_repo}/generate", "POST /repos/{owner}/{repo}/forks"];

fn expected(source: &GitHub, place: &str) -> Expected {
    let (method, template) = place.split_once(' ').unwrap();
    let context = |permission: &str| {
        let level = source.permissions[permission].level.as_str();
        let has = |part| !UNNAMED.contains(&place) && template.contains(part);
        match level {
            "user" => "user",
            "repository" if has("/{owner}/{repo}") => "repository=acme/site",
            "repository" | "organization" if has("/{org}") => "organization=acme",
            _ => "global",
        }
        .to_owned()
    };
    let permission = |(key, access): &(String, String)| (format!("{key}.{access}"), context(key));
    let path = template.split('/').map(|segment| match segment {
        "{owner}" | "{org}" => "acme",
        "{repo}" => "site",
        parameter if parameter.starts_with('{') => "v1",
        literal => literal,
    });
    Expected {
        method: method.to_owned(),
        path: path.collect::<Vec<_>>().join("/"),
        sets: source.operations[place].iter().map(|all| all.iter().map(permission).collect()).collect(),
    }
}

#[test]
fn every_operation_of_github_is_decided_by_exactly_its_permissions() {
    let source = GitHub::read().unwrap();
    assert_eq!((source.permissions.len(), source.operations.len()), (73, 942));
    let mut service = Service::new(DEFINITION);
    for place in source.operations.keys() {
        service.judge(&expected(&source, place));
    }
}

#[test]
fn every_permission_of_github_is_offered_and_every_one_offered_is_enforced() {
    let source = GitHub::read().unwrap();
    let service = Service::new(DEFINITION);
    let offered: Vec<&str> = service.rules().permissions.iter().map(|p| p.name.as_str()).collect();
    let levels: Vec<String> = source
        .permissions
        .iter()
        .flat_map(|(key, p)| p.access.iter().map(move |a| format!("{key}.{a}")))
        .collect();
    assert_eq!(offered, levels);
    assert_eq!(service.offered_and_never_asked_for(), [""; 0]);
}

#[test]
fn clients_may_ask_who_they_are_with_any_token_and_change_nothing_of_it() {
    let mut service = Service::new(DEFINITION);
    let access = "up:repository=acme/site:metadata.read";
    for path in ["/", "/meta", "/rate_limit", "/user", "/versions"] {
        assert_eq!(service.decide(access, "GET", path), Ok(()), "{path}");
    }
    for (method, path) in
        [("PATCH", "/user"), ("GET", "/user/emails"), ("GET", "/user/repos"), ("GET", "/users/x")]
    {
        assert!(service.decide(access, method, path).is_err(), "{method} {path}");
    }
}

#[test]
fn a_grant_for_an_organization_holds_for_its_repositories_and_no_other() {
    let mut service = Service::new(DEFINITION);
    let access = "up:organization=ACME:issues.write";
    assert_eq!(service.decide(access, "POST", "/repos/acme/site/issues"), Ok(()));
    assert_eq!(service.decide(access, "GET", "/repos/Acme/site/issues"), Ok(()));
    assert!(service.decide(access, "GET", "/repos/umbrella/site/issues").is_err());
}

#[test]
fn paths_and_branches_may_hold_slashes_and_an_encoded_one_never_makes_another_repository() {
    let mut service = Service::new(DEFINITION);
    let access = "up:repository=acme/site:contents.read";
    for path in [
        "/repos/acme/site/contents/src/main.rs",
        "/repos/acme/site/contents/src%2Fmain.rs",
        "/repos/acme/site/git/ref/heads/feature/x",
        "/repos/acme/site/compare/main...feature/x",
        "/repos/acme/site/branches/feature%2Fx",
    ] {
        assert_eq!(service.decide(access, "GET", path), Ok(()), "{path}");
    }
    for path in ["/repos/acme%2Fsite/x/contents/a", "/repos/x/acme%2Fsite/contents/a"] {
        assert!(service.decide(access, "GET", path).is_err(), "{path}");
    }
    let odd = "up:repository=acme/site/x:contents.read";
    assert!(service.decide(odd, "GET", "/repos/acme%2Fsite/x/contents/a").is_err());
}

#[test]
fn a_workflow_is_written_only_with_workflows_besides_contents_in_every_spelling() {
    let mut service = Service::new(DEFINITION);
    let contents = "up:repository=acme/site:contents.write";
    let both = "up:repository=acme/site:contents.write up:repository=acme/site:workflows.write";
    for spelling in [
        ".github/workflows/ci.yml",
        ".github/workflows%2Fci.yml",
        ".github%2Fworkflows/ci.yml",
        ".github%2Fworkflows%2Fci.yml",
        ".github/workflows/deep/ci.yml",
    ] {
        let path = format!("/repos/acme/site/contents/{spelling}");
        for method in ["PUT", "DELETE"] {
            assert!(service.decide(contents, method, &path).is_err(), "{method} {path}");
            assert_eq!(service.decide(both, method, &path), Ok(()), "{method} {path}");
        }
    }
    assert_eq!(service.decide(contents, "PUT", "/repos/acme/site/contents/.github/x.yml"), Ok(()));
}

#[test]
fn what_makes_a_credential_needs_its_permission_by_name() {
    let mut service = Service::new(DEFINITION);
    for path in ["/repos/acme/site/keys", "/user/keys", "/orgs/acme/actions/runners/registration-token"] {
        assert!(service.decide("up:global:*", "POST", path).is_err(), "{path}");
        assert!(service.decide("**", "POST", path).is_err(), "{path}");
    }
    assert_eq!(service.decide("up:global:keys.write", "POST", "/user/keys"), Ok(()));
}

#[test]
fn a_limited_token_has_nothing_that_github_lists_no_permission_for() {
    let mut service = Service::new(DEFINITION);
    for (method, path) in [
        ("GET", "/graphql"),
        ("GET", "/users/octocat"),
        ("POST", "/repos/acme/site"),
        ("POST", "/repositories/1"),
        ("GET", "/repositories/site"),
        ("GET", "/organizations/acme/repos"),
        ("GET", "/user/octocat/repos"),
    ] {
        assert_eq!(
            service.decide("up:global:*", method, path),
            Err(valetkey_core::decision::Refusal::OperationUnknown),
            "{method} {path}"
        );
    }
}

#[test]
fn git_fetches_with_contents_read_and_pushes_with_contents_write() {
    let mut service = Service::new(DEFINITION);
    let (read, write) = ("up:repository=acme/site:contents.read", "up:repository=acme/site:contents.write");
    for repository in ["/acme/site.git", "/acme/site"] {
        let fetch = [
            ("GET", format!("{repository}/info/refs?service=git-upload-pack")),
            ("POST", format!("{repository}/git-upload-pack")),
            ("GET", format!("{repository}/info/lfs/locks?path=large.bin")),
        ];
        let push = [
            ("GET", format!("{repository}/info/refs?service=git-receive-pack")),
            ("POST", format!("{repository}/git-receive-pack")),
            ("POST", format!("{repository}/info/lfs/locks")),
            ("POST", format!("{repository}/info/lfs/locks/verify")),
            ("POST", format!("{repository}/info/lfs/locks/7/unlock")),
        ];
        let batch = format!("{repository}/info/lfs/objects/batch");
        let direction = |text: &str| Contents::Member { name: "operation".into(), value: Some(text.into()) };
        for (access, allowed) in [(read, vec!["download"]), (write, vec!["download", "upload"])] {
            for text in ["download", "upload", "verify", "Upload", ""] {
                let decided = service.decide_body(access, "POST", &batch, Some(&direction(text)));
                assert_eq!(decided.is_ok(), allowed.contains(&text), "{access} {text}");
            }
            assert!(service.decide(access, "POST", &batch).is_err());
        }
        for (method, path) in &fetch {
            assert_eq!(service.decide(read, method, path), Ok(()), "{path}");
            assert!(
                service.decide("up:repository=acme/other:contents.write", method, path).is_err(),
                "{path}"
            );
        }
        for (method, path) in &push {
            assert!(service.decide(read, method, path).is_err(), "{path}");
            assert_eq!(service.decide(write, method, path), Ok(()), "{path}");
        }
    }
    for unknown in [
        "/acme/site.git/info/refs",
        "/acme/site.wiki.git/info/refs?service=git-upload-pack",
        "/acme/site.git/HEAD",
    ] {
        assert!(service.decide("up:global:contents.write", "GET", unknown).is_err(), "{unknown}");
    }
    let upload = "/repos/acme/site/releases/1/assets?name=a.zip";
    assert!(service.decide(read, "POST", upload).is_err());
    assert_eq!(service.decide(write, "POST", upload), Ok(()));
}
