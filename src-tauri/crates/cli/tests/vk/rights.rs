//! Only what the owner has can be granted, through the whole program: a GitLab whose token changes its scopes.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use valetkey_testkit::{Recorded, Recorder};

use crate::program::Folder;

/// A GitLab whose token has these scopes.
fn gitlab(scopes: &Arc<Mutex<&'static str>>) -> Recorder {
    let scopes = Arc::clone(scopes);
    Recorder::scripted(Arc::new(move |request: &Recorded, stream| {
        let path = request.line().split([' ', '?']).nth(1).unwrap_or_default();
        let body = match path {
            "/api/v4/user" => r#"{"username":"ada"}"#.to_owned(),
            "/api/v4/personal_access_tokens/self" => {
                format!(r#"{{"scopes":[{}],"expires_at":"2099-01-31"}}"#, scopes.lock().unwrap())
            }
            "/api/v4/projects" => r#"[{"id":42,"path_with_namespace":"acme/site"}]"#.to_owned(),
            _ => "{}".to_owned(),
        };
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        Ok(true)
    }))
}

#[test]
fn what_a_token_may_do_follows_what_its_owner_has() {
    let scopes = Arc::new(Mutex::new(r#""api""#));
    let (folder, recorder) = (Folder::with_profile(), gitlab(&scopes));
    let served = folder.serve();
    let add = ["service", "add", "gitlab", "--kind", "gitlab", "--url", &recorder.url()];
    let added = folder.vk_told("master-credential\n", &add).ok();
    assert!(added.contains("You are     ada"), "{added}");
    assert!(
        added.contains("everything, as the service told at") && added.contains("(scopes: api)"),
        "{added}"
    );
    assert!(added.contains("ends on 2099-01-31"), "{added}");
    assert!(folder.vk(&["contexts", "gitlab", "project", "site"]).ok().contains("project=42  acme/site"));

    let grant = "gitlab:project=42:create_feature_flag";
    let token = folder.vk(&["token", "create", "--name", "ci", "--grant", grant]).ok();
    let flags = "/gitlab/api/v4/projects/42/feature_flags";
    assert_eq!(served.ask("POST", flags, &token).status, 200);

    *scopes.lock().unwrap() = r#""read_api""#;
    folder.vk(&["service", "check", "gitlab"]).ok();
    assert_eq!(served.ask("POST", flags, &token).status, 403);
    let shown = folder.vk(&["token", "show", "ci"]).ok();
    assert!(
        shown.contains(&format!("{grant}  (gives nothing now: You don't have this permission")),
        "{shown}"
    );
    let denied = folder.vk(&["activity", "--denied"]).ok();
    assert!(denied.contains(&format!("the owner does not have {grant} any more")), "{denied}");
    let refused = folder.vk(&["--json", "token", "create", "--name", "other", "--grant", grant]);
    assert_eq!(refused.error(1), "owner_lacks");
    let told = folder.vk(&["--json", "service", "rights", "gitlab", "--all"]);
    assert_eq!(told.error(1), "invalid", "what the service tells is not declared");

    *scopes.lock().unwrap() = r#""api""#;
    folder.vk(&["service", "check", "gitlab"]).ok();
    assert_eq!(served.ask("POST", flags, &token).status, 200);
}
