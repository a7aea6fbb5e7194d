use std::path::Path;

use tempfile::TempDir;

use crate::{
    connected::Connected,
    program::Ran,
    server::Server,
    tried::{Client, Tried, stand_in},
};

/// A registry without packages, and a folder with one that could be published.
struct Registry {
    tried: Tried,
    disk: TempDir,
}

impl Registry {
    fn start() -> Self {
        let disk = tempfile::tempdir().unwrap();
        let server = Server::start(stand_in("npm.cjs").arg(disk.path()));
        let token = std::fs::read_to_string(disk.path().join("token")).unwrap();
        let url = server.url();
        let connected = Connected::at(&url, "npm", server, &token, &["--kind", "npm"]);
        let package = disk.path().join("package");
        std::fs::create_dir(&package).unwrap();
        std::fs::write(package.join("index.js"), "module.exports = 'hello';\n").unwrap();
        Self { tried: Tried { connected, home: tempfile::tempdir().unwrap() }, disk }
    }

    /// What can be published now is called so.
    fn call(&self, name: &str) -> String {
        let package = self.disk.path().join("package");
        let about = format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\"}}");
        std::fs::write(package.join("package.json"), about).unwrap();
        package.to_str().unwrap().to_owned()
    }
}

/// What npm said, and whether the package is there now.
fn install(client: Client<'_>, name: &str) -> (Ran, bool) {
    let into = tempfile::tempdir().unwrap();
    let prefix = into.path().to_str().unwrap();
    let ran = npm(client, &["install", "--prefix", prefix, name]);
    (ran, Path::new(prefix).join("node_modules").join(name).join("index.js").exists())
}

fn npm(client: Client<'_>, words: &[&str]) -> Ran {
    let quiet = ["--no-audit", "--no-fund", "--no-update-notifier"];
    client.run(&[&["npm"], words, &quiet].concat())
}

#[test]
fn npm_publishes_views_and_installs_what_was_granted() {
    let registry = Registry::start();
    let tried = &registry.tried;
    let writer = tried.connected.token("writer", &["npm:package=@acme/greeting:packages.write"]);
    let write = || tried.client("writer", &writer);
    let other = npm(write(), &["publish", &registry.call("other")]);
    assert!(other.code != Some(0) && other.err.contains("403"), "{other:?}");
    npm(write(), &["publish", &registry.call("@acme/greeting")]).ok();

    let unread = npm(write(), &["view", "@acme/greeting", "version"]);
    assert!(unread.err.contains("403") && unread.err.contains("insufficient_scope"), "{unread:?}");
    let reader = tried.connected.token("reader", &["npm:package=@acme/greeting:packages.read"]);
    let read = || tried.client("reader", &reader);
    assert_eq!(npm(read(), &["view", "@acme/greeting", "version"]).ok(), "1.0.0");
    let (installed, is_there) = install(read(), "@acme/greeting");
    installed.ok();
    assert!(is_there);

    tried.revoke("writer");
    let revoked = npm(read().with("VALETKEY_TOKEN", &writer), &["publish", &registry.call("@acme/greeting")]);
    assert!(revoked.code != Some(0) && revoked.err.contains("401"), "{revoked:?}");
}
