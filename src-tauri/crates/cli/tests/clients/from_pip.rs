use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    program::Ran,
    server::Server,
    tried::{Client, MASTER, Tried, packages},
};

/// An index with `valetkey-greeting`, and beside it a wheel of `valetkey-parting`.
fn index() -> (Tried, TempDir) {
    let disk = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/stand_ins/pypi.py");
    let mut python = Command::new(packages().join("venv/bin/python"));
    let server = Server::start(python.arg(script).arg(disk.path()).env("STAND_IN_CREDENTIAL", MASTER));
    let url = format!("{}/pypi", server.url());
    (Tried::at(&url, "pypi", server), disk)
}

fn python(client: Client<'_>, words: &[&str]) -> Ran {
    let python = packages().join("venv/bin/python");
    client.run(&[&[python.to_str().unwrap()], words].concat())
}

#[test]
fn pip_installs_what_was_granted() {
    let (index, disk) = index();
    let target = disk.path().join("installed");
    let (at, name) = (target.to_str().unwrap(), "valetkey-greeting");
    let install = |client| {
        let quiet = ["-m", "pip", "install", "--no-cache-dir", "--no-input", "--target", at, name];
        python(client, &quiet)
    };
    let nothing = index.connected.token("nothing", &["pypi:project=other:packages.read"]);
    let refused = install(index.client("nothing", &nothing));
    assert!(refused.code == Some(1) && refused.err.contains("No matching distribution"), "{refused:?}");
    let missing = "insufficient_scope: pypi:project=valetkey-greeting:packages.read";
    assert!(
        index.connected.refusals().iter().any(|reason| reason == missing),
        "{:?}",
        index.connected.refusals()
    );

    let reader = index.connected.token("reader", &["pypi:global:packages.read"]);
    install(index.client("reader", &reader)).ok();
    let module = std::fs::read_to_string(target.join("valetkey_greeting.py")).unwrap();
    assert_eq!(module, "TEXT = 'hello'\n");

    index.revoke("reader");
    let address = &index.connected.gateway.address;
    let revoked = format!("http://__token__:{reader}@{address}/pypi/simple/");
    assert_eq!(install(index.client("nothing", &nothing).with("PIP_INDEX_URL", &revoked)).code, Some(1));
    assert_eq!(index.connected.refusals().last().unwrap(), "invalid_token: revoked");
}

#[test]
fn twine_uploads_where_that_was_granted() {
    let (index, disk) = index();
    let wheel = disk.path().join("valetkey_parting-1.0-py3-none-any.whl");
    let root = index.connected.url("/");
    let upload = |client: Client<'_>| {
        // This index takes uploads at its root.
        let client = client.with("TWINE_REPOSITORY_URL", &root);
        python(client, &["-m", "twine", "upload", "--non-interactive", wheel.to_str().unwrap()])
    };
    let reader = index.connected.token("reader", &["pypi:global:packages.read"]);
    let refused = upload(index.client("reader", &reader));
    assert!(refused.code == Some(1) && (refused.out + &refused.err).contains("403"));
    let writer = index.connected.token("writer", &["pypi:global:packages.write"]);
    upload(index.client("writer", &writer)).ok();
    assert!(disk.path().join("index/valetkey_parting-1.0-py3-none-any.whl").exists());

    index.revoke("writer");
    let revoked = upload(index.client("reader", &reader).with("TWINE_PASSWORD", &writer));
    assert!(revoked.code == Some(1) && (revoked.out + &revoked.err).contains("401"));
    assert_eq!(index.connected.refusals().last().unwrap(), "invalid_token: revoked");
}
