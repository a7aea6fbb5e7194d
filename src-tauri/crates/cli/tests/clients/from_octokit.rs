use crate::tried::Tried;

const SITE: &str = "github:repository=octocat/hello-world";

#[test]
fn octokit_follows_links_and_redirects_that_call_things_by_number() {
    let github = Tried::kind("github", "github.cjs");
    let grants = [format!("{SITE}:issues.read"), "github:organization=github:members.read".to_owned()];
    let reader = github.connected.token("reader", &grants.each_ref().map(String::as_str));
    let task = |name: &str| github.client("reader", &reader).task("octokit.mjs", name);
    assert_eq!(task("pages").ok(), "2");
    assert_eq!(task("members").ok(), "2");
    let before = github.asked().len();
    let refused = task("renamed");
    assert_eq!(
        refused.err, "403 this token lacks github:repository=octocat/hello-old:issues.read\n",
        "the old name is another one than the grant's"
    );
    assert_eq!(github.asked().len(), before);
    let own = github.connected.token("own", &["github:organization=octocat:issues.read"]);
    assert_eq!(github.client("own", &own).task("octokit.mjs", "renamed").ok(), "[1347]");
    assert_eq!(
        github.asked(),
        [
            "GET /user",
            "GET /repos/octocat/Hello-World/issues?per_page=1",
            "GET /repositories/1296269",
            "GET /repositories/1296269/issues?per_page=1&page=2",
            "GET /orgs/github/members?per_page=1",
            "GET /organizations/1",
            "GET /organizations/1/members?per_page=1&page=2",
            "GET /repos/octocat/Hello-Old/issues",
            "GET /repositories/1296269/issues",
        ],
        "each is asked about once, for all tokens"
    );
}

#[test]
fn octokit_does_what_was_granted_and_says_what_was_not() {
    let github = Tried::kind("github", "github.cjs");
    let reader = github.connected.token("reader", &[&format!("{SITE}:issues.read")]);
    let task = |name: &str| github.client("reader", &reader).task("octokit.mjs", name);
    assert_eq!(task("issues").ok(), "[1347]");
    for (name, missing) in [("issue", "issues.write"), ("contents", "contents.read")] {
        let before = github.asked().len();
        let refused = task(name);
        assert_eq!(refused.code, Some(1));
        assert_eq!(refused.err, format!("403 this token lacks {SITE}:{missing}\n"));
        assert_eq!(github.asked().len(), before);
    }

    let writer = github.connected.token("writer", &[&format!("{SITE}:issues.write")]);
    assert_eq!(github.client("writer", &writer).task("octokit.mjs", "issue").ok(), "1347");
    github.revoke("writer");
    let revoked = github.client("reader", &reader).with("GITHUB_TOKEN", &writer).task("octokit.mjs", "issue");
    assert_eq!(revoked.err, "401 the personal token is not valid\n");
    assert_eq!(
        github.asked(),
        ["GET /user", "GET /repos/octocat/Hello-World/issues", "POST /repos/octocat/Hello-World/issues"],
        "who the owner is, once, and what was permitted"
    );
}
