//! Projects and groups by number and by name, in front of a stand-in for GitLab that knows a few of them.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use valetkey_core::{
    activity::Outcome,
    token::{Status, Token},
};
use valetkey_testkit::{PolicyBuilder, Recorder};

use crate::{
    scene::{Scene, refused},
    stand_in::{Knows, StandIn},
};

const DEFINITION: &str = include_str!("../../../catalog/definitions/gitlab.json");

/// What the stand-in knows: (id, path, id of the namespace), the namespaces alike.
#[derive(Debug, Default)]
pub(crate) struct Known {
    projects: Vec<(u64, &'static str, u64)>,
    groups: Vec<(u64, &'static str, Option<u64>)>,
    /// What is asked about projects and groups is answered so.
    failing: Option<u16>,
}

pub(crate) type Forge = StandIn<Known>;

impl Known {
    fn project(&self, name: &str) -> Option<&(u64, &'static str, u64)> {
        self.projects.iter().find(|(id, path, _)| name == id.to_string() || name.eq_ignore_ascii_case(path))
    }

    /// What GitLab would answer to `GET` of this path.
    fn told(&self, path: &str) -> (u16, Value) {
        let name = |rest: &str| rest.replace("%2F", "/");
        let none = (404, json!({"message": "404 Not Found"}));
        let of_project =
            path.strip_prefix("/api/v4/projects/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
        let of_group =
            path.strip_prefix("/api/v4/groups/").and_then(|rest| rest.strip_suffix("?with_projects=false"));
        match (of_project, of_group) {
            (Some((_, "")), _) | (None, Some(_)) if self.failing.is_some() => {
                (self.failing.unwrap_or_default(), json!({}))
            }
            (Some((asked, below)), _) => match self.project(&name(asked)) {
                Some((id, path, namespace)) if below.is_empty() => (
                    200,
                    json!({"id": id, "path_with_namespace": path, "namespace": {"id": namespace, "kind": "group"}}),
                ),
                Some(_) => (200, json!([])),
                None => none,
            },
            (None, Some(asked)) => {
                let asked = name(asked);
                let found =
                    self.groups.iter().find(|(id, path, _)| asked == id.to_string() || asked == *path);
                found.map_or(none, |(id, path, parent)| {
                    (200, json!({"id": id, "full_path": path, "parent_id": parent}))
                })
            }
            // As a batch of git-lfs is answered; other requests do not look at it.
            (None, None) => (200, json!({"objects": []})),
        }
    }
}

impl Knows for Known {
    fn answer(&self, _base: &str, path: &str) -> (u16, String, Value) {
        let (status, body) = self.told(path);
        (status, String::new(), body)
    }
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self::below("")
    }

    /// Below this path of its host.
    fn below(base: &'static str) -> Self {
        let known = Known {
            projects: vec![
                (42, "acme/site", 7),
                (43, "acme/tools/cli", 8),
                (44, "acme-evil/site", 9),
                (45, "octocat/acme", 10),
            ],
            // 10 is a user's namespace.
            groups: vec![(7, "acme", None), (8, "acme/tools", Some(7)), (9, "acme-evil", None)],
            failing: None,
        };
        Self::start(known, "lab", base, DEFINITION, Some("header:PRIVATE-TOKEN"))
    }
}

#[test]
fn a_number_and_a_path_are_one_project_and_the_service_is_asked_once() {
    let mut forge = Forge::new();
    let (_, by_number) = forge.scene.token("lab:project=42:read_work_item lab:project=42:download_code");
    let (_, by_path) = forge.scene.token("lab:project=Acme/Site:read_work_item");
    for (token, path) in [
        (&by_number, "/api/v4/projects/acme%2Fsite/issues"),
        (&by_number, "/api/v4/projects/ACME%2Fsite/issues"),
        (&by_number, "/acme/site.git/info/refs?service=git-upload-pack"),
        (&by_path, "/api/v4/projects/42/issues"),
        (&by_path, "/api/v4/projects/42/issues"),
    ] {
        assert_eq!(forge.get(token, path).status, 200, "{path}");
    }
    let (asked, forwarded) = forge.asked_and_forwarded();
    assert_eq!(asked, ["/api/v4/projects/acme%2Fsite"], "by either name it is known then");
    assert_eq!(forwarded, 5);
    let entries = forge.scene.log.entries();
    assert_eq!(entries[0].context, "project=acme/site project=42");
    assert_eq!(entries[3].context, "project=42 project=acme/site");
}

#[test]
fn nothing_is_asked_where_it_could_change_nothing() {
    let mut forge = Forge::new();
    for (access, path, status) in [
        ("lab:project=42:read_work_item", "/api/v4/projects/42/issues", 200),
        ("lab:global:read_work_item", "/api/v4/projects/acme%2Fsite/issues", 200),
        ("**", "/api/v4/projects/acme%2Fsite/issues", 200),
        ("lab:project=42:read_work_item", "/api/v4/projects/43/issues", 403),
        ("lab:project=acme/site:read_work_item", "/api/v4/projects/acme%2Fother/issues", 403),
        ("lab:project=42:read_wiki", "/api/v4/projects/acme%2Fsite/issues", 403),
        ("lab:project=42:read_work_item", "/api/v4/projects/acme%252Fsite/issues", 400),
        ("lab:project=42:read_work_item", "/api/v4/projects/acme/site/issues", 403),
        ("lab:project=42:read_work_item", "/api/v4/no/such/operation", 403),
    ] {
        let (_, token) = forge.scene.token(access);
        assert_eq!(forge.get(&token, path).status, status, "{access} {path}");
    }
    assert_eq!(forge.asked_and_forwarded(), (Vec::new(), 3));
}

#[test]
fn a_group_covers_the_projects_inside_it_and_no_namesake() {
    let mut forge = Forge::new();
    for (group, sub) in [("acme", "acme/tools"), ("7", "8")] {
        let (_, all) = forge.scene.token(&format!("lab:group={group}:read_work_item"));
        let (_, tools) = forge.scene.token(&format!("lab:group={sub}:read_work_item"));
        for (path, in_all, in_tools) in [
            ("/api/v4/projects/42/issues", 200, 403),
            ("/api/v4/projects/acme%2Fsite/issues", 200, 403),
            ("/api/v4/projects/43/issues", 200, 200),
            ("/api/v4/projects/acme%2Ftools%2Fcli/issues", 200, 200),
            ("/api/v4/groups/acme%2Ftools/issues", 200, 200),
            ("/api/v4/groups/8/issues", 200, 200),
            ("/api/v4/groups/7/issues", 200, 403),
            ("/api/v4/projects/44/issues", 403, 403),
            ("/api/v4/projects/acme-evil%2Fsite/issues", 403, 403),
            ("/api/v4/projects/45/issues", 403, 403),
            ("/api/v4/projects/46/issues", 403, 403),
        ] {
            assert_eq!(forge.get(&all, path).status, in_all, "group={group} {path}");
            assert_eq!(forge.get(&tools, path).status, in_tools, "group={sub} {path}");
        }
    }
}

#[test]
fn an_application_without_a_grant_is_not_told_what_a_number_is_called() {
    let mut forge = Forge::new();
    let (_, token) = forge.scene.token("lab:project=acme/site:read_work_item");
    let answer = forge.get(&token, "/api/v4/projects/44/issues");
    assert_eq!((answer.status, refused(&answer)), (403, "insufficient_scope"));
    assert!(!answer.text().contains("evil") && answer.text().contains("project=44"), "{}", answer.text());
    let entry = forge.scene.log.entries().pop().unwrap();
    assert_eq!(
        (entry.outcome, entry.context.as_str()),
        (Outcome::Refusal, "project=44 project=acme-evil/site")
    );
}

#[test]
fn where_the_service_does_not_tell_the_request_is_refused_and_goes_nowhere() {
    let mut forge = Forge::new();
    let (_, token) = forge.scene.token("lab:project=42:read_work_item");
    forge.change(|known| known.failing = Some(500));
    let answer = forge.get(&token, "/api/v4/projects/acme%2Fsite/issues");
    assert_eq!((answer.status, refused(&answer)), (502, "upstream_failed"));
    assert!(answer.text().contains("could not be resolved"), "{}", answer.text());
    assert_eq!(forge.asked_and_forwarded().1, 0);

    forge.change(|known| known.failing = None);
    assert_eq!(forge.get(&token, "/api/v4/projects/acme%2Fsite/issues").status, 200, "a failure is not kept");
}

#[test]
fn a_renamed_project_keeps_the_grant_of_its_number_and_leaves_that_of_its_path() {
    let mut forge = Forge::new();
    let (_, by_number) = forge.scene.token("lab:project=42:read_work_item");
    let (_, by_path) = forge.scene.token("lab:project=acme/site:read_work_item");
    assert_eq!(forge.get(&by_number, "/api/v4/projects/acme%2Fsite/issues").status, 200);
    assert_eq!(forge.get(&by_path, "/api/v4/projects/42/issues").status, 200);
    forge.change(|known| known.projects = vec![(42, "acme/www", 7), (50, "acme/site", 7)]);

    // Until somebody meets it, what was told holds: no longer than ten minutes.
    assert_eq!(forge.get(&by_path, "/api/v4/projects/42/issues").status, 200);
    forge.scene.clock.advance(10 * 60 * 1000);
    assert_eq!(forge.get(&by_path, "/api/v4/projects/42/issues").status, 403);
    assert_eq!(forge.get(&by_path, "/api/v4/projects/50/issues").status, 200, "it has that path now");
    assert_eq!(forge.get(&by_number, "/api/v4/projects/acme%2Fwww/issues").status, 200);
    assert_eq!(forge.get(&by_number, "/api/v4/projects/acme%2Fsite/issues").status, 403);
}

#[test]
fn a_request_that_finds_the_thing_gone_makes_it_be_asked_anew() {
    let mut forge = Forge::new();
    let (_, token) = forge.scene.token("lab:project=42:read_work_item");
    assert_eq!(forge.get(&token, "/api/v4/projects/acme%2Fsite/issues").status, 200);
    forge.change(|known| known.projects = vec![(42, "acme/www", 7)]);
    assert_eq!(
        forge.get(&token, "/api/v4/projects/acme%2Fsite/issues").status,
        404,
        "the service's own answer"
    );
    // It is forgotten before the request is closed on record.
    forge.scene.log.closing(1);
    forge.change(|known| known.projects.push((50, "acme/site", 7)));
    assert_eq!(forge.get(&token, "/api/v4/projects/acme%2Fsite/issues").status, 403);
    assert_eq!(forge.asked_and_forwarded().0.len(), 2);
}

#[test]
fn a_transferred_project_leaves_the_grant_of_its_group_in_ten_minutes() {
    let mut forge = Forge::new();
    let (_, token) = forge.scene.token("lab:group=acme:read_work_item");
    assert_eq!(forge.get(&token, "/api/v4/projects/42/issues").status, 200);
    forge.change(|known| known.projects = vec![(42, "acme-evil/www", 9)]);
    forge.scene.clock.advance(10 * 60 * 1000);
    assert_eq!(forge.get(&token, "/api/v4/projects/42/issues").status, 403);
}

#[test]
fn an_instance_below_a_path_has_its_api_git_and_names_there() {
    let mut forge = Forge::below("/gitlab");
    let (_, token) = forge.scene.token("lab:project=42:read_work_item lab:project=42:download_code");
    for path in [
        "/api/v4/projects/acme%2Fsite/issues",
        "/api/v4/projects/42/issues",
        "/acme/site.git/info/refs?service=git-upload-pack",
    ] {
        assert_eq!(forge.get(&token, path).status, 200, "{path}");
    }
    let requests = forge.scene.upstream.requests();
    assert!(requests.iter().all(|request| request.line().starts_with("GET /gitlab/")), "{requests:?}");
    let git = requests.last().unwrap();
    assert!(git.values("authorization")[0].starts_with("Basic ") && git.values("private-token").is_empty());
    assert_eq!(forge.asked_and_forwarded(), (vec!["/gitlab/api/v4/projects/acme%2Fsite".to_owned()], 3));
}

#[test]
fn a_token_that_is_revoked_while_the_service_is_asked_gets_nothing() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Mutex::new(released);
    let upstream = Recorder::scripted(Arc::new(move |_, stream| {
        // Ends too when the test does.
        let _ = released.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let body = r#"{"id": 42, "path_with_namespace": "acme/site", "namespace": {"id": 7}}"#;
        let length = body.len();
        stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes())?;
        Ok(true)
    }));
    let policy = PolicyBuilder::new().service("lab", &upstream.url(), DEFINITION, None);
    let mut scene = Scene::with(upstream, policy);
    let (record, token) = scene.token("lab:project=42:read_work_item");
    let mut client = scene.connect();
    let request = "GET /lab/api/v4/projects/acme%2Fsite/issues HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n";
    client.send(scene.fill(&token, request)).unwrap();
    assert!(scene.upstream.wait_until(|requests, _| requests == 1));
    scene.policy.put(Token { status: Status::Revoked { at: record.created }, ..record });
    scene.apply();
    release.send(()).unwrap();
    assert_eq!(client.answer(false).unwrap().status, 401);
    assert_eq!(scene.upstream.requests().len(), 1);
}
