//! A disk that is really full: a small file system of our own, in a namespace of our own.
#![cfg(target_os = "linux")]

use std::{
    env,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::PathBuf,
    process::Command,
};

use valetkey_core::{
    activity::ActivityUnavailable,
    ports::{ActivityLog, StoreFailure, TokenStore},
    token::Token,
};
use valetkey_store::{Activity, Journal, Store, make_directory};

use crate::{
    activity::{closing, permit},
    revoked, token,
};

const MOUNT: &str = "VALETKEY_TEST_MOUNT";
const SCRIPT: &str = r#"mount -t tmpfs -o size=8m none "$VALETKEY_TEST_MOUNT" && exec "$0" "$@""#;

/// Fills the disk to the last byte; the file to remove to make room again.
fn fill(mount: &std::path::Path) -> PathBuf {
    let path = mount.join("filling");
    let mut file = File::create(&path).unwrap();
    for size in [64 * 1024, 1] {
        let block = vec![7; size];
        while let Ok(written) = file.write(&block) {
            assert!(written > 0);
        }
    }
    path
}

#[test]
#[ignore = "runs on the small file system"]
fn on_the_small_disk() {
    let mount = PathBuf::from(env::var_os(MOUNT).unwrap());
    let directory = mount.join("profile");
    make_directory(&directory).unwrap();
    let mut store = Store::open(&directory).unwrap();
    let journal = Journal::open(&directory).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    let mut writer = journal.writer().unwrap();
    let tokens: Vec<Token> = (0..50).map(|n| token(&format!("token {n}"))).collect();
    store.save_tokens(&tokens).unwrap();
    writer.open(&permit(1), None).unwrap();

    let filling = fill(&mount);
    let before = store.load().unwrap();
    let more: Vec<Token> = (0..100).map(|n| token(&format!("more {n}"))).collect();
    assert_eq!(store.save_tokens(&more), Err(StoreFailure::DiskFull));
    assert_eq!(store.load().unwrap(), before, "nothing has changed");
    let mut recorded = 1;
    while writer.open(&permit(recorded + 1), None).is_ok() {
        recorded += 1;
    }
    assert_eq!(writer.close(&closing(1)).and(writer.open(&permit(9_999), None)), Err(ActivityUnavailable));

    let ended: Vec<Token> = tokens.iter().map(revoked).collect();
    store.save_tokens(&ended).unwrap();
    assert!(store.load().unwrap().tokens.iter().all(Token::is_revoked));
    assert!(!directory.join("reserve").exists(), "the reserve was needed");
    drop(store);
    let mut store = Store::open(&directory).unwrap();
    assert!(store.load().unwrap().tokens.iter().all(Token::is_revoked));

    fs::remove_file(filling).unwrap();
    store.save_tokens(&more).unwrap();
    assert!(directory.join("reserve").exists(), "it is there again");
    recorded += 1;
    writer.open(&permit(recorded), None).unwrap();
    activity.ingest().unwrap();
    assert_eq!(activity.totals().unwrap().records, recorded);
}

#[test]
fn on_a_full_disk_nothing_changes_but_revoking_still_becomes_durable() {
    let mount = tempfile::tempdir().unwrap();
    let unshare = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, program]);
        command.env(MOUNT, mount.path());
        command
    };
    match unshare("true").output() {
        Ok(output) if output.status.success() => {}
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => return println!("skipped: this machine lets no user make namespaces"),
    }
    let inner = unshare(env::current_exe().unwrap().to_str().unwrap())
        .args(["--exact", "full_disk::on_the_small_disk", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inner.stdout) + String::from_utf8_lossy(&inner.stderr);
    assert!(inner.status.success() && said.contains("1 passed"), "{said}");
}
