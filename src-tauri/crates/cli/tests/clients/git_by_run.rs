//! git as it is, with the service's own URLs: `vk run` tells it where they lead.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    program::Ran,
    server::Server,
    tried::{Client, MASTER, Tried},
};

/// A GitHub with the repositories `acme/site` and `acme/other`, as far as git needs one.
pub(crate) fn github() -> (Tried, TempDir) {
    hosted("github", "elsewhere")
}

/// The same of any kind whose git takes the credential as the password of `x-access-token`; large files are kept there or elsewhere.
pub(crate) fn hosted(kind: &'static str, large_files: &str) -> (Tried, TempDir) {
    let disk = tempfile::tempdir().unwrap();
    let repositories = disk.path().join("repositories");
    for name in ["site", "other"] {
        let bare = repositories.join("acme").join(format!("{name}.git"));
        assert!(
            Command::new("git")
                .args(["init", "-q", "--bare", "-b", "main"])
                .arg(&bare)
                .status()
                .unwrap()
                .success()
        );
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/stand_ins/git_server.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(&repositories).arg("x-access-token").env("OWNER_PASSWORD", MASTER);
    python.env("LARGE_FILES", large_files);
    let server = Server::start(&mut python);
    let url = server.url();
    (Tried::at(&url, kind, server), disk)
}

/// git in a folder, by `vk run`.
pub(crate) fn git(client: Client<'_>, folder: &Path, words: &[&str]) -> Ran {
    let own =
        ["git", "-C", folder.to_str().unwrap(), "-c", "user.name=Test", "-c", "user.email=test@localhost"];
    client.with("GIT_TERMINAL_PROMPT", "0").run(&[&own[..], words].concat())
}

#[test]
fn git_keeps_the_services_urls_and_goes_through_the_gateway() {
    let (github, disk) = github();
    let url = format!("{}/acme/site.git", github.connected.server.url());
    let other = format!("{}/acme/other.git", github.connected.server.url());
    let writer = github.connected.token("writer", &["github:repository=acme/site:contents.write"]);
    let reader = github.connected.token("reader", &["github:repository=acme/site:contents.read"]);
    let write = |folder: &Path, words: &[&str]| git(github.client("writer", &writer), folder, words);
    let read = |folder: &Path, words: &[&str]| git(github.client("reader", &reader), folder, words);

    let work = disk.path().join("work");
    write(disk.path(), &["clone", "-q", &url, "work"]).ok();
    std::fs::write(work.join("README"), "first").unwrap();
    write(&work, &["add", "README"]).ok();
    write(&work, &["commit", "-q", "-m", "first"]).ok();
    write(&work, &["push", "-q", "origin", "HEAD:main"]).ok();

    read(disk.path(), &["clone", "-q", &url, "copy"]).ok();
    let copy = disk.path().join("copy");
    assert_eq!(std::fs::read_to_string(copy.join("README")).unwrap(), "first");
    let settings = std::fs::read_to_string(copy.join(".git/config")).unwrap();
    assert!(settings.contains(&url) && !settings.contains(&reader), "{settings}");
    assert!(read(&copy, &["push", "origin", "HEAD:more"]).err.contains("403"));
    assert!(read(disk.path(), &["clone", "-q", &other, "other"]).err.contains("403"));
    assert_eq!(
        github.connected.refusals(),
        [
            "insufficient_scope: github:repository=acme/site:contents.write",
            "insufficient_scope: github:repository=acme/other:contents.read"
        ],
        "no request came without a token"
    );

    let direct =
        Command::new("git").args(["ls-remote", &url]).env("GIT_TERMINAL_PROMPT", "0").output().unwrap();
    assert!(!direct.status.success(), "the server itself wants the owner's password");
}
