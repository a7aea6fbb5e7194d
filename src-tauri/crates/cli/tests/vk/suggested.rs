//! What a token really used, and who refused what, as the terminal tells it.

use valetkey_testkit::Recorder;

use crate::program::{Folder, Served};

const ENVIRONMENTS: &str = "/sandbox/namespaces/web/environments";

/// A sandbox, and a token with more than it needs.
fn wide() -> (Folder, Served, String) {
    let folder = Folder::with_profile();
    let served = folder.serve();
    folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
    let grants = [
        "sandbox:namespace=web:environment.manage",
        "sandbox:namespace=ops:environment.view",
        "sandbox:global:profile.view",
    ];
    let create = ["token", "create", "--name", "ci", "--grant"];
    let token = folder.vk(&[&create[..], &grants].concat()).ok();
    (folder, served, token)
}

#[test]
fn a_token_is_narrowed_to_what_it_used_and_goes_on() {
    let (folder, served, token) = wide();
    assert_eq!(
        folder.vk(&["token", "suggest", "ci"]).ok(),
        "ci made no request that was permitted in the last 30 days."
    );
    for (path, status) in
        [(ENVIRONMENTS, 200), (ENVIRONMENTS, 200), ("/sandbox/me", 200), ("/sandbox/users", 403)]
    {
        assert_eq!(served.get(path, &token), status);
    }
    let suggestion = folder.vk(&["--json", "token", "suggest", "ci", "--days", "400"]).json();
    assert_eq!(suggestion["days"], 90, "activity is kept no longer");
    let people = folder.vk(&["token", "suggest", "ci"]).ok();
    let time = people.split("last ").nth(2).unwrap()[..16].to_owned();
    insta::assert_snapshot!(people.replace(&time, "2026-11-24 10:00"), @r"
    ci made 3 requests in the last 30 days, for which 2 grants would have been enough:

    sandbox:global:profile.view
        GET /me  1 request, last 2026-11-24 10:00

    sandbox:namespace=web:environment.view  (new)
        GET /namespaces/{namespace}/environments in namespace=web  2 requests, last 2026-11-24 10:00

    Never used:
        sandbox:namespace=ops:environment.view

    Used, where less would do:
        sandbox:namespace=web:environment.manage

    Operations that it can do:
        sandbox: 7 now, 4 then, of 22

    vk token update ci --grant sandbox:global:profile.view sandbox:namespace=web:environment.view
    ");

    let line = people.lines().last().unwrap();
    folder.vk(&line.split(' ').skip(1).collect::<Vec<_>>()).ok();
    assert_eq!(served.get(ENVIRONMENTS, &token), 200);
    assert_eq!(served.get("/sandbox/me", &token), 200);
    assert_eq!(served.ask("POST", ENVIRONMENTS, &token).status, 403, "it could until then");
    let again = folder.vk(&["--json", "token", "suggest", "ci"]).json();
    let grants: Vec<_> =
        again["grants"].as_array().unwrap().iter().map(|grant| (&grant["text"], &grant["held"])).collect();
    assert_eq!(
        format!("{grants:?}"),
        r#"[(String("sandbox:global:profile.view"), Bool(true)), (String("sandbox:namespace=web:environment.view"), Bool(true))]"#
    );
    assert_eq!((again["unused"].to_string(), again["narrowed"].to_string()), ("[]".into(), "[]".into()));
}

#[test]
fn full_access_is_narrowed_and_what_only_it_can_do_is_said() {
    let (folder, served, _) = wide();
    let token = folder.vk(&["token", "create", "--name", "admin", "--full"]).ok();
    assert_eq!(served.get("/sandbox/users", &token), 200);
    assert_eq!(served.get("/sandbox/elsewhere", &token), 404);
    let suggestion = folder.vk(&["--json", "token", "suggest", "admin"]).json();
    assert_eq!(suggestion["grants"][0]["text"], "sandbox:global:users.view");
    assert_eq!(suggestion["uncovered"][0]["operation"], "GET (unknown)");
    assert_eq!(suggestion["uncovered"][0]["why"], "operation_unknown");
}

#[test]
fn what_the_service_itself_refused_is_told_from_what_the_gateway_refused() {
    let folder = Folder::with_profile();
    let recorder = Recorder::answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let served = folder.serve();
    let url = format!("http://{}", recorder.address());
    folder.vk_told("credential\n", &["service", "add", "api", "--kind", "rest", "--url", &url]).ok();
    let token = folder.vk(&["token", "create", "--name", "ci", "--grant", "api:global:read"]).ok();
    assert_eq!(served.get("/api/mine", &token), 403);
    assert_eq!(served.ask("DELETE", "/api/mine", &token).status, 403);

    let rows = folder.vk(&["--json", "activity"]).json();
    let told = |place: usize| {
        (rows[place]["decision"].as_str().unwrap(), rows[place]["refused_by"].as_str().unwrap())
    };
    assert_eq!(told(0), ("permit", "service"));
    assert_eq!(told(1), ("refusal", "gateway"));
    let by_service = folder.vk(&["--json", "activity", "--refused-by-service"]).json();
    assert_eq!(
        (by_service.as_array().unwrap().len(), &by_service[0]["operation"]),
        (1, &rows[0]["operation"])
    );
    assert_eq!(folder.vk(&["--json", "activity", "--denied"]).json().as_array().unwrap().len(), 1);
    let both = folder.vk(&["activity", "--denied", "--refused-by-service"]).ok();
    assert!(both.contains("permit, refused by the service "), "{both}");
    assert_eq!(both.lines().count(), 3);
}
