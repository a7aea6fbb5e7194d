//! A profile with more in it than anybody could make by hand, put there by the store itself.

use std::{collections::BTreeSet, io, path::Path};

use valetkey_core::{
    grant::{Access, Grant},
    ports::TokenStore,
    service::{BaseUrl, CredentialForm, Service, ServiceName},
    time::Timestamp,
    token::{Note, Status, Token, TokenName, TokenSecret},
};
use valetkey_store::Store;

/// Tokens that become durable at once.
const BATCH: usize = 10_000;

/// Limited tokens with one grant. Their secrets are thrown away.
pub(crate) fn tokens(profile: &Path, count: usize, grant: &str) -> io::Result<()> {
    let mut store = Store::open(profile).map_err(io::Error::other)?;
    let grant: Grant = grant.parse().map_err(io::Error::other)?;
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(BATCH) {
        let tokens: Vec<Token> =
            batch.iter().map(|number| token(*number, &grant)).collect::<io::Result<_>>()?;
        store.save_tokens(&tokens).map_err(io::Error::other)?;
    }
    Ok(())
}

fn token(number: usize, grant: &Grant) -> io::Result<Token> {
    let (id, secret) = TokenSecret::generate().map_err(io::Error::other)?;
    Ok(Token {
        id,
        name: TokenName::parse(&format!("One of many {number}")).map_err(io::Error::other)?,
        note: Note::parse("").map_err(io::Error::other)?,
        access: Access::Limited(BTreeSet::from([grant.clone()])),
        digest: secret.digest(),
        status: Status::Active,
        proxy: false,
        created: Timestamp::from_millis(0),
        expires: None,
    })
}

/// Services without a credential, each at a port where nobody listens.
pub(crate) fn services(profile: &Path, count: usize) -> io::Result<()> {
    let mut store = Store::open(profile).map_err(io::Error::other)?;
    for number in 0..count {
        let name = ServiceName::parse(&format!("one-of-many-{number}")).map_err(io::Error::other)?;
        let base_url = BaseUrl::parse("http://127.0.0.1:9").map_err(io::Error::other)?;
        let service =
            Service::connected(name, "rest", base_url, CredentialForm::Bearer, Timestamp::from_millis(0));
        store.save_service(&service).map_err(io::Error::other)?;
    }
    Ok(())
}
