use crate::{program::Ran, tried::Tried};

#[test]
fn slack_sdk_calls_the_methods_that_were_granted() {
    let slack = Tried::kind("slack", "slack.cjs");
    let reader = slack.connected.token("reader", &["slack:global:conversations.read"]);
    let writer = slack.connected.token("writer", &["slack:global:chat.write"]);
    let task = |secret: &str, task: &str| -> Ran {
        slack.client("reader", &reader).with("SLACK_TOKEN", secret).task("with_slack.py", task)
    };
    assert_eq!(task(&reader, "me").ok(), "\"owner\"");
    assert_eq!(task(&reader, "channels").ok(), "[\"general\"]");
    let refused = task(&reader, "message");
    assert!(
        refused.err.starts_with("403 ") && refused.err.contains("this token lacks slack:global:chat.write"),
        "{refused:?}"
    );
    assert_eq!(task(&writer, "message").ok(), "\"hello\"");
    slack.revoke("writer");
    let revoked = task(&writer, "message");
    assert!(
        revoked.err.starts_with("401 ") && revoked.err.contains("the personal token is not valid"),
        "{revoked:?}"
    );
    let asked = slack.asked();
    assert_eq!(
        asked[asked.len() - 3..],
        ["POST /api/auth.test", "POST /api/conversations.list", "POST /api/chat.postMessage"]
    );
}
