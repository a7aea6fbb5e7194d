use crate::tried::Tried;

const SITE: &str = "github:repository=octocat/hello-world";

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
