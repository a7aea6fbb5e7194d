//! What `vk explain` tells, and what a refusal says to whoever reads it.

use serde_json::json;
use valetkey_testkit::Recorder;

use crate::{commands::api, program::Folder};

fn sandbox() -> Folder {
    let folder = Folder::with_profile();
    folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
    let grant = "sandbox:namespace=web:environment.view";
    folder.vk(&["token", "create", "--name", "ci", "--grant", grant]).ok();
    folder
}

#[test]
fn a_refusal_names_what_is_needed_who_has_it_and_the_line_that_grants_it() {
    let folder = sandbox();
    let explained = folder.vk(&["explain", "ci", "DELETE", "/sandbox/namespaces/web"]).ok();
    insta::assert_snapshot!(explained, @r"
    Refusal. The token lacks every one of these combinations of grants.
    Operation   DELETE /namespaces/{namespace}, destructive
    Context     namespace=web
    Needs       namespace.delete (Delete the namespace, destructive): you have it at the service, the token has not
    Missing     sandbox:namespace=web:namespace.delete

    vk token update ci --add sandbox:namespace=web:namespace.delete
    ");
    let line = explained.lines().last().unwrap();
    folder.vk(&line.split(' ').skip(1).collect::<Vec<_>>()).ok();
    let explained = folder.vk(&["explain", "ci", "DELETE", "/sandbox/namespaces/web"]).ok();
    insta::assert_snapshot!(explained, @r"
    Permit. Allowed by the grants.
    Operation   DELETE /namespaces/{namespace}, destructive
    Context     namespace=web
    Needs       namespace.delete (Delete the namespace, destructive)
    By          sandbox:namespace=web:namespace.delete
    ");
}

#[test]
fn an_unknown_operation_says_what_may_have_been_meant() {
    let folder = sandbox();
    let why = |method, url| folder.vk(&["--json", "explain", "ci", method, url]).json()["unknown"].clone();
    assert_eq!(
        why("PATCH", "/sandbox/namespaces/web"),
        json!({"why": "method", "known": ["GET /namespaces/{namespace}", "DELETE /namespaces/{namespace}"]})
    );
    assert_eq!(
        why("GET", "/sandbox/namespace/web/environments"),
        json!({"why": "path", "known": ["GET /namespaces/{namespace}/environments", "POST /namespaces/{namespace}/environments", "GET /namespaces/{namespace}/environments/{environment}"]})
    );
    assert_eq!(why("GET", "/sandbox/x/y/z/a/b/c/d/e/f"), json!({"why": "path", "known": []}));
    let explained = folder.vk(&["explain", "ci", "PATCH", "/sandbox/namespaces/web"]).ok();
    insta::assert_snapshot!(explained, @r"
    Refusal. The definition does not know this operation, so a limited token can't do it.
    Unknown     the path is known with another method
    Known       GET /namespaces/{namespace}
                DELETE /namespaces/{namespace}
    ");
}

#[test]
fn json_of_explain_has_the_shapes_that_scripts_rely_on() {
    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    let _served = folder.serve();
    api(&folder, &recorder);
    folder.vk(&["token", "create", "--name", "ci", "--grant", "api:global:read"]).ok();
    let permit = folder.vk(&["--json", "explain", "ci", "GET", "/api/x"]).json();
    insta::assert_json_snapshot!(permit, @r#"
    {
      "decision": "permit",
      "grants": [
        "api:global:read"
      ],
      "needed": [
        [
          {
            "grant": "api:global:read",
            "held": true,
            "name": "read",
            "owner": null,
            "risk": "plain",
            "title": "Read"
          }
        ]
      ],
      "operation": "GET /{path**}",
      "reason": "Allowed by the grants.",
      "risk": "plain"
    }
    "#);
    let refusal = folder.vk(&["--json", "explain", "ci", "DELETE", "/api/x"]).json();
    insta::assert_json_snapshot!(refusal, @r#"
    {
      "commands": [
        "vk token update ci --add api:global:write"
      ],
      "decision": "refusal",
      "missing": [
        [
          "api:global:write"
        ]
      ],
      "needed": [
        [
          {
            "grant": "api:global:write",
            "held": false,
            "name": "write",
            "owner": null,
            "risk": "destructive",
            "title": "Write"
          }
        ]
      ],
      "operation": "DELETE /{path**}",
      "reason": "The token lacks every one of these combinations of grants.",
      "risk": "destructive"
    }
    "#);
}

#[test]
fn with_its_body_a_request_is_decided_as_the_gateway_would() {
    let folder = Folder::with_profile();
    for (kind, grant) in
        [("github", "repository=acme/site:contents.read"), ("gitlab", "project=42:create_work_item")]
    {
        folder.vk_told("a-master-credential", &["service", "add", kind, "--kind", kind]);
        folder.vk(&["token", "create", "--name", kind, "--grant", &format!("{kind}:{grant}")]).ok();
    }
    let explained = |words: &[&str], body: &str| {
        let words = [&["explain"][..], words, &["--body", "-"]].concat();
        let told = folder.vk_told(body, &words);
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out
    };
    let batch = ["github", "POST", "https://github.com/acme/site.git/info/lfs/objects/batch"];
    insta::assert_snapshot!(explained(&batch, r#"{"operation":"download"}"#), @r"
    Permit. Allowed by the grants.
    Operation   POST /{owner}/{repo}.git/info/lfs/objects/batch operation=download
    Context     repository=acme/site
    By          github:repository=acme/site:contents.read
    ");
    insta::assert_snapshot!(explained(&batch, r#"{"operation":"upload"}"#), @r"
    Refusal. The token lacks every one of these combinations of grants.
    Operation   POST /{owner}/{repo}.git/info/lfs/objects/batch operation=upload
    Context     repository=acme/site
    Missing     github:repository=acme/site:contents.write

    vk token update github --add github:repository=acme/site:contents.write
    ");
    insta::assert_snapshot!(explained(&batch, r#"{"operation":"upload","operation":"download"}"#), @r"
    Refusal. The body is refused for limited tokens: the JSON is malformed, or a name in it can be read in several ways.
    Operation   POST /{owner}/{repo}.git/info/lfs/objects/batch
    Context     repository=acme/site
    ");
    let issues = ["gitlab", "POST", "/gitlab/api/v4/projects/42/issues"];
    insta::assert_snapshot!(explained(&issues, r#"{"title":"a"}"#), @r"
    Permit. Allowed by the grants.
    Operation   POST /api/v4/projects/{id}/issues
    Context     project=42
    Needs       create_work_item (Work Item: Create)
    By          gitlab:project=42:create_work_item
    ");
    insta::assert_snapshot!(explained(&issues, r#"{"title":"a","sudo":"root"}"#), @r"
    Refusal. The body is refused for every token: the body has a parameter that is refused: it would change what the request means, or whose it is.
    Operation   POST /api/v4/projects/{id}/issues
    Context     project=42
    ");
    let form = [&issues[..], &["--content-type", "application/x-www-form-urlencoded"]].concat();
    insta::assert_snapshot!(explained(&form, "title=a&%70rivate_token=x"), @r"
    Refusal. The body is refused for every token: the body has a parameter that is refused: it would change what the request means, or whose it is.
    Operation   POST /api/v4/projects/{id}/issues
    Context     project=42
    ");
    let other = ["gitlab", "GET", "/gitlab/api/v4/projects/42/issues"];
    insta::assert_snapshot!(explained(&other, "{}"), @r"
    Refusal. The token lacks every one of these combinations of grants.
    Operation   GET /api/v4/projects/{id}/issues
    Context     project=42
    Needs       read_work_item (Work Item: Read): the token has not
    Missing     gitlab:project=42:read_work_item

    vk token update gitlab --add gitlab:project=42:read_work_item
    ");
}
