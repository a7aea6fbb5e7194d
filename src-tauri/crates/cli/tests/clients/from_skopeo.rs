//! skopeo and a registry of container images, which is Docker's own.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    connected::Connected,
    own_network,
    program::{Ran, ran},
    server::Server,
    tried::{MASTER, packages},
};

/// What the registry knows of its owner's password: the master credential of the stand-ins.
const PASSWORD_HASH: &str = "$2b$04$WBWcjsAN6fv9O9L.MsDqSuqs2eZMmrg1kB/hFYjshp5FU.JYj/dPO";

/// A registry without images, and beside it the layout of one.
struct Registry {
    connected: Connected,
    disk: TempDir,
}

impl Registry {
    fn start() -> Self {
        let disk = tempfile::tempdir().unwrap();
        let at = |name: &str| disk.path().join(name);
        std::fs::write(at("passwords"), format!("owner:{PASSWORD_HASH}\n")).unwrap();
        let config = format!(
            "version: 0.1\nlog: {{level: info}}\nhttp: {{addr: '127.0.0.1:0'}}\n\
             storage: {{filesystem: {{rootdirectory: '{}'}}, delete: {{enabled: true}}}}\n\
             auth: {{htpasswd: {{realm: owner, path: '{}'}}}}\n",
            at("storage").display(),
            at("passwords").display()
        );
        std::fs::write(at("config.yml"), config).unwrap();
        let mut registry = Command::new(packages().join("docker-registry"));
        let server = Server::start(registry.arg("serve").arg(at("config.yml")));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/stand_ins/image.py");
        assert!(Command::new("python3").arg(script).arg(at("image")).status().unwrap().success());
        let url = server.url();
        let how = ["--kind", "docker-registry", "--auth", "basic:owner"];
        let connected = Connected::at(&url, "registry", server, MASTER, &how);
        Self { connected, disk }
    }

    fn token(&self, name: &str, permissions: &[&str]) -> String {
        let grants: Vec<String> = permissions
            .iter()
            .map(|permission| format!("registry:repository=acme/site:repository.{permission}"))
            .collect();
        self.connected.token(name, &grants.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// An image as skopeo calls it.
    fn image(&self, name: &str) -> String {
        let (_, port) = self.connected.gateway.address.rsplit_once(':').unwrap();
        format!("docker://registry.localhost:{port}/{name}")
    }

    /// The layout of an image on disk.
    fn layout(&self, name: &str) -> String {
        format!("oci:{}:latest", self.disk.path().join(name).display())
    }

    /// That a request was refused for this reason; skopeo's question without a token can be of the same millisecond.
    #[track_caller]
    fn refused(&self, reason: &str) {
        let refusals = self.connected.refusals();
        assert!(refusals.iter().any(|known| known == reason), "{refusals:?}");
    }

    /// skopeo with a token as the password of nobody in particular.
    fn skopeo(&self, token: &str, task: &str, options: &[&str], images: &[&str]) -> Ran {
        let user = format!("x:{token}");
        let both = [
            "--src-creds",
            &user,
            "--src-tls-verify=false",
            "--dest-creds",
            &user,
            "--dest-tls-verify=false",
        ];
        let one = ["--creds", &user, "--tls-verify=false"];
        // Nothing of the user's: no registries of their own, no passwords that were kept.
        let output = Command::new("skopeo")
            .arg(task)
            .args(if task == "copy" { &both[..] } else { &one })
            .args(options)
            .args(images)
            .env("HOME", self.disk.path())
            .env("XDG_RUNTIME_DIR", self.disk.path())
            .output();
        ran(output.unwrap())
    }
}

#[test]
fn images_are_copied_looked_at_and_deleted_where_that_was_granted() {
    if !own_network::inside("from_skopeo::images_are_copied_looked_at_and_deleted_where_that_was_granted") {
        return;
    }
    let registry = Registry::start();
    let reader = registry.token("reader", &["pull"]);
    let writer = registry.token("writer", &["pull", "push"]);
    let site = registry.image("acme/site:latest");

    let refused = registry.skopeo(&reader, "copy", &[], &[&registry.layout("image"), &site]);
    let lacks =
        |permission: &str| format!("this token lacks registry:repository=acme/site:repository.{permission}");
    assert!(refused.err.contains(&format!("denied: {}", lacks("push"))), "{refused:?}");
    registry.skopeo(&writer, "copy", &[], &[&registry.layout("image"), &site]).ok();
    let other = registry.image("acme/other:latest");
    let elsewhere = registry.skopeo(&writer, "copy", &[], &[&registry.layout("image"), &other]);
    // It asks by HEAD, whose reply has no text.
    assert!(elsewhere.err.contains("acme/other: 403"), "{elsewhere:?}");
    let missing = "insufficient_scope: registry:repository=acme/other:repository.pull";
    registry.refused(missing);

    let tags = registry.skopeo(&reader, "list-tags", &[], &[&registry.image("acme/site")]).json();
    assert_eq!(tags["Tags"][0], "latest");
    let inspected = registry.skopeo(&reader, "inspect", &[], &[&site]).json();
    registry.skopeo(&reader, "copy", &["--preserve-digests"], &[&site, &registry.layout("back")]).ok();
    let index = std::fs::read_to_string(registry.disk.path().join("back/index.json")).unwrap();
    assert!(index.contains(inspected["Digest"].as_str().unwrap()), "{index}");

    let kept = registry.skopeo(&writer, "delete", &[], &[&site]);
    assert!(kept.err.contains(&lacks("delete")), "{kept:?}");
    let remover = registry.token("remover", &["pull", "delete"]);
    registry.skopeo(&remover, "delete", &[], &[&site]).ok();
    let gone = registry.skopeo(&reader, "inspect", &[], &[&site]);
    assert!(gone.err.contains("manifest unknown"), "{gone:?}");

    registry.connected.folder.vk(&["token", "revoke", "reader"]).ok();
    let revoked = registry.skopeo(&reader, "inspect", &[], &[&site]);
    assert!(revoked.err.contains("unauthorized: the personal token is not valid"), "{revoked:?}");
    registry.refused("invalid_token: revoked");
}
