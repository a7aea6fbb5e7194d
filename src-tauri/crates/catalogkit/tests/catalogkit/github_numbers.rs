use valetkey_catalogkit::GitHub;

use super::{
    decided::{Expected, Service},
    github::{DEFINITION, UNNAMED},
};

/// Below the one path as below the other, and what the number is in a grant.
const PLACES: [(&str, &str, &str); 4] = [
    ("/repos/{}/{}", "/repositories/42", "repository=42"),
    ("/orgs/{}/teams/{}", "/organizations/7/team/5", "organization=#7"),
    ("/orgs/{}", "/organizations/7", "organization=#7"),
    ("/users/{}", "/user/3", ""),
];

/// What is behind `path` in a template, whatever its parameters are called.
fn below<'t>(template: &'t str, path: &str) -> Option<&'t str> {
    let mut rest = template;
    for part in path.split('/').skip(1) {
        let segment = rest.strip_prefix('/')?;
        let end = segment.find('/').unwrap_or(segment.len());
        let fits = part == "{}" && segment.starts_with('{') || &segment[..end] == part;
        rest = fits.then(|| &segment[end..])?;
    }
    Some(rest)
}

fn by_number(source: &GitHub, place: &str) -> Option<Expected> {
    let (method, template) = place.split_once(' ').unwrap();
    let (also, context, rest) =
        PLACES.iter().find_map(|(path, also, context)| Some((*also, *context, below(template, path)?)))?;
    let value = |segment: &str| match segment {
        "{owner}" | "{org}" => "acme".to_owned(),
        "{repo}" => "site".to_owned(),
        parameter if parameter.starts_with('{') => "v1".to_owned(),
        literal => literal.to_owned(),
    };
    let rest: Vec<String> = rest.split('/').map(value).collect();
    let named = |permission: &str| {
        let level = source.permissions[permission].level.as_str();
        let fits = |kind| context.starts_with(kind) && !UNNAMED.contains(&place);
        match level {
            "user" => "user",
            "repository" if fits("repository") || fits("organization") => context,
            "repository" if template.contains("/{owner}/{repo}") && !UNNAMED.contains(&place) => {
                "repository=acme/site"
            }
            "organization" if fits("organization") => context,
            "organization" if template.contains("/{org}") => "organization=acme",
            _ => "global",
        }
        .to_owned()
    };
    let permission = |(key, access): &(String, String)| (format!("{key}.{access}"), named(key));
    Some(Expected {
        method: method.to_owned(),
        path: format!("{also}{}", rest.join("/")),
        sets: source.operations[place].iter().map(|all| all.iter().map(permission).collect()).collect(),
    })
}

#[test]
fn every_operation_that_github_takes_by_number_too_is_decided_there_by_exactly_its_permissions() {
    let source = GitHub::read().unwrap();
    let mut service = Service::new(DEFINITION);
    let mut judged = 0;
    for expected in source.operations.keys().filter_map(|place| by_number(&source, place)) {
        service.judge(&expected);
        judged += 1;
    }
    assert_eq!(judged, 838);
}

#[test]
fn a_number_is_no_name_and_a_name_is_no_number() {
    let mut service = Service::new(DEFINITION);
    for (access, path) in [
        // A user called 42 can own a repository called site, and an organization can be called 7.
        ("up:repository=42/site:issues.read", "/repositories/42%2Fsite/issues"),
        ("up:repository=42:issues.read", "/repositories/042/issues"),
        ("up:repository=42:issues.read", "/repositories/+42/issues"),
        ("up:repository=42:issues.read", "/repositories/42/../43/issues"),
        ("up:organization=7:metadata.read", "/organizations/7/repos"),
        ("up:organization=#7:metadata.read", "/orgs/7/repos"),
        ("up:organization=42:issues.read", "/repositories/42/issues"),
        ("up:repository=42:issues.read", "/repositories/43/issues"),
    ] {
        let refused =
            valetkey_core::path::Path::parse(path).is_err() || service.decide(access, "GET", path).is_err();
        assert!(refused, "{access} {path}");
    }
    assert_eq!(service.decide("up:repository=42:issues.read", "GET", "/repositories/42/issues"), Ok(()));
    assert_eq!(service.decide("up:organization=7:metadata.read", "GET", "/orgs/7/repos"), Ok(()));
    assert_eq!(service.decide("up:organization=#7:metadata.read", "GET", "/organizations/7/repos"), Ok(()));
}

#[test]
fn git_and_uploads_are_not_reached_by_number() {
    let mut service = Service::new(DEFINITION);
    for (method, path) in [
        ("GET", "/repositories/42.git/info/refs?service=git-upload-pack"),
        ("POST", "/repositories/42/releases/1/assets"),
    ] {
        let decided = service.decide("up:repository=42:contents.write", method, path);
        assert!(decided.is_err(), "{method} {path}");
    }
}
