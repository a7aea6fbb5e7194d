use std::process::Stdio;

use valetkey_testkit::Recorder;

use crate::program::Folder;

pub(crate) fn api(folder: &Folder, recorder: &Recorder) {
    let url = format!("http://{}", recorder.address());
    let arguments = ["service", "add", "api", "--kind", "rest", "--url", &url, "--auth", "header:X-Api-Key"];
    folder.vk_told("master-credential\n", &arguments).ok();
}

#[test]
fn a_program_is_run_with_the_urls_of_its_services_and_its_exit_status_is_passed_on() {
    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    let served = folder.serve();
    api(&folder, &recorder);
    let token = folder.vk(&["token", "create", "--name", "ci", "--full"]).ok();

    let script = "printf '%s %s %s' $VALETKEY_URL $VALETKEY_API_URL $VALETKEY_TOKEN; exit 7";
    let ran = folder.vk_told(&token, &["run", "--token", "ci", "--", "sh", "-c", script]);
    assert_eq!(ran.code, Some(7));
    let base = format!("http://{}", served.address);
    assert_eq!(ran.out, format!("{base} {base}/api {token}"));

    let other = folder.vk(&["token", "create", "--name", "other", "--full"]).ok();
    let ran = folder.vk_told(&other, &["--json", "run", "--token", "ci", "--", "true"]);
    assert_eq!(ran.error(1), "invalid", "the secret of another token");
    folder.vk(&["token", "revoke", "ci"]).ok();
    let id = &token[5..13];
    assert_eq!(folder.vk_told(&token, &["--json", "run", "--token", id, "--", "true"]).error(1), "revoked");
}

#[test]
fn the_master_credential_goes_to_the_service_and_is_printed_nowhere() {
    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    let served = folder.serve();
    api(&folder, &recorder);
    let token = folder.vk(&["token", "create", "--name", "ci", "--grant", "api:global:read"]).ok();
    assert_eq!(served.get("/api/things", &token), 200);
    assert_eq!(recorder.requests().last().unwrap().values("x-api-key"), ["master-credential"]);
    for arguments in [
        &["--json", "service", "show", "api"][..],
        &["--json", "token", "show", "ci"],
        &["--json", "activity"],
        &["--json", "status"],
    ] {
        let out = folder.vk(arguments).ok();
        assert!(!out.contains("master-credential") && !out.contains(&token[14..]), "{out}");
    }
    let files = files_in(&folder.profile());
    assert!(files.iter().any(|file| file.ends_with("valetkey.db")), "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let has = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!has("master-credential") && !has(&token[14..]), "{}", file.display());
    }
}

/// Plain files, in folders below too.
fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .flat_map(|entry| match entry.file_type().unwrap() {
            kind if kind.is_dir() => files_in(&entry.path()),
            kind if kind.is_file() => vec![entry.path()],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn json_has_the_shapes_that_scripts_rely_on() {
    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    let served = folder.serve();
    api(&folder, &recorder);
    let made = folder.vk(&["--json", "token", "create", "--name", "ci", "--grant", "api:global:read"]).json();
    let keys: Vec<&str> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["id", "name", "token"]);
    let replaced = folder.vk(&["--json", "token", "replace", "ci"]).json();
    assert_eq!(replaced["id"], made["id"]);
    let secret = replaced["token"].as_str().unwrap();
    assert_eq!(served.get("/api/", made["token"].as_str().unwrap()), 401);
    assert_eq!(served.get("/api/", secret), 200);

    let mut tokens = folder.vk(&["--json", "token", "list"]).json();
    for changing in
        ["/0/id", "/0/shown", "/0/created", "/0/last_used/time", "/0/last_used/program", "/0/last_used/pid"]
    {
        *tokens.pointer_mut(changing).unwrap() = "…".into();
    }
    insta::assert_json_snapshot!(tokens, @r#"
    [
      {
        "access": "limited",
        "created": "…",
        "expires": null,
        "grant_rows": [
          {
            "active": true,
            "context": "global",
            "permission": "read",
            "problem": null,
            "service": "api",
            "text": "api:global:read"
          }
        ],
        "grants": [
          "api:global:read"
        ],
        "id": "…",
        "last_used": {
          "operation": "GET /{path**}",
          "pid": "…",
          "program": "…",
          "time": "…"
        },
        "name": "ci",
        "note": "",
        "proxy": false,
        "revoked": null,
        "scope_strings": [],
        "shown": "…",
        "status": "active"
      }
    ]
    "#);
    let rows = folder.vk(&["--json", "activity", "--denied"]).json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
}

#[test]
fn people_get_tables_and_hints() {
    let folder = Folder::with_profile();
    assert_eq!(
        folder.vk(&["token", "list"]).ok(),
        "No tokens. Create one: vk token create --name NAME --grant GRANT"
    );
    folder.vk(&["token", "create", "--name", "deploy", "--full", "--expires", "2099-02-22"]).ok();
    let list = folder.vk(&["token", "list"]).ok();
    let id = list.lines().nth(1).unwrap().split_whitespace().nth(1).unwrap().to_owned();
    insta::assert_snapshot!(list.replace(&id, "00000000"), @r"
    NAME    ID        STATUS  ACCESS       EXPIRES           LAST USED
    deploy  00000000  active  Full access  2099-02-22 23:59  never
    ");
    let unknown = folder.vk(&["token", "revoke", "deploi"]);
    assert_eq!(unknown.code, Some(1));
    insta::assert_snapshot!(unknown.err.trim_end(), @r"
    vk: no token named “deploi”; did you mean “deploy”?
        vk token list
    ");
}

#[test]
fn wrong_usage_ends_with_2_and_asks_nothing_of_the_profile() {
    let folder = Folder::with_profile();
    for arguments in [
        &["token", "create", "--name", "x"][..],
        &["token", "create", "--name", "x", "--full", "--grant", "a:global:b"],
        &["token", "create", "--name", "x", "--full", "--scope", "a=**"],
        &["token", "create", "--name", "x", "--scope", "global:Profile.View"],
        &["token", "create", "--name", "x", "--full", "--expires", "soon"],
        &["token", "revoke"],
        &["token", "revoke", "a", "--all"],
        &["token", "update", "a", "--full", "--add", "a:global:b"],
        &["run", "--token", "a"],
        &["nothing"],
    ] {
        assert_eq!(folder.vk(arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(folder.vk(&["--json", "token", "update", "a"]).error(2), "invalid");
    assert_eq!(folder.vk(&["token", "list"]).code, Some(0));
}

#[test]
fn a_scope_string_of_a_service_that_has_none_is_refused() {
    let folder = Folder::with_profile();
    folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
    let create = |scope| folder.vk(&["--json", "token", "create", "--name", "x", "--scope", scope]).error(1);
    assert_eq!(create("sandbox=**"), "invalid");
    assert_eq!(create("nothing=**"), "not_found");
}

#[test]
fn a_second_gateway_on_one_profile_is_refused() {
    let folder = Folder::with_profile();
    let served = folder.serve();
    assert_eq!(folder.vk(&["--json", "serve", "--listen", "127.0.0.1:0"]).error(1), "profile_in_use");
    assert_eq!(folder.vk(&["--json", "status"]).json()["gateway"]["address"], served.address.as_str());
}

#[test]
fn a_taken_port_ends_serve_with_its_name() {
    let folder = Folder::with_profile();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ran = folder.vk(&["serve", "--listen", &address.to_string()]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains(&format!("port {} is taken", address.port())), "{}", ran.err);
}

#[test]
fn pausing_and_locking_need_a_gateway_that_runs() {
    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    assert_eq!(folder.vk(&["--json", "pause"]).error(1), "not_found");
    let served = folder.serve();
    api(&folder, &recorder);
    let token = folder.vk(&["token", "create", "--name", "ci", "--full"]).ok();
    assert_eq!(folder.vk(&["--json", "pause", "--for", "1h"]).json()["gateway"]["state"], "paused");
    assert_eq!(served.get("/api/", &token), 503);
    folder.vk(&["resume"]).ok();
    assert_eq!(served.get("/api/", &token), 200);
    folder.vk(&["lock"]).ok();
    assert_eq!(served.get("/api/", &token), 503);
    folder.vk(&["unlock"]).ok();
    assert_eq!(served.get("/api/", &token), 200);
}

#[test]
fn following_activity_prints_what_is_new() {
    use std::io::{BufRead, BufReader};

    let (folder, recorder) = (Folder::with_profile(), Recorder::start());
    let served = folder.serve();
    api(&folder, &recorder);
    let token = folder.vk(&["token", "create", "--name", "ci", "--full"]).ok();
    let mut follow =
        folder.command(&["--json", "activity", "--follow"]).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    for path in ["/api/one", "/api/two"] {
        served.get(path, &token);
        let row: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(row["token_name"], "ci");
    }
    follow.kill().unwrap();
    follow.wait().unwrap();
}

#[test]
fn completions_need_no_profile() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.vk(&["completions", shell]).ok().contains("vk"));
    }
}
