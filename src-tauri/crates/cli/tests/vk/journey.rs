use crate::program::Folder;

#[test]
fn from_nothing_to_a_token_that_stays_revoked_after_a_kill() {
    let folder = Folder::new();
    assert_eq!(folder.vk(&["--json", "status"]).error(1), "profile_missing");
    folder.vk(&["init", "--vault", "file"]).ok();
    let added = folder.vk(&["--json", "service", "add", "sandbox", "--kind", "sandbox"]).json();
    assert_eq!(added["credential"], "ready");

    let wrong = folder.profile().with_file_name("wrong");
    std::fs::write(&wrong, "battery staple").unwrap();
    let mut serve = folder.command(&["serve", "--listen", "127.0.0.1:0"]);
    let refused = serve.env("VALETKEY_PASSPHRASE_FILE", wrong).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("passphrase does not open"));

    let served = folder.serve();
    let grant = "sandbox:namespace=web:environment.view";
    let token = folder.vk(&["token", "create", "--name", "ci", "--grant", grant]).ok();
    assert!(token.starts_with("vkey_") && !token.contains(char::is_whitespace), "the token alone");
    let (allowed, other) = ("/sandbox/namespaces/web/environments", "/sandbox/namespaces/web/templates");
    assert_eq!(served.get(allowed, &token), 200);
    let refused = served.ask("GET", other, &token);
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("sandbox:namespace=web:template.view"), "{}", refused.text());

    folder.vk(&["token", "update", "ci", "--add", "sandbox:namespace=web:template.view"]).ok();
    assert_eq!(served.get(other, &token), 200, "same secret, next request");
    folder.vk(&["token", "update", "ci", "--remove", "sandbox:namespace=web:template.view"]).ok();
    assert_eq!(served.get(other, &token), 403);

    folder.vk(&["token", "revoke", "ci"]).ok();
    served.kill();
    let served = folder.serve();
    assert_eq!(served.get(allowed, &token), 401);
    let rows = folder.vk(&["--json", "activity"]).json();
    assert_eq!(rows.as_array().unwrap().len(), 5, "a kill loses no record: {rows}");
    assert_eq!(served.terminate(), Some(0));
    assert!(!folder.profile().join("control.sock").exists());
    assert!(!folder.profile().join("gateway.sock").exists());
}
