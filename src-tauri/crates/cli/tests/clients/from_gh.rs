use crate::{
    own_network,
    server::Server,
    tried::{Tried, stand_in},
};

const SITE: &str = "github:repository=octocat/hello-world";

/// A GitHub at api.github.localhost: the one host to which gh speaks plainly, and without a port.
fn github() -> Tried {
    let server = Server::start(stand_in("github.cjs").env("STAND_IN_PORT", "80"));
    Tried::at("http://api.github.localhost", "github", server)
}

#[test]
fn gh_asks_the_api_over_the_unix_socket() {
    if !own_network::inside("from_gh::gh_asks_the_api_over_the_unix_socket") {
        return;
    }
    let github = github();
    let reader = github.connected.token("reader", &[&format!("{SITE}:issues.read")]);
    let gh = |words: &[&str]| github.client("reader", &reader).run(&[&["gh"], words].concat());
    let numbers = ["api", "repos/octocat/Hello-World/issues", "--jq", ".[].number"];
    assert_eq!(gh(&numbers).ok(), "1347");
    let pages = ["api", "--paginate", "repos/octocat/Hello-World/issues?per_page=1", "--jq", ".[].number"];
    assert_eq!(gh(&pages).ok(), "1347\n1347");
    let refused = gh(&["api", "repos/octocat/Hello-World/issues", "-f", "title=Found a bug"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains(&format!("gh: this token lacks {SITE}:issues.write (HTTP 403)")),
        "{refused:?}"
    );

    let writer = github.connected.token("writer", &[&format!("{SITE}:issues.write")]);
    let made =
        ["gh", "api", "repos/octocat/Hello-World/issues", "-f", "title=Found a bug", "--jq", ".number"];
    assert_eq!(github.client("writer", &writer).run(&made).ok(), "1347");
    github.revoke("writer");
    let revoked = github.client("reader", &reader).with("GH_TOKEN", &writer).run(&made);
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
    github.asked();
}

#[test]
fn gh_shows_repositories_and_lists_issues() {
    if !own_network::inside("from_gh::gh_shows_repositories_and_lists_issues") {
        return;
    }
    let github = github();
    let full = github.connected.folder.vk(&["token", "create", "--name", "full", "--full"]).ok();
    let gh = |words: &[&str]| github.client("full", &full).run(&[&["gh"], words].concat());
    let view = gh(&["repo", "view", "octocat/Hello-World"]);
    assert!(view.ok().contains("Hello-World"));
    let list = gh(&["issue", "list", "--repo", "octocat/Hello-World"]);
    assert!(list.ok().contains("1347"));
    github.asked();
}
