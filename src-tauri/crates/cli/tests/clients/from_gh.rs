use crate::{
    own_network,
    program::Ran,
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

/// A token with these permissions of the repository.
fn token_of(github: &Tried, name: &str, permissions: &[&str]) -> String {
    let grants: Vec<String> = permissions.iter().map(|permission| format!("{SITE}:{permission}")).collect();
    github.connected.token(name, &grants.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn gh_reads_by_graphql_what_was_granted_and_says_what_was_not() {
    if !own_network::inside("from_gh::gh_reads_by_graphql_what_was_granted_and_says_what_was_not") {
        return;
    }
    let github = github();
    let reader = token_of(&github, "reader", &["metadata.read", "contents.read", "issues.read"]);
    let gh = |words: &[&str]| github.client("reader", &reader).run(&[&["gh"], words].concat());
    let here = |words: &[&str]| gh(&[words, &["--repo", "octocat/Hello-World"]].concat());
    assert!(gh(&["repo", "view", "octocat/Hello-World"]).ok().contains("My first repository"));
    assert!(here(&["issue", "list"]).ok().contains("1347\tOPEN\tFound a bug"));
    assert!(here(&["issue", "status"]).ok().contains("Issues assigned to you"));
    assert!(here(&["label", "list"]).ok().contains("Hello-World"));
    assert!(here(&["release", "list"]).ok().contains("Hello-World"));
    assert_eq!(
        gh(&["api", "graphql", "-f", "query={viewer{login}}", "--jq", ".data.viewer.login"]).ok(),
        "octocat"
    );

    let refused = |ran: Ran, why: &str| {
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!(ran.err.trim(), format!("HTTP 403: {why} (http://api.github.localhost/graphql)"));
    };
    let elsewhere = "this token lacks github:repository=octocat/other:metadata.read";
    refused(gh(&["repo", "view", "octocat/Other"]), elsewhere);
    refused(here(&["pr", "list"]), &format!("this token lacks {SITE}:pull_requests.read"));
    // A search names no repository that could be judged.
    let anywhere = ["metadata", "issues", "pull_requests"].map(|name| format!("github:global:{name}.read"));
    refused(
        here(&["issue", "list", "--label", "bug"]),
        &format!("this token lacks {}", anywhere.join(" and ")),
    );
    let change = "query=mutation{addStar(input:{starrableId:\"R_1\"}){clientMutationId}}";
    let refused = gh(&["api", "graphql", "-f", change]);
    assert!(refused.err.contains("does not know mutation.addStar"), "{refused:?}");
    github.asked();
}

#[test]
fn gh_shows_issues_and_pull_requests_with_all_that_belongs_to_them() {
    if !own_network::inside("from_gh::gh_shows_issues_and_pull_requests_with_all_that_belongs_to_them") {
        return;
    }
    let github = github();
    let short = token_of(&github, "short", &["metadata.read", "issues.read", "pull_requests.read"]);
    let view = |name: &str, secret: &str, words: &[&str]| {
        let words = [&["gh"], words, &["1347", "--repo", "octocat/Hello-World"]].concat();
        github.client(name, secret).run(&words)
    };
    let fields = ["issue", "view", "--json", "title,body", "--jq", ".title"];
    assert_eq!(view("short", &short, &fields).ok(), "Found a bug");
    let refused = view("short", &short, &["pr", "view"]);
    let missing = [
        "organization=octocat:organization_projects",
        "repository=octocat/hello-world:statuses",
        "repository=octocat/hello-world:actions",
    ];
    let missing = missing.map(|grant| format!("github:{grant}.read")).join(" and ");
    assert!(refused.err.contains(&format!("this token lacks {missing} (")), "{refused:?}");

    let mut grants: Vec<String> = ["metadata", "issues", "pull_requests", "statuses", "actions"]
        .map(|name| format!("{SITE}:{name}.read"))
        .into();
    grants.push("github:organization=octocat:organization_projects.read".to_owned());
    let whole = github.connected.token("whole", &grants.iter().map(String::as_str).collect::<Vec<_>>());
    let shown = view("whole", &whole, &["pr", "view", "--comments"]);
    assert!(shown.ok().contains("I'm having a problem with this."));
    github.revoke("whole");
    let words = ["gh", "pr", "view", "1347", "--repo", "octocat/Hello-World"];
    let revoked = github.client("short", &short).with("GH_TOKEN", &whole).run(&words);
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
    github.asked();
}
