use valetkey_catalog::{Definition, kind, shipped};
use valetkey_core::{
    http::Method,
    path::{Path, Unusual},
    rules::{Risk, Rules},
};

fn needed<'r>(rules: &'r Rules, method: Method, path: &str) -> Option<&'r str> {
    let found = rules.router.find(method, Path::parse(path).ok()?, None)?;
    let permission = rules.operations[found.operation].requires[0][0];
    Some(rules.permissions[permission.0].name.as_str())
}

#[test]
fn every_shipped_definition_parses_and_is_found_by_its_kind() {
    let kinds: Vec<&str> = shipped().map(Definition::kind).collect();
    let forges = ["github", "gitlab", "forgejo", "gitea", "space", "codecanvas"];
    let others =
        ["openai", "anthropic", "npm", "pypi", "docker-registry", "sentry", "slack", "teamcity", "youtrack"];
    assert_eq!(kinds, [&["rest", "sandbox"], &forges[..], &others].concat());
    assert!(kinds.iter().all(|name| kind(name).is_some()));
    assert!(kind("none").is_none());
}

#[test]
fn rest_reads_with_get_and_head_and_writes_with_everything_else() {
    let rest = kind("rest").unwrap();
    assert!(rest.needs_base_url() && rest.needs_credential());
    let rules = rest.rules();
    for path in ["/", "/a", "/a/b/", "/a/b/c%20d"] {
        for method in Method::ALL {
            let expected = if matches!(method, Method::Get | Method::Head) { "read" } else { "write" };
            assert_eq!(needed(rules, method, path), Some(expected), "{method} {path}");
        }
    }
    let write = rules.permission("write").unwrap();
    assert!(!rules.permissions[write.0].closure.contains(rules.permission("read").unwrap()));
    assert_eq!(rules.switches.path, Unusual::default());
    assert_eq!(rules.switches.bodies, [Method::Delete]);
    assert!(!rules.switches.upgrade);
}

#[test]
fn the_sandbox_asks_for_nothing_and_marks_what_is_dangerous() {
    let sandbox = kind("sandbox").unwrap();
    assert!(!sandbox.needs_base_url() && !sandbox.needs_credential());
    let rules = sandbox.rules();
    assert_eq!(needed(rules, Method::Head, "/namespaces/web/templates"), Some("template.view"));
    assert_eq!(needed(rules, Method::Get, "/nowhere"), None);
    let minting: Vec<&str> = rules
        .operations
        .iter()
        .filter(|operation| operation.risk == Risk::MintsCredentials)
        .map(|operation| &*operation.label)
        .collect();
    assert_eq!(minting, ["POST /namespaces/{namespace}/service-accounts/{account}/token"]);
}
