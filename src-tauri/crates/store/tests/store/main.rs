//! The store as its users see it, on real files.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod activity;
mod blocks;
mod full_disk;
mod killed;
mod migration;
mod profile;
mod records;

use std::{collections::BTreeSet, path::Path};

use rusqlite::Connection;
use valetkey_core::{
    grant::{Access, Grant},
    time::Timestamp,
    token::{Note, Status, Token, TokenName, TokenSecret},
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn grants(texts: &[&str]) -> BTreeSet<Grant> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn token(name: &str) -> Token {
    let (id, secret) = TokenSecret::generate().unwrap();
    Token {
        id,
        name: TokenName::parse(name).unwrap(),
        note: Note::parse("for the\nnightly run").unwrap(),
        access: Access::Limited(grants(&["github:repository=acme/site:contents.read", "gitlab:global:*"])),
        digest: secret.digest(),
        status: Status::Active,
        created: at(1_000),
        expires: Some(at(i64::MAX)),
        proxy: true,
    }
}

fn revoked(token: &Token) -> Token {
    Token { status: Status::Revoked { at: at(2_000) }, ..token.clone() }
}

/// The database, reached around the store.
fn raw(directory: &Path) -> Connection {
    Connection::open(directory.join("valetkey.db")).unwrap()
}

/// A directory fit to be a profile.
fn profile() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(directory.path(), private).unwrap();
    }
    directory
}
