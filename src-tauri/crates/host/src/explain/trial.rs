use valetkey_core::token::{Note, Status, Token, TokenName, TokenSecret};
use valetkey_wire as wire;

use super::{Asked, judged, policy};
use crate::{Error, inner::Inner, tokens::parse_scope};

/// What would be decided for a token of this scope. None is made, and nobody can hold the one that is judged.
pub(crate) fn try_scope(inner: &Inner, trial: &wire::Trial) -> Result<wire::Explanation, Error> {
    let (state, now) = (inner.state(), inner.clock.now());
    let (id, secret) = TokenSecret::generate()?;
    let token = Token {
        id,
        name: TokenName::parse("trial")?,
        note: Note::default(),
        access: parse_scope(&trial.scope)?,
        digest: secret.digest(),
        status: Status::Active,
        created: now,
        expires: None,
        proxy: false,
    };
    let snapshot = policy(&state)?.with_tokens([token.clone()]);
    let wire::Trial { method, url, body, .. } = trial;
    let asked = Asked { token: &token, method, url, body: body.as_ref(), now };
    let answer = judged(&state, &snapshot, &asked)?;
    // They would name a token that is not there.
    Ok(wire::Explanation { commands: Vec::new(), ..answer })
}
