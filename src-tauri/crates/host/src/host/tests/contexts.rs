//! Contexts are searched in the service, and those that are gone are marked.

use std::{io::Write, sync::Arc};

use valetkey_testkit::{Recorded, Recorder};
use valetkey_wire::{Code, ContextSearch, NewService, SecretText};

use super::bench::{Bench, create, limited, rest, until};

/// Answers a path up to its query, or 404; `MOVED` leads elsewhere.
pub(super) fn service(answers: &'static [(&'static str, &'static str)]) -> Recorder {
    Recorder::scripted(Arc::new(move |request: &Recorded, stream| {
        let target = request.line().split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let found = answers.iter().find(|(known, _)| *known == path).map(|(_, body)| *body);
        let (status, body) = match found {
            Some("MOVED") => ("301 Moved Permanently", ""),
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", "{}"),
        };
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        Ok(true)
    }))
}

pub(super) fn of_kind(kind: &str, recorder: &Recorder) -> NewService {
    NewService { kind: kind.into(), ..rest(kind, recorder) }
}

pub(super) fn values(search: &ContextSearch) -> Vec<(&str, Option<&str>)> {
    search.found.iter().map(|found| (found.value.as_str(), found.title.as_deref())).collect()
}

pub(super) fn lines(recorder: &Recorder) -> Vec<String> {
    recorder.requests().iter().map(|request| request.line().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_of_github_are_searched_where_the_owner_has_them() {
    let (bench, recorder) = (
        Bench::new(),
        service(&[
            ("/user", r#"{"login":"octocat"}"#),
            ("/user/orgs", r#"[{"login":"acme"},{"login":"other"}]"#),
            ("/user/repos", r#"[{"full_name":"octocat/dotfiles"}]"#),
            ("/search/repositories", r#"{"items":[{"full_name":"acme/site"}]}"#),
        ]),
    );
    let host = bench.serve().await;
    host.add_service(of_kind("github", &recorder)).await.unwrap();
    let found = host.search_contexts("github", "repository", "").await.unwrap();
    assert_eq!((values(&found), found.asked), (vec![("octocat/dotfiles", None)], true));
    let found = host.search_contexts("github", "repository", "site").await.unwrap();
    assert_eq!(values(&found), [("acme/site", None)]);
    let asked = lines(&recorder);
    assert!(asked.last().unwrap().contains("site%20in%3Aname"), "{asked:?}");
    host.search_contexts("github", "repository", " site ").await.unwrap();
    assert_eq!(lines(&recorder).len(), asked.len(), "an answer of a moment ago is given again");
    assert_eq!(
        values(&host.search_contexts("github", "organization", "ac").await.unwrap()),
        [("acme", None)]
    );

    host.replace_credential("github", &SecretText::new("master-credential-2")).await.unwrap();
    let before = lines(&recorder).len();
    host.search_contexts("github", "repository", "site").await.unwrap();
    assert!(lines(&recorder).len() > before, "another credential finds other things");
    assert_eq!(host.search_contexts("github", "planet", "").await.unwrap_err().code, Code::NotFound);
    assert_eq!(host.search_contexts("github", "user", "").await.unwrap_err().code, Code::NotFound);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_of_gitlab_are_found_by_number_with_their_path_as_title() {
    let (bench, recorder) = (
        Bench::new(),
        service(&[
            ("/api/v4/user", r#"{"username":"root"}"#),
            ("/api/v4/personal_access_tokens/self", r#"{"scopes":["read_api"],"expires_at":"2027-01-31"}"#),
            ("/api/v4/projects", r#"[{"id":42,"path":"site","path_with_namespace":"acme/site"}]"#),
            ("/api/v4/groups", r#"[{"id":7,"path":"acme","full_path":"acme"}]"#),
        ]),
    );
    let host = bench.serve().await;
    let row = host.add_service(of_kind("gitlab", &recorder)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("root"));
    assert_eq!(row.rights.scopes.as_deref(), Some("read_api"));
    assert_eq!(row.credential_expires, Some(1_801_353_600_000));
    assert!(row.rights.limited && row.rights.had > 100, "{:?}", row.rights);
    let found = host.search_contexts("gitlab", "project", "si te").await.unwrap();
    assert_eq!(values(&found), [("42", Some("acme/site"))]);
    assert!(lines(&recorder).last().unwrap().ends_with("&search=si%20te HTTP/1.1"));
    assert_eq!(values(&host.search_contexts("gitlab", "group", "").await.unwrap()), [("7", Some("acme"))]);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_project_of_gitlab_and_a_fine_grained_one_tell_what_they_may_do() {
    let answers = |token: &'static str, user: &'static str| -> Recorder {
        service(Box::leak(Box::new([("/api/v4/user", user), ("/api/v4/personal_access_tokens/self", token)])))
    };
    let project = answers(
        r#"{"id":9,"user_id":3,"scopes":["read_api"],"expires_at":"2027-01-31"}"#,
        r#"{"username":"project_42_bot_1a2b3c","bot":true}"#,
    );
    let fine = answers(
        r#"{"id":10,"scopes":["granular"],"expires_at":null,"granular_scopes":[{"access":"selected_memberships","permissions":["read_work_item"],"project_id":42,"group_id":null}]}"#,
        r#"{"username":"ada"}"#,
    );
    let bench = Bench::new();
    let host = bench.serve().await;
    let row = host.add_service(of_kind("gitlab", &project)).await.unwrap();
    assert_eq!(row.identity.as_deref(), Some("project_42_bot_1a2b3c"));
    assert!(row.rights.limited && row.credential_expires.is_some());

    let row = host.add_service(NewService { name: "fine".into(), ..of_kind("gitlab", &fine) }).await.unwrap();
    assert_eq!((row.rights.limited, row.rights.had), (true, 1));
    create(&host, "reader", limited(&["fine:project=42:read_work_item"])).await;
    let list = host.permissions("fine", Some("project=43")).await.unwrap();
    assert!(list.permissions.iter().all(|permission| !permission.assignable));
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gitea_says_who_the_owner_is_and_finds_repositories() {
    let (bench, recorder) = (
        Bench::new(),
        service(&[
            ("/api/v1/user", r#"{"login":"ada"}"#),
            (
                "/api/v1/repos/search",
                r#"{"ok":true,"data":[{"full_name":"acme/site"},{"full_name":"ada/site"}]}"#,
            ),
            ("/api/v1/user/orgs", r#"[{"username":"acme"}]"#),
        ]),
    );
    let host = bench.serve().await;
    let row = host.add_service(of_kind("gitea", &recorder)).await.unwrap();
    assert_eq!((row.identity.as_deref(), row.rights.limited), (Some("ada"), false));
    let found = host.search_contexts("gitea", "repository", "acme/si").await.unwrap();
    assert_eq!(values(&found), [("acme/site", None)]);
    assert_eq!(values(&host.search_contexts("gitea", "organization", "").await.unwrap()), [("acme", None)]);
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_service_does_not_answer_what_is_known_is_found_and_anything_can_be_typed() {
    let (bench, recorder) = (Bench::new(), service(&[("/user", r#"{"login":"octocat"}"#)]));
    let host = bench.serve().await;
    host.add_service(of_kind("github", &recorder)).await.unwrap();
    let found = host.search_contexts("github", "repository", "site").await.unwrap();
    assert!(!found.asked && found.problem.is_some() && found.found.is_empty(), "{found:?}");
    create(&host, "ci", limited(&["github:repository=acme/site:contents.read"])).await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_grant_names_and_the_service_no_longer_has_is_marked() {
    let (bench, recorder) = (
        Bench::new(),
        service(&[
            ("/user", r#"{"login":"octocat"}"#),
            ("/repos/acme/site", r#"{"full_name":"acme/site"}"#),
            ("/repos/acme/old", "MOVED"),
            ("/repositories/42", r#"{"full_name":"acme/site"}"#),
            ("/organizations/7", r#"{"login":"acme"}"#),
        ]),
    );
    let host = bench.serve().await;
    host.add_service(of_kind("github", &recorder)).await.unwrap();
    let named = ["repository=acme/site", "repository=acme/old", "repository=acme/gone"];
    let numbered = ["repository=42", "repository=43", "organization=#7", "organization=#8"];
    let grants: Vec<String> =
        named.iter().chain(&numbered).map(|context| format!("github:{context}:contents.read")).collect();
    create(&host, "ci", limited(&grants.iter().map(String::as_str).collect::<Vec<_>>())).await;
    host.check_service("github").await.unwrap();
    until(&host, async |host| {
        host.tokens().await.unwrap()[0].grant_rows.iter().any(|row| row.problem.is_some())
    })
    .await;
    let rows = host.tokens().await.unwrap()[0].grant_rows.clone();
    let problems: Vec<_> = rows.iter().map(|row| (row.active, row.problem.as_deref())).collect();
    assert_eq!(
        problems,
        [
            (true, None),
            (true, Some("#8 was not found in github")),
            (true, None),
            (true, Some("43 was not found in github")),
            (true, Some("acme/gone was not found in github")),
            (true, Some("acme/old has another name in github now")),
            (true, None)
        ]
    );
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_space_that_is_gone_is_marked_by_key_and_by_id() {
    // Space, HTTP API: a project is found under its key or its id; no model and no check of rights is answered here.
    let recorder = service(&[
        ("/api/http/team-directory/profiles/me", r#"{"username":"ada","name":null}"#),
        ("/api/http/projects", r#"{"data":[{"key":{"key":"SITE"},"name":"The site"}]}"#),
        ("/api/http/projects/key:SITE", r#"{"id":"2k3"}"#),
        ("/api/http/projects/id:2k3", r#"{"id":"2k3"}"#),
    ]);
    let bench = Bench::new();
    let host = bench.serve().await;
    host.add_service(of_kind("space", &recorder)).await.unwrap();
    let found = host.search_contexts("space", "project", "site").await.unwrap();
    assert_eq!(values(&found), [("key:SITE", Some("The site"))]);
    for (name, project) in [("a", "key:SITE"), ("b", "id:2k3"), ("c", "key:OLD"), ("d", "id:9z9")] {
        create(&host, name, limited(&[&format!("space:project={project}:Project.View")])).await;
    }
    host.check_service("space").await.unwrap();
    until(&host, async |host| host.tokens().await.unwrap()[3].grant_rows[0].problem.is_some()).await;
    let rows = host.tokens().await.unwrap();
    let problems: Vec<_> = rows.iter().map(|row| row.grant_rows[0].problem.as_deref()).collect();
    let gone = ["key:OLD was not found in space", "id:9z9 was not found in space"];
    assert_eq!(problems, [None, None, Some(gone[0]), Some(gone[1])]);
    host.shut_down().await;
}
