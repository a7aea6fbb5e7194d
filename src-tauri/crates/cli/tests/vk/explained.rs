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
