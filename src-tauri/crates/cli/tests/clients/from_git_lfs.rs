//! git with large files, which some services keep themselves, and others at a storage of theirs: there the questions go through the
//! gateway, and the bytes do not.

use std::path::Path;

use crate::git_by_run::{git, github, hosted};

const SITE: &str = "github:repository=acme/site";

#[test]
fn large_files_are_pulled_by_who_may_read_and_pushed_by_who_may_write() {
    let (github, disk) = github();
    let url = format!("{}/acme/site.git", github.connected.server.url());
    let writer = github.connected.token("writer", &[&format!("{SITE}:contents.write")]);
    let reader = github.connected.token("reader", &[&format!("{SITE}:contents.read")]);
    let write = |folder: &Path, words: &[&str]| git(github.client("writer", &writer), folder, words);
    let read = |folder: &Path, words: &[&str]| git(github.client("reader", &reader), folder, words);
    let large = vec![0x1f_u8; 3 * 1024 * 1024];

    let work = disk.path().join("work");
    write(disk.path(), &["lfs", "install", "--skip-repo"]).ok();
    write(disk.path(), &["clone", "-q", &url, "work"]).ok();
    write(&work, &["lfs", "track", "*.bin"]).ok();
    std::fs::write(work.join("first.bin"), &large).unwrap();
    write(&work, &["add", "."]).ok();
    write(&work, &["commit", "-q", "-m", "first"]).ok();
    let pushed = write(&work, &["push", "origin", "HEAD:main"]);
    assert!(pushed.code == Some(0) && !pushed.err.contains("error"), "{pushed:?}");
    let stored = write(&work, &["show", "HEAD:first.bin"]).ok();
    assert!(stored.starts_with("version https://git-lfs"), "git itself has a pointer: {stored}");

    read(disk.path(), &["clone", "-q", &url, "copy"]).ok();
    let copy = disk.path().join("copy");
    assert!(std::fs::read(copy.join("first.bin")).unwrap() == large, "what came down is not what went up");
    std::fs::remove_dir_all(copy.join(".git/lfs")).unwrap();
    read(&copy, &["lfs", "fetch"]).ok();

    std::fs::write(copy.join("second.bin"), b"not to be pushed").unwrap();
    read(&copy, &["add", "."]).ok();
    read(&copy, &["commit", "-q", "-m", "second"]).ok();
    let refused = read(&copy, &["lfs", "push", "origin", "HEAD"]);
    assert!(
        refused.err.contains(&format!("batch response: this token lacks {SITE}:contents.write")),
        "{refused:?}"
    );
    let missing = format!("insufficient_scope: {SITE}:contents.write");
    assert_eq!(github.connected.refusals(), [missing.clone(), missing], "for the locks, and for the file");

    github.revoke("reader");
    std::fs::remove_dir_all(copy.join(".git/lfs")).unwrap();
    // Behind the setting that leads to the gateway stands the one with the token.
    let with_revoked = github
        .client("writer", &writer)
        .with("GIT_CONFIG_VALUE_1", &format!("Authorization: Bearer {reader}"));
    let revoked = git(with_revoked, &copy, &["lfs", "fetch", "origin", "main"]);
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
    assert_eq!(github.connected.refusals().last().unwrap(), "invalid_token: revoked");
}

#[test]
fn large_files_that_the_service_keeps_itself_go_through_the_gateway() {
    let (forgejo, disk) = hosted("forgejo", "own");
    let url = format!("{}/acme/site.git", forgejo.connected.server.url());
    let grant = |level: &str| format!("forgejo:repository=acme/site:repository.{level}");
    let writer = forgejo.connected.token("writer", &[&grant("write")]);
    let reader = forgejo.connected.token("reader", &[&grant("read")]);
    let write = |folder: &Path, words: &[&str]| git(forgejo.client("writer", &writer), folder, words);
    let read = |folder: &Path, words: &[&str]| git(forgejo.client("reader", &reader), folder, words);

    let work = disk.path().join("work");
    write(disk.path(), &["lfs", "install", "--skip-repo"]).ok();
    write(disk.path(), &["clone", "-q", &url, "work"]).ok();
    write(&work, &["lfs", "track", "*.bin"]).ok();
    std::fs::write(work.join("first.bin"), vec![0x1f_u8; 3 * 1024 * 1024]).unwrap();
    write(&work, &["add", "."]).ok();
    write(&work, &["commit", "-q", "-m", "first"]).ok();
    write(&work, &["push", "origin", "HEAD:main"]).ok();
    read(disk.path(), &["clone", "-q", &url, "copy"]).ok();
    let copy = disk.path().join("copy");
    assert!(std::fs::read(copy.join("first.bin")).unwrap() == std::fs::read(work.join("first.bin")).unwrap());
    std::fs::write(copy.join("second.bin"), b"not to be pushed").unwrap();
    read(&copy, &["add", "."]).ok();
    read(&copy, &["commit", "-q", "-m", "second"]).ok();
    let refused = read(&copy, &["lfs", "push", "origin", "HEAD"]);
    assert!(refused.err.contains(&format!("this token lacks {}", grant("write"))), "{refused:?}");

    let rows = forgejo.connected.folder.vk(&["--json", "activity", "--limit", "100"]).json();
    let rows = rows.as_array().unwrap();
    for operation in [
        "PUT /{owner}/{repo}.git/info/lfs/objects/{oid}/{size}",
        "GET /{owner}/{repo}.git/info/lfs/objects/{oid}",
    ] {
        assert!(
            rows.iter().any(|row| row["operation"] == operation && row["status"] == 200),
            "{operation}: {rows:?}"
        );
    }
    forgejo.revoke("reader");
    std::fs::remove_dir_all(copy.join(".git/lfs")).unwrap();
    let with_revoked = forgejo
        .client("writer", &writer)
        .with("GIT_CONFIG_VALUE_1", &format!("Authorization: Bearer {reader}"));
    let revoked = git(with_revoked, &copy, &["lfs", "fetch", "origin", "main"]);
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
}
