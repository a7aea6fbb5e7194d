use crate::{
    program::Ran,
    tried::{Tried, packages},
};

#[test]
fn sentry_cli_lists_and_makes_what_was_granted() {
    let sentry = Tried::kind("sentry", "sentry.cjs");
    let of_acme = |level: &str| format!("sentry:organization=acme:{level}");
    let reader = sentry.connected.token("reader", &[&of_acme("project.read")]);
    let writer = sentry.connected.token("writer", &[&of_acme("releases.write")]);
    let program = packages().join("node_modules/.bin/sentry-cli");
    let run = |secret: &str, words: &[&str]| -> Ran {
        let client =
            sentry.client("reader", &reader).with("SENTRY_AUTH_TOKEN", secret).with("SENTRY_ORG", "acme");
        let client = client.with("SENTRY_PROJECT", "site");
        client.run(&[&["node", program.to_str().unwrap()], words].concat())
    };
    let listed = run(&reader, &["projects", "list"]).ok();
    assert!(listed.contains("Site"), "{listed}");
    let release = ["releases", "new", "1.0"];
    let refused = run(&reader, &release);
    let lacks = format!("this token lacks {}", of_acme("releases.write"));
    assert!(refused.code == Some(1) && refused.err.contains(&lacks), "{refused:?}");
    let missing = format!("insufficient_scope: {}", of_acme("releases.write"));
    assert_eq!(sentry.connected.refusals().last(), Some(&missing));
    assert!(run(&writer, &release).ok().contains("Created release 1.0"));
    sentry.revoke("writer");
    let revoked = run(&writer, &release);
    assert!(
        revoked.code == Some(1) && revoked.err.contains("the personal token is not valid"),
        "{revoked:?}"
    );
    assert_eq!(sentry.connected.refusals().last().unwrap(), "invalid_token: revoked");
    let asked = sentry.asked();
    assert_eq!(asked[asked.len() - 1], "POST /api/0/organizations/acme/releases/");
}
