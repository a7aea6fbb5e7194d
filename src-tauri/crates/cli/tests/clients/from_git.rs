use std::{
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{connected::Connected, server::Server};

const MASTER: &str = "the-password-of-the-git-server";

/// A git server with the repositories `site` and `other`, and a gateway that tells fetching from pushing.
struct Hosted {
    connected: Connected,
    disk: TempDir,
}

/// What git did.
#[derive(Debug)]
struct Done {
    ok: bool,
    out: String,
    err: String,
}

impl Done {
    #[track_caller]
    fn ok(self) -> String {
        assert!(self.ok, "{self:?}");
        self.out.trim_end().to_owned()
    }

    /// What it complained about, once it has failed.
    #[track_caller]
    fn failed(self) -> String {
        assert!(!self.ok, "{self:?}");
        self.err
    }
}

impl Hosted {
    fn start() -> Self {
        let disk = tempfile::tempdir().unwrap();
        let repositories = disk.path().join("repositories");
        for folder in ["home", "repositories"] {
            std::fs::create_dir(disk.path().join(folder)).unwrap();
        }
        for name in ["site", "other"] {
            let bare = repositories.join(format!("{name}.git"));
            git(&disk, disk.path(), &["init", "-q", "--bare", "-b", "main", bare.to_str().unwrap()]).ok();
            let work = disk.path().join(format!("first-{name}"));
            git(&disk, disk.path(), &["clone", "-q", bare.to_str().unwrap(), work.to_str().unwrap()]).ok();
            commit(&disk, &work, "README", "first");
            git(&disk, &work, &["push", "-q", "origin", "HEAD:main"]).ok();
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/stand_ins/git_server.py");
        let mut python = Command::new("python3");
        alone(&disk, &mut python).arg(script).arg(&repositories).env("OWNER_PASSWORD", MASTER);
        let definition = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/git.json");
        let how = ["--kind", "git", "--definition", definition];
        Self { connected: Connected::with("code", Server::start(&mut python), MASTER, &how), disk }
    }

    /// As `git clone` takes it.
    fn url(&self, token: &str, repository: &str) -> String {
        format!("http://x:{token}@{}/code/{repository}.git", self.connected.gateway.address)
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> Done {
        git(&self.disk, folder, arguments)
    }

    fn clone(&self, token: &str, repository: &str, into: &str) -> (PathBuf, Done) {
        let folder = self.disk.path().join(into);
        let url = self.url(token, repository);
        let done = self.git(self.disk.path(), &["clone", "-q", &url, folder.to_str().unwrap()]);
        (folder, done)
    }

    /// The newest commit that the server itself has.
    fn newest(&self) -> String {
        self.git(&self.disk.path().join("repositories/site.git"), &["rev-parse", "main"]).ok()
    }
}

/// Nothing of the user's: no settings, no helper that remembers passwords, nobody to ask.
fn alone<'c>(disk: &TempDir, command: &'c mut Command) -> &'c mut Command {
    for inherited in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "GIT_ASKPASS", "SSH_ASKPASS"] {
        command.env_remove(inherited);
    }
    command
        .env("HOME", disk.path().join("home"))
        .env("XDG_CONFIG_HOME", disk.path().join("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
}

fn git(disk: &TempDir, folder: &Path, arguments: &[&str]) -> Done {
    let mut git = Command::new("git");
    let output = alone(disk, &mut git)
        .args(["-c", "user.name=Test", "-c", "user.email=test@localhost"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn commit(disk: &TempDir, work: &Path, file: &str, content: &str) -> String {
    std::fs::write(work.join(file), content).unwrap();
    git(disk, work, &["add", file]).ok();
    git(disk, work, &["commit", "-q", "-m", file]).ok();
    git(disk, work, &["rev-parse", "HEAD"]).ok()
}

#[test]
fn a_token_that_may_read_clones_and_fetches_and_can_not_push() {
    let hosted = Hosted::start();
    let reader = hosted.connected.token("reader", &["code:repository=site:code.read"]);
    let (work, cloned) = hosted.clone(&reader, "site", "work");
    cloned.ok();
    assert_eq!(std::fs::read_to_string(work.join("README")).unwrap(), "first");

    let first = hosted.newest();
    commit(&hosted.disk, &work, "mine", "not to be pushed");
    let refused = hosted.git(&work, &["push", "origin", "HEAD:main"]).failed();
    assert!(refused.contains("403"), "{refused}");
    assert_eq!(
        hosted.connected.refusals().last().unwrap(),
        "insufficient_scope: code:repository=site:code.write"
    );
    assert_eq!(hosted.newest(), first);

    let seeded = hosted.disk.path().join("first-site");
    let second = commit(&hosted.disk, &seeded, "second", "from elsewhere");
    hosted.git(&seeded, &["push", "-q", "origin", "HEAD:main"]).ok();
    hosted.git(&work, &["fetch", "-q", "origin"]).ok();
    assert_eq!(hosted.git(&work, &["rev-parse", "origin/main"]).ok(), second);

    let other = hosted.clone(&reader, "other", "other-work").1.failed();
    assert!(other.contains("403"), "{other}");
    assert_eq!(
        hosted.connected.refusals().last().unwrap(),
        "insufficient_scope: code:repository=other:code.read"
    );
}

#[test]
fn a_token_that_may_write_pushes_also_what_is_larger_than_one_buffer() {
    let hosted = Hosted::start();
    let writer = hosted.connected.token("writer", &["code:repository=site:code.write"]);
    let (work, cloned) = hosted.clone(&writer, "site", "work");
    cloned.ok();
    let small = commit(&hosted.disk, &work, "small", "a few bytes");
    hosted.git(&work, &["push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(hosted.newest(), small);

    // Past http.postBuffer git asks first whether it may, then sends chunks; this text does not compress below it.
    let lines = (0..40_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_string());
    let large = commit(&hosted.disk, &work, "large", &lines.collect::<Vec<_>>().join("\n"));
    hosted.git(&work, &["-c", "http.postBuffer=65536", "push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(hosted.newest(), large);
    let rows = hosted.connected.folder.vk(&["--json", "activity"]).json();
    let pushes = rows.as_array().unwrap().iter().map(|row| row["operation"].as_str().unwrap());
    let pushes = pushes.filter(|operation| *operation == "POST /{repository}.git/git-receive-pack").count();
    assert_eq!(pushes, 3, "the small one, the question, and the chunks: {rows}");
    assert!(hosted.connected.refusals().iter().all(|reason| reason.contains("no token was sent")));

    let (again, cloned) = hosted.clone(&writer, "site", "again");
    cloned.ok();
    assert_eq!(hosted.git(&again, &["rev-parse", "HEAD"]).ok(), large);
    assert!(hosted.git(&again, &["fsck", "--strict"]).ok);
}

#[test]
fn a_pack_of_many_megabytes_goes_up_and_comes_down_byte_by_byte() {
    const SIZE: u64 = 30 * 1024 * 1024;
    let hosted = Hosted::start();
    let writer = hosted.connected.token("writer", &["code:repository=site:code.write"]);
    let (work, cloned) = hosted.clone(&writer, "site", "work");
    cloned.ok();
    let (behind, cloned) = hosted.clone(&writer, "site", "behind");
    cloned.ok();
    // Nothing of it can be packed smaller.
    let random = std::fs::File::open("/dev/urandom").unwrap();
    let copied =
        std::io::copy(&mut random.take(SIZE), &mut std::fs::File::create(work.join("large")).unwrap());
    assert_eq!(copied.unwrap(), SIZE);
    hosted.git(&work, &["add", "large"]).ok();
    hosted.git(&work, &["commit", "-q", "-m", "large"]).ok();
    hosted.git(&work, &["push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(hosted.newest(), hosted.git(&work, &["rev-parse", "HEAD"]).ok());

    hosted.git(&behind, &["fetch", "-q", "origin"]).ok();
    hosted.git(&behind, &["merge", "-q", "--ff-only", "origin/main"]).ok();
    let large = |folder: &Path| std::fs::read(folder.join("large")).unwrap();
    assert!(large(&work) == large(&behind), "what came down is not what went up");
}

#[test]
fn after_a_revocation_neither_fetch_nor_push_gets_in() {
    let hosted = Hosted::start();
    let writer = hosted.connected.token("writer", &["code:global:*"]);
    let (work, cloned) = hosted.clone(&writer, "site", "work");
    cloned.ok();
    let before = hosted.newest();
    hosted.connected.folder.vk(&["token", "revoke", "writer"]).ok();
    commit(&hosted.disk, &work, "late", "too late");
    for arguments in [&["fetch", "origin"][..], &["push", "origin", "HEAD:main"]] {
        let failed = hosted.git(&work, arguments).failed();
        assert!(failed.contains("Authentication failed"), "{failed}");
        assert_eq!(hosted.connected.refusals().last().unwrap(), "invalid_token: revoked");
    }
    assert_eq!(hosted.newest(), before);

    let direct = format!("http://x:{writer}@{}/site.git", hosted.connected.server.address);
    let failed = hosted.git(hosted.disk.path(), &["ls-remote", &direct]).failed();
    assert!(
        failed.contains("Authentication failed"),
        "a token opens nothing at the service itself: {failed}"
    );
}

#[test]
fn git_clones_through_the_https_proxy_by_the_servers_own_url() {
    let hosted = Hosted::start();
    let folder = &hosted.connected.folder;
    let token = hosted.connected.token("agent", &["code:repository=site:code.read"]);
    folder.vk(&["token", "update", "agent", "--proxy"]).ok();
    let clone = |repository: &str| {
        let into = hosted.disk.path().join(format!("by-proxy-{repository}"));
        let url = format!("https://{}/{repository}.git", hosted.connected.server.address);
        let words = [
            "run",
            "--proxy",
            "--token",
            "agent",
            "--",
            "env",
            "NO_PROXY=",
            "no_proxy=",
            "git",
            "clone",
            "-q",
        ];
        let mut command = folder.command(&[&words[..], &[&url, into.to_str().unwrap()]].concat());
        alone(&hosted.disk, &mut command).env("VALETKEY_TOKEN", &token);
        command.output().unwrap()
    };
    let done = clone("site");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(
        hosted.newest(),
        hosted.git(&hosted.disk.path().join("by-proxy-site"), &["rev-parse", "HEAD"]).ok()
    );
    let refused = clone("other");
    assert!(!refused.status.success(), "{refused:?}");
}
