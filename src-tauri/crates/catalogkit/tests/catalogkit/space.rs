use std::collections::BTreeSet;

use valetkey_catalogkit::Space;
use valetkey_core::decision::Refusal;

use super::decided::{Expected, Service};

const DEFINITION: &str = include_str!("../../../catalog/definitions/space.json");
const CODECANVAS: &str = include_str!("../../../catalog/definitions/codecanvas.json");

/// A path of the source as a request, with these identifiers.
fn request(path: &str, project: &str, channel: &str, repository: &str) -> String {
    let packages = path.contains("/packages/repositories/");
    let fill = |segment: &str| match segment {
        "{project}" => project.to_owned(),
        "{channel}" => channel.to_owned(),
        "{repository}" if packages => repository.to_owned(),
        _ => match segment.split_once('{') {
            Some((before, _)) => format!("{before}v1"),
            None => segment.to_owned(),
        },
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// What is needed of the rights that an endpoint names.
fn needed<'s>(source: &Space, rights: &'s [String]) -> BTreeSet<&'s str> {
    let everywhere = rights.iter().any(|code| code == "Superadmin");
    let global = |code: &&String| source.permissions[code.as_str()].contexts == ["global"];
    rights.iter().filter(|code| !everywhere || global(code)).map(String::as_str).collect()
}

fn expected(source: &Space, row: &(String, String, Vec<String>), project: &str) -> Expected {
    let (method, path, rights) = row;
    let grantable =
        |code: &str, context: &str| source.permissions[code].contexts.iter().any(|known| known == context);
    let narrowest = |code: &str| {
        if path.contains("/packages/repositories/{repository}") && grantable(code, "packageRepository") {
            "package-repository=7Gh".to_owned()
        } else if path.contains("/{channel}") && grantable(code, "channel") {
            "channel=42P9".to_owned()
        } else if path.contains("/{project}") && grantable(code, "project") {
            format!("project={project}")
        } else {
            "global".to_owned()
        }
    };
    let all = needed(source, rights).into_iter().map(|code| (code.to_owned(), narrowest(code))).collect();
    Expected { method: method.clone(), path: request(path, project, "id:42P9", "id:7Gh"), sets: vec![all] }
}

fn is_password(path: &str) -> bool {
    path.contains("/application-passwords")
}

fn is_open(path: &str) -> bool {
    ["/api/http/http-api-model", "/api/http/permissions"].contains(&path)
}

#[test]
fn every_endpoint_of_space_that_names_permissions_is_decided_by_exactly_those() {
    let source = Space::read().unwrap();
    let named: Vec<_> = source.endpoints.iter().filter(|(_, _, rights)| !rights.is_empty()).collect();
    assert_eq!((source.permissions.len(), source.endpoints.len(), named.len()), (228, 818, 492));
    let mut service = Service::new(DEFINITION);
    for row in named {
        for project in ["key:SITE", "id:2k3aB"] {
            service.judge(&expected(&source, row, project));
        }
    }
}

#[test]
fn a_channel_or_package_repository_by_another_name_needs_more_than_a_grant_of_its_id() {
    let source = Space::read().unwrap();
    let mut service = Service::new(DEFINITION);
    let mut seen = 0;
    for row in source.endpoints.iter().filter(|(_, _, rights)| !rights.is_empty()) {
        let (method, path, rights) = row;
        let named = request(path, "key:SITE", "channel:name:42P9", "key:7Gh");
        let narrow = expected(&source, row, "key:SITE").sets.remove(0);
        let Some((code, context)) = narrow
            .iter()
            .find(|(_, context)| context.starts_with("channel=") || context.starts_with("package-"))
        else {
            continue;
        };
        seen += 1;
        let decided = service.decide(&format!("up:{context}:{code}"), method, &named);
        assert!(matches!(decided, Err(Refusal::InsufficientScope(_))), "{method} {named}");
        let wide: Vec<String> = rights.iter().map(|code| format!("up:global:{code}")).collect();
        assert_eq!(service.decide(&wide.join(" "), method, &named), Ok(()), "{method} {named}");
    }
    assert_eq!(seen, 42);
}

#[test]
fn an_endpoint_that_names_no_permission_is_unknown_to_limited_access() {
    let source = Space::read().unwrap();
    let mut service = Service::new(DEFINITION);
    let mut closed = 0;
    for (method, path, _) in source.endpoints.iter().filter(|(_, _, rights)| rights.is_empty()) {
        let path = request(path, "key:SITE", "id:42P9", "id:7Gh");
        let decided = service.decide("up:global:*", method, &path);
        if is_open(&path) && method == "GET" {
            assert_eq!(decided, Ok(()), "{method} {path}");
        } else if !is_password(&path) {
            assert_eq!(decided, Err(Refusal::OperationUnknown), "{method} {path}");
            closed += 1;
        }
    }
    assert_eq!(closed, 326 - 2 - 4);
}

#[test]
fn every_permission_that_is_offered_is_enforced_in_each_context_in_which_it_is_offered() {
    let source = Space::read().unwrap();
    for definition in [DEFINITION, CODECANVAS] {
        let service = Service::new(definition);
        assert_eq!(service.offered_and_never_asked_for(), [""; 0]);
        let rules = service.rules();
        for permission in &rules.permissions {
            assert!(source.permissions.contains_key(permission.name.as_str()), "{}", permission.name);
            for kind in &permission.kinds {
                let usable = rules.operations.iter().any(|operation| {
                    let asked = operation
                        .requires
                        .iter()
                        .flatten()
                        .any(|index| rules.permissions[index.0].name == permission.name);
                    asked && operation.contexts.iter().any(|binding| binding.kind == *kind)
                });
                assert!(usable, "{} in {}", permission.name, rules.kinds[*kind].name);
            }
        }
    }
}

#[test]
fn every_permission_that_an_endpoint_of_space_needs_is_offered() {
    let source = Space::read().unwrap();
    let service = Service::new(DEFINITION);
    for (_, path, rights) in &source.endpoints {
        for code in needed(&source, rights) {
            assert!(service.rules().permission(code).is_some(), "{code} of {path}");
        }
    }
}

#[test]
fn what_makes_or_shows_a_credential_needs_its_permission_by_name() {
    let mut service = Service::new(DEFINITION);
    let profile = "/api/http/team-directory/profiles/me";
    for (method, path, code) in [
        ("POST", format!("{profile}/permanent-tokens"), "Profile.PermanentTokens.Create"),
        ("PATCH", format!("{profile}/permanent-tokens/1"), "Profile.PermanentTokens.Edit"),
        ("POST", format!("{profile}/application-passwords"), "Profile.TwoFactorAuthentication.Create"),
        ("POST", format!("{profile}/ssh-keys"), "Profile.Edit.2"),
        ("GET", "/api/http/applications/id:1/client-secret".into(), "Applications.ViewSecrets"),
        ("POST", "/api/http/applications/id:1/permanent-tokens".into(), "Applications.Edit"),
        ("POST", "/api/http/applications".into(), "Applications.Create"),
    ] {
        for access in ["up:global:*", "**"] {
            assert!(service.decide(access, method, &path).is_err(), "{access} {method} {path}");
        }
        assert_eq!(service.decide(&format!("up:global:{code}"), method, &path), Ok(()), "{method} {path}");
    }
}

#[test]
fn a_token_can_not_revoke_the_master_credential_through_the_path_for_its_own() {
    let mut service = Service::new(DEFINITION);
    let path = "/api/http/team-directory/profiles/me/permanent-tokens/current";
    let decided = service.decide("up:global:Profile.PermanentTokens.Edit", "DELETE", path);
    assert_eq!(decided, Err(Refusal::OperationUnknown));
}

#[test]
fn the_fields_that_clients_of_space_ask_for_are_no_reason_to_refuse() {
    let mut service = Service::new(DEFINITION);
    let path = "/api/http/projects/key:SITE/planning/issues?$fields=data(id,title,status(*)),next&$top=20&sorting=UPDATED";
    assert_eq!(service.decide("up:project=key:SITE:Project.Issues.View", "GET", path), Ok(()));
}

#[test]
fn roles_are_changed_with_superadmin_alone_for_no_path_names_their_project() {
    let mut service = Service::new(DEFINITION);
    let path = "/api/http/permission-roles/r1/permissions";
    let others = "up:global:Project.Admin up:global:Channel.Admin";
    assert!(matches!(service.decide(others, "POST", path), Err(Refusal::InsufficientScope(_))));
    assert_eq!(service.decide("up:global:Superadmin", "POST", path), Ok(()));
}

#[test]
fn codecanvas_has_what_is_called_the_same_there_and_nothing_else_of_space() {
    let source = Space::read().unwrap();
    let names: Vec<&str> = source.codecanvas.iter().map(|(name, _)| name.as_str()).collect();
    let mut service = Service::new(CODECANVAS);
    let applications =
        service.rules().permissions.iter().filter(|p| p.name.as_str().starts_with("Applications."));
    assert!(applications.into_iter().all(|permission| names.contains(&&*permission.title)));
    assert_eq!(service.decide("up:global:Applications.View", "GET", "/api/http/applications/id:1"), Ok(()));
    assert_eq!(service.decide("up:global:Rd.Workspaces.Create", "GET", "/api/http/rd/warmups"), Ok(()));
    let issues = "/api/http/projects/key:SITE/planning/issues";
    assert_eq!(service.decide("up:global:*", "GET", issues), Err(Refusal::OperationUnknown));
}
