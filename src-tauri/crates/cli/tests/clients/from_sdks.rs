//! The SDKs of OpenAI and Anthropic, which are told by their own variables alone where to go and with which key.

use crate::tried::Tried;

/// An SDK, and what it is tried with.
struct Sdk {
    kind: &'static str,
    /// In `programs`.
    program: &'static str,
    /// The variable with its key.
    key: &'static str,
    /// The permission to send a prompt.
    request: &'static str,
    /// Where prompts are sent.
    path: &'static str,
    /// What its errors say where models may not be listed, and where the token is revoked.
    errors: [&'static str; 2],
}

/// In whole sentences.
const SENTENCES: [&str; 2] = [":global:models.read", "the personal token is not valid"];

#[test]
fn the_python_sdk_of_openai() {
    speaks(&Sdk { program: "with_openai.py", errors: SENTENCES, ..OPENAI });
}

#[test]
fn the_node_sdk_of_openai() {
    speaks(&OPENAI);
}

#[test]
fn the_python_sdk_of_anthropic() {
    speaks(&Sdk { program: "with_anthropic.py", ..ANTHROPIC });
}

#[test]
fn the_node_sdk_of_anthropic() {
    speaks(&ANTHROPIC);
}

const OPENAI: Sdk = Sdk {
    kind: "openai",
    program: "openai.mjs",
    key: "OPENAI_API_KEY",
    request: "model_capabilities.request",
    path: "/v1/chat/completions",
    // It expects an object where the gateway says its code.
    errors: ["insufficient_scope", "invalid_token"],
};

const ANTHROPIC: Sdk = Sdk {
    kind: "anthropic",
    program: "anthropic.mjs",
    key: "ANTHROPIC_API_KEY",
    request: "messages.request",
    path: "/v1/messages",
    errors: SENTENCES,
};

/// It gets whole answers and events in their order with just that grant, reads what else it would need, and is cut off by a revocation.
#[track_caller]
fn speaks(sdk: &Sdk) {
    let service = Tried::kind(sdk.kind, &format!("{}.cjs", sdk.kind));
    let speaker = service.connected.token("speaker", &[&format!("{}:global:{}", sdk.kind, sdk.request)]);
    let task = |name: &str| service.client("speaker", &speaker).task(sdk.program, name);
    assert_eq!(task("whole").ok(), "\"one two three four\"");
    assert_eq!(task("stream").ok(), "one\n two\n three\n four\n\"the end\"");
    let refused = task("models");
    assert!(refused.err.starts_with("403 ") && refused.err.contains(sdk.errors[0]), "{refused:?}");

    let mut unending = service.client("speaker", &speaker).task_running(sdk.program, "unending");
    assert_eq!(unending.line(), "one\n");
    service.revoke("speaker");
    let cut = unending.end();
    assert!(cut.code == Some(1) && !cut.out.contains("the end"), "{cut:?}");

    let reader = service.connected.token("reader", &[&format!("{}:global:models.read", sdk.kind)]);
    let revoked = service.client("reader", &reader).with(sdk.key, &speaker).task(sdk.program, "whole");
    assert!(revoked.err.starts_with("401 ") && revoked.err.contains(sdk.errors[1]), "{revoked:?}");
    assert!(service.client("reader", &reader).task(sdk.program, "models").ok().ends_with("-test\"]"));
    let asked = format!("POST {}", sdk.path);
    let cut = format!("cut: {asked}");
    // The first is the program's own, when the service is connected.
    assert_eq!(service.asked(), ["GET /v1/models", &asked, &asked, &asked, &cut, "GET /v1/models"]);
}
