//! The real window of the real program, used by WebDriver as a person would.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod outside;
#[path = "../support/session.rs"]
mod session;
mod window;

use valetkey_wire::{Reply, Request, Scope, SettingsChange};

use crate::outside::{Answer, answer, clipboard};
use crate::session::{Session, curl, free_port};
use crate::window::Window;

const TEMPLATES: &str = "/sandbox/namespaces/web/templates";
/// The document that the window's own tests import.
const NOTES: &str = include_str!("../../ui/src/services/openapi/fixtures/notes.yaml");
const ENVIRONMENTS: &str = "/sandbox/namespaces/web/environments";

#[tokio::test]
async fn a_limited_token_is_created_copied_used_updated_and_revoked_in_the_window() {
    let session = Session::start().await;
    let window = Window::open(&session).await;
    let port = free_port();
    let change = SettingsChange { port: Some(port), ..SettingsChange::default() };
    session.control().await.call(Request::ChangeSettings { change }).await.unwrap();

    window.press("Try the sandbox").await;
    window.press_in_dialog("Connect").await;
    window.go_to("Auth Tokens").await;

    window.press("New personal token").await;
    window.type_into("Name", "ci-writer").await;
    window.choose("Limited access").await;
    window.select("Context", "Namespace").await;
    window.type_into("Namespace", "web").await;
    window.press("Add context").await;
    window.tick("View templates").await;
    window.press("Create").await;

    window.see("Copy your token").await;
    window.press_in_dialog("Copy").await;
    window.see("Copied").await;
    let token = clipboard(&session).await;
    assert!(token.starts_with("vkey_") && token.len() == 52, "the clipboard has the token and nothing else");
    window.press_in_dialog("Done").await;
    assert!(!window.source().await.contains(&token), "the window has forgotten it");

    let (status, body) = curl(port, &token, TEMPLATES).await;
    assert_eq!(status, 200, "{body}");
    let (status, body) = curl(port, &token, ENVIRONMENTS).await;
    assert_eq!(status, 403);
    assert!(body.contains("sandbox:namespace=web:environment.view"), "{body}");

    window.press("Update ci-writer").await;
    window.tick("View dev environments").await;
    window.press("Update").await;
    // Widening is asked outside the page, where no script can answer.
    answer(&session, "Widen this token.", Answer::Yes).await;
    window.see("Updated “ci-writer”. The change holds from the next request.").await;
    assert_eq!(curl(port, &token, ENVIRONMENTS).await.0, 200, "the same secret, at once");

    window.press("Update ci-writer").await;
    window.press("Revoke").await;
    window.press_in_dialog("Revoke").await;
    window.see("Revoked “ci-writer”. Requests with it now fail.").await;
    assert_eq!(curl(port, &token, TEMPLATES).await.0, 401);

    let Reply::Tokens(tokens) = session.control().await.call(Request::Tokens).await.unwrap() else {
        panic!("tokens were asked for")
    };
    assert!(tokens[0].revoked.is_some());
    window.close().await;
    session.end().await;
}

#[tokio::test]
async fn a_token_with_full_access_is_created_only_after_the_owners_yes_outside_the_page() {
    let session = Session::start().await;
    let window = Window::open(&session).await;
    let mut control = session.control().await;
    window.press("New personal token").await;
    window.type_into("Name", "agent").await;
    window.choose("Full access").await;

    window.press("Create").await;
    answer(&session, "Create a token with full access.", Answer::No).await;
    window.see("You said no. Nothing changed.").await;
    let Reply::Tokens(tokens) = control.call(Request::Tokens).await.unwrap() else {
        panic!("tokens were asked for")
    };
    assert!(tokens.is_empty(), "{tokens:?}");

    window.press("Create").await;
    answer(&session, "Create a token with full access.", Answer::Yes).await;
    window.see("Copy your token").await;
    window.close().await;
    session.end().await;
}

#[tokio::test]
async fn an_api_is_connected_from_its_document_and_a_request_that_is_tried_says_what_a_token_needs() {
    let session = Session::start().await;
    let window = Window::open(&session).await;
    let mut control = session.control().await;
    window.go_to("Services").await;
    window.press("Connect a service").await;
    window.pick("From an OpenAPI document").await;
    window
        .select("Make permissions of", "Tags Reading and writing under each tag, whatever the scopes.")
        .await;
    window.write_into("Or paste it", NOTES).await;
    window.press("Read").await;
    window.see("12 operations, 7 permissions").await;
    window.type_into("Master credential", "not-a-real-credential").await;
    window.press_in_dialog("Connect").await;
    window.see("Connected notes-of-a-team.").await;

    window.go_to("Auth Tokens").await;
    window.press("New personal token").await;
    window.type_into("Name", "reader").await;
    window.choose("Limited access").await;
    window.write_into("Path or URL", "books/7/notes").await;
    window.press("Try").await;
    window.see("Refused").await;
    window.press("Add to token").await;
    window.see("Allowed").await;
    window.press("Create").await;
    window.see("Copy your token").await;

    let Reply::Tokens(tokens) = control.call(Request::Tokens).await.unwrap() else {
        panic!("tokens were asked for")
    };
    let grants = vec!["notes-of-a-team:book=7:notes.read".to_owned()];
    assert_eq!(tokens[0].scope, Scope::Limited { grants });
    window.close().await;
    session.end().await;
}
