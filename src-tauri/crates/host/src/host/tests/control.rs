use valetkey_wire::{Code, Reply, Request, Scope};

use super::bench::{Bench, create};
use crate::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_asks_many_things_over_one_connection() {
    let bench = Bench::new();
    assert!(Client::connect(&bench.profile).await.is_none(), "nothing runs yet");
    let host = bench.serve().await;
    create(&host, "ci", Scope::Full).await;

    let mut client = Client::connect(&bench.profile).await.unwrap();
    let Reply::Tokens(tokens) = client.call(Request::Tokens).await.unwrap() else { panic!("not tokens") };
    assert_eq!(tokens[0].name, "ci");
    let unknown = Request::RevokeTokens { tokens: vec!["nobody".into()] };
    assert_eq!(client.call(unknown).await.unwrap_err().code, Code::NotFound);
    let revoke = Request::RevokeTokens { tokens: vec!["ci".into()] };
    assert!(matches!(client.call(revoke).await.unwrap(), Reply::Tokens(_)));
    assert_eq!(host.status().await.tokens_active, 0);

    host.shut_down().await;
    assert!(client.call(Request::Status).await.is_err());
    assert!(Client::connect(&bench.profile).await.is_none(), "the socket is gone");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_answered_with_an_error_and_the_socket_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    let bench = Bench::new();
    let host = bench.serve().await;
    let path = bench.profile.control_socket();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut stream = BufReader::new(tokio::net::UnixStream::connect(&path).await.unwrap());
    stream.write_all(b"{\"do\":\"everything\"}\n").await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with(r#"{"reply":"error""#), "{line}");
    host.shut_down().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_path_that_is_too_long_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::Profile::locate(Some(folder.path().join("x".repeat(110)))).unwrap();
    profile.create(crate::VaultChoice::Memory).unwrap();
    let options = crate::Options { serve: crate::Serve::Gateway, ..crate::Options::default() };
    let error = crate::Host::open(&profile, options).await.err().unwrap();
    assert_eq!(error.code, Code::Invalid);
    assert!(error.message.contains("control.sock"), "{}", error.message);
}
