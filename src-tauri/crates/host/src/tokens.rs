//! The use cases of tokens: parse, one use case of the core, make durable, put in force.

use std::{collections::HashMap, time::Duration};

use valetkey_core::{
    self as core,
    grant::Access,
    time::Timestamp,
    token::{Note, Token, TokenId, TokenName, TokenSecret},
};
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Error, authorities,
    inner::Inner,
    rows,
    state::{Changed, State},
};

/// How long a revoked token's record is shown.
const RECORD_DAYS: i64 = 90;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// The waits between attempts to make durable what is in force.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

pub(crate) async fn list(inner: &Inner) -> Result<Vec<wire::TokenRow>, Error> {
    let last_uses = inner.records.last_uses().await?;
    Ok(rows::token_rows(&inner.state(), last_uses, inner.clock.now()))
}

pub(crate) async fn create(inner: &Inner, new: wire::NewToken) -> Result<wire::NewSecret, Error> {
    let new = core::tokens::NewToken {
        name: TokenName::parse(&new.name)?,
        note: Note::parse(&new.note)?,
        access: parse_scope(&new.scope)?,
        expires: parse_expiry(new.expiry),
        proxy: new.proxy,
    };
    let now = inner.clock.now();
    let (token, secret) = change(inner, |state| {
        let (token, secret) = state.tokens.create(&state.services, new, now)?;
        Ok((Changed { token, from: None }, secret))
    })
    .await?;
    if token.proxy {
        authorities::follow(inner).await;
    }
    Ok(new_secret(&token, &secret))
}

pub(crate) async fn update(
    inner: &Inner,
    name: &str,
    asked: &wire::TokenChange,
) -> Result<wire::TokenRow, Error> {
    let asked = parse_change(asked)?;
    let changes_proxy = asked.proxy.is_some();
    let now = inner.clock.now();
    let (token, ()) = change(inner, |state| {
        let old = state.tokens.named(name)?;
        let token = state.tokens.update(&state.services, old.id, asked, now)?;
        Ok((Changed { token, from: Some(old.status) }, ()))
    })
    .await?;
    if changes_proxy {
        authorities::follow(inner).await;
    }
    row(inner, &token).await
}

pub(crate) async fn replace(inner: &Inner, name: &str) -> Result<wire::NewSecret, Error> {
    let (token, secret) = change(inner, |state| {
        let old = state.tokens.named(name)?;
        let (token, secret) = state.tokens.replace(old.id)?;
        Ok((Changed { token, from: Some(old.status) }, secret))
    })
    .await?;
    Ok(new_secret(&token, &secret))
}

pub(crate) async fn enable(inner: &Inner, name: &str) -> Result<wire::TokenRow, Error> {
    let (token, ()) = change(inner, |state| {
        let old = state.tokens.named(name)?;
        Ok((Changed { token: state.tokens.enable(old.id)?, from: Some(old.status) }, ()))
    })
    .await?;
    row(inner, &token).await
}

pub(crate) async fn disable(inner: &Inner, name: &str) -> Result<wire::TokenRow, Error> {
    let ended = end(inner, |state| {
        let id = state.tokens.named(name)?.id;
        Ok(vec![state.tokens.disable(id)?])
    })
    .await?;
    row(inner, &ended[0]).await
}

/// Ends these for good; a name that is unknown ends none.
pub(crate) async fn revoke(inner: &Inner, names: &[String]) -> Result<Vec<wire::TokenRow>, Error> {
    let now = inner.clock.now();
    let ended = end(inner, |state| {
        let ids: Result<Vec<TokenId>, core::Error> =
            names.iter().map(|name| state.tokens.named(name).map(|token| token.id)).collect();
        ids?.into_iter().map(|id| state.tokens.revoke(id, now)).collect()
    })
    .await?;
    rows_of(inner, &ended).await
}

pub(crate) async fn revoke_all(inner: &Inner) -> Result<Vec<wire::TokenRow>, Error> {
    let now = inner.clock.now();
    let ended = end(inner, |state| Ok(state.tokens.revoke_all(now))).await?;
    rows_of(inner, &ended).await
}

/// What a token that asked the gateway to revoke it gets.
pub(crate) async fn revoke_itself(inner: &Inner, id: TokenId) -> Result<(), Error> {
    let now = inner.clock.now();
    end(inner, |state| Ok(vec![state.tokens.revoke(id, now)?])).await.map(drop)
}

/// What `asked` would let the token do that it can't do now.
pub(crate) fn gained(
    inner: &Inner,
    name: &str,
    asked: &wire::TokenChange,
) -> Result<Option<wire::Scope>, Error> {
    let state = inner.state();
    let token = state.tokens.named(name)?;
    let Some(scope) = &asked.scope else { return Ok(None) };
    let gained = core::tokens::gained(&token.access, &parse_scope(scope)?, &state.services);
    Ok(gained.map(|gained| match gained {
        Access::Full => wire::Scope::Full,
        Access::Limited(grants) => {
            wire::Scope::Limited { grants: grants.iter().map(ToString::to_string).collect() }
        }
    }))
}

/// Judge, make durable, put in force.
async fn change<T>(
    inner: &Inner,
    judge: impl FnOnce(&State) -> Result<(Changed, T), core::Error>,
) -> Result<(Token, T), Error> {
    let _commit = inner.committing.lock().await;
    let (changed, more) = judge(&inner.state())?;
    let record = changed.token.clone();
    inner.save(move |store| store.save_token(&record)).await.map_err(Error::NotSaved)?;
    let saved = changed.token.status;
    let mut settled = inner
        .put(|state| {
            let settled = state.put_tokens([changed]);
            for token in settled.iter().filter(|token| token.status == saved) {
                state.unsaved.remove(&token.id);
            }
            settled
        })
        .await;
    inner.announce(Event::Tokens);
    Ok((settled.swap_remove(0), more))
}

/// Judge, put in force, make durable: for what must work with a full disk.
async fn end(
    inner: &Inner,
    judge: impl FnOnce(&State) -> Result<Vec<Token>, core::Error>,
) -> Result<Vec<Token>, Error> {
    let ended = inner
        .put(|state| {
            let ended = judge(state)?;
            state.unsaved.extend(ended.iter().map(|token| token.id));
            Ok::<_, core::Error>(
                state.put_tokens(ended.into_iter().map(|token| Changed { token, from: None })),
            )
        })
        .await?;
    inner.announce(Event::Tokens);
    make_durable(inner).await?;
    Ok(ended)
}

/// Saves every record that is in force and not saved.
async fn make_durable(inner: &Inner) -> Result<(), Error> {
    let _commit = inner.committing.lock().await;
    let records: Vec<Token> = {
        let state = inner.state();
        state
            .unsaved
            .iter()
            .filter_map(|id| state.tokens.by_id(*id))
            .map(|token| Token::clone(token))
            .collect()
    };
    if records.is_empty() {
        return Ok(());
    }
    let saved: Vec<_> = records.iter().map(|token| (token.id, token.status)).collect();
    let outcome = inner.save(move |store| store.save_tokens(&records)).await;
    let had_problem = {
        let mut state = inner.state_mut();
        if outcome.is_ok() {
            for (id, status) in saved {
                // Ended once more meanwhile: that is still to be saved.
                if state.tokens.by_id(id).is_none_or(|token| token.status == status) {
                    state.unsaved.remove(&id);
                }
            }
        }
        std::mem::replace(&mut state.save_problem, outcome.clone().err()).is_some()
    };
    if had_problem != outcome.is_err() {
        inner.announce(Event::Status);
    }
    outcome.map_err(|failure| {
        inner.unsaved.notify_one();
        Error::InForceNotSaved(failure)
    })
}

/// Tries again, and less and less often, until what is in force is durable.
pub(crate) async fn keep_trying(inner: std::sync::Arc<Inner>) {
    loop {
        inner.unsaved.notified().await;
        let mut wait = FIRST_RETRY;
        loop {
            tokio::time::sleep(wait).await;
            if make_durable(&inner).await.is_ok() {
                break;
            }
            wait = (wait * 2).min(LONGEST_RETRY);
        }
    }
}

/// One last attempt before the program ends.
pub(crate) async fn save_what_is_left(inner: &Inner) {
    // What could not be saved was said when it was asked for, and the status has said so since.
    let _ = make_durable(inner).await;
}

/// Forgets the records of tokens that were revoked long ago.
pub(crate) async fn forget_old_records(inner: &Inner) -> Result<(), Error> {
    let _commit = inner.committing.lock().await;
    let limit = inner.clock.now().plus_millis(-RECORD_DAYS * DAY_MILLIS);
    let old: Vec<TokenId> = {
        let state = inner.state();
        let is_old = |token: &Token| match token.status {
            core::token::Status::Revoked { at } => at < limit,
            core::token::Status::Active | core::token::Status::Disabled => false,
        };
        state.tokens.iter().filter(|token| is_old(token)).map(|token| token.id).collect()
    };
    for id in old {
        inner.save(move |store| store.forget_token(id)).await.map_err(Error::NotSaved)?;
        inner.put(|state| state.forget_token(id)).await;
    }
    Ok(())
}

async fn row(inner: &Inner, token: &Token) -> Result<wire::TokenRow, Error> {
    let last = inner.records.last_uses().await?.remove(&token.id);
    Ok(rows::token_row(token, &inner.state(), last, inner.clock.now()))
}

/// Rows of tokens that have just been ended. What they did last is left out where it can't be read: that must not make
/// a revocation look failed.
async fn rows_of(inner: &Inner, tokens: &[Token]) -> Result<Vec<wire::TokenRow>, Error> {
    let mut last_uses = inner.records.last_uses().await.unwrap_or_else(|_| HashMap::new());
    let (state, now) = (inner.state(), inner.clock.now());
    Ok(tokens.iter().map(|token| rows::token_row(token, &state, last_uses.remove(&token.id), now)).collect())
}

fn new_secret(token: &Token, secret: &TokenSecret) -> wire::NewSecret {
    wire::NewSecret {
        id: token.id.to_string(),
        name: token.name.to_string(),
        token: wire::SecretText::new(secret.expose()),
    }
}

pub(crate) fn parse_scope(scope: &wire::Scope) -> Result<Access, core::Error> {
    match scope {
        wire::Scope::Full => Ok(Access::Full),
        wire::Scope::Limited { grants } => {
            grants.iter().map(|grant| grant.parse()).collect::<Result<_, _>>().map(Access::Limited)
        }
    }
}

const fn parse_expiry(expiry: wire::Expiry) -> Option<Timestamp> {
    match expiry {
        wire::Expiry::Never => None,
        wire::Expiry::At { at } => Some(Timestamp::from_millis(at)),
    }
}

fn parse_change(change: &wire::TokenChange) -> Result<core::tokens::TokenChange, core::Error> {
    Ok(core::tokens::TokenChange {
        name: change.name.as_deref().map(TokenName::parse).transpose()?,
        note: change.note.as_deref().map(Note::parse).transpose()?,
        access: change.scope.as_ref().map(parse_scope).transpose()?,
        expires: change.expiry.map(parse_expiry),
        proxy: change.proxy,
    })
}
