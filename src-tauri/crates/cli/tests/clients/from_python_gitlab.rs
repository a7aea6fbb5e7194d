use crate::tried::Tried;

const SITE: &str = "gitlab:project=acme/site";

#[test]
fn python_gitlab_does_what_was_granted_and_says_what_was_not() {
    let gitlab = Tried::kind("gitlab", "gitlab.cjs");
    let grants = ["read_project", "read_work_item"].map(|permission| format!("{SITE}:{permission}"));
    let reader = gitlab.connected.token("reader", &grants.each_ref().map(String::as_str));
    let task = |name: &str| gitlab.client("reader", &reader).task("python_gitlab.py", name);
    assert_eq!(task("project").ok(), "\"acme/site\"");
    assert_eq!(task("issues").ok(), "[1, 2]", "by the number that the reply called it by");
    assert_eq!(task("lazy_issues").ok(), "[1, 2]");
    for (name, missing) in [("lazy_issue", "create_work_item"), ("lazy_file", "read_repository")] {
        let refused = task(name);
        assert!(refused.err.starts_with("403 "), "{refused:?}");
        assert!(refused.err.contains(&format!("this token lacks {SITE}:{missing}")), "{refused:?}");
    }

    let writer = gitlab.connected.token("writer", &[&format!("{SITE}:create_work_item")]);
    assert_eq!(
        gitlab.client("writer", &writer).task("python_gitlab.py", "lazy_issue").ok(),
        "\"Found a bug\""
    );
    gitlab.revoke("writer");
    let revoked = gitlab.client("reader", &reader).with("GITLAB_PRIVATE_TOKEN", &writer);
    let revoked = revoked.task("python_gitlab.py", "lazy_issue");
    assert!(revoked.err.contains("the personal token is not valid"), "{revoked:?}");
    gitlab.asked();
}
