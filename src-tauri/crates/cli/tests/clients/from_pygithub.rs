use crate::{
    server::Server,
    tried::{Tried, stand_in},
};

const SITE: &str = "github:repository=octocat/hello-world";

#[test]
fn pygithub_with_a_base_url_does_what_was_granted_and_says_what_was_not() {
    let github = Tried::kind("github", "github.cjs");
    let base = github.connected.url("");
    let reader = github.connected.token("reader", &[&format!("{SITE}:issues.read")]);
    let task =
        |name: &str| github.client("reader", &reader).with("GITHUB_BASE", &base).task("pygithub.py", name);
    assert_eq!(task("lazy_issues").ok(), "[1347]");
    assert_eq!(task("pages").ok(), "2");
    let refused = task("repository");
    assert!(refused.err.starts_with("403 ") && refused.err.contains(&format!("{SITE}:metadata.read")));
    github.revoke("reader");
    let owner = github.connected.token("owner", &["github:organization=octocat:issues.read"]);
    let renamed = github.client("owner", &owner).with("GITHUB_BASE", &base).task("pygithub.py", "renamed");
    assert_eq!(renamed.ok(), "[1347]");
    let full = github.connected.token("full", &["github:global:*"]);
    let again = github.client("full", &full).with("GITHUB_BASE", &base);
    assert_eq!(again.task("pygithub.py", "repository").ok(), "\"octocat/Hello-World\"");
    let revoked = github.client("full", &full).with("GITHUB_BASE", &base).with("GITHUB_TOKEN", &reader);
    let revoked = revoked.task("pygithub.py", "lazy_issues");
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
    github.asked();
}

#[test]
fn pygithub_through_the_proxy_follows_the_urls_that_replies_have() {
    // As an Enterprise Server under its own name.
    let server = Server::start(stand_in("github.cjs").env("STAND_IN_SCHEME", "https"));
    let url = server.url();
    let github = Tried::at(&url, "github", server);
    let base = url.replace("http:", "https:");
    let grants = ["issues.read", "metadata.read"].map(|permission| format!("{SITE}:{permission}"));
    let reader = github.connected.token("reader", &grants.each_ref().map(String::as_str));
    github.connected.folder.vk(&["token", "update", "reader", "--proxy"]).ok();
    let task = |name: &str| {
        let client = github.client("reader", &reader).option("--proxy").with("GITHUB_BASE", &base);
        // The stand-in is on this machine, where programs go past every proxy.
        client.with("NO_PROXY", "").with("no_proxy", "").task("pygithub.py", name)
    };
    assert_eq!(task("issues").ok(), "[1347]");
    assert_eq!(task("pages").ok(), "2");
    assert_eq!(task("comments").ok(), "[\"Me too\"]");
    let refused = task("issue");
    assert!(refused.err.contains(&format!("this token lacks {SITE}:issues.write")), "{refused:?}");
    github.asked();
}
