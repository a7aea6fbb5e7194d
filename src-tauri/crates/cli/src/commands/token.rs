use valetkey_wire::{NewSecret, NewToken, Request, Scope, TokenChange, TokenRow, TokenStatus};

use super::words;
use crate::{
    arguments::{NewScope, OfService, Token, UpdateToken},
    error::Error,
    output::Output,
    session::{Session, ask},
    table::Table,
};

pub(crate) async fn run(session: &mut Session, command: Token, output: Output) -> Result<(), Error> {
    match command {
        Token::Create { name, scope, expires, note, proxy } => {
            let scope = scope_of(session, scope).await?;
            let token = NewToken { name, note, scope, expiry: expires.0, proxy };
            let secret = ask!(session, Request::CreateToken { token }, Secret)?;
            print_once(&secret, output)
        }
        Token::List { all } => {
            let mut tokens = ask!(session, Request::Tokens, Tokens)?;
            tokens.retain(|token| all || token.status != TokenStatus::Revoked);
            output.rows(&tokens, "No tokens. Create one: vk token create --name NAME --grant GRANT", table)
        }
        Token::Show { name } => {
            let token = find(session, &name).await?;
            output.answer(&token, words::token)
        }
        Token::Suggest { name, days } => super::suggest::run(session, name, Some(days), output).await,
        Token::Update(arguments) => update(session, arguments, output).await,
        Token::Revoke { names, all } => {
            let request =
                if all { Request::RevokeAllTokens } else { Request::RevokeTokens { tokens: names } };
            let revoked = ask!(session, request, Tokens)?;
            output.rows(&revoked, "No live token; nothing to revoke.", |tokens| {
                Table::new(&["Revoked. Requests with these now fail:"])
                    .with_rows(tokens, |token| vec![format!("{}  {}", token.shown, token.name)])
            })
        }
        Token::Replace { name } => {
            let secret = ask!(session, Request::ReplaceToken { token: name }, Secret)?;
            print_once(&secret, output)
        }
        Token::Disable { name } => {
            let token = ask!(session, Request::DisableToken { token: name }, Token)?;
            output.answer(&token, |token| {
                format!(
                    "{} disabled. Requests with it now fail, until: vk token enable {}",
                    token.name, token.id
                )
            })
        }
        Token::Enable { name } => {
            let token = ask!(session, Request::EnableToken { token: name }, Token)?;
            output.answer(&token, |token| format!("{} enabled.", token.name))
        }
    }
}

/// The token whose name or id this is.
pub(crate) async fn find(session: &mut Session, name: &str) -> Result<TokenRow, Error> {
    let tokens: Vec<TokenRow> = ask!(session, Request::Tokens, Tokens)?;
    let id = name.strip_prefix("vkey_").unwrap_or(name);
    let live = |token: &&TokenRow| {
        token.status != TokenStatus::Revoked && token.name.to_lowercase() == name.trim().to_lowercase()
    };
    let found = tokens.iter().find(live).or_else(|| tokens.iter().find(|token| token.id == id));
    found.cloned().ok_or_else(|| {
        valetkey_wire::Error::new(valetkey_wire::Code::NotFound, format!("no token named “{name}”"))
            .with_hint("vk token list")
            .into()
    })
}

async fn scope_of(session: &mut Session, scope: NewScope) -> Result<Scope, Error> {
    if scope.full {
        return Ok(Scope::Full);
    }
    Ok(Scope::Limited { grants: with_scopes(session, scope.grants, scope.scopes).await? })
}

/// The grants, and those that the scope strings mean.
async fn with_scopes(
    session: &mut Session,
    mut grants: Vec<String>,
    scopes: Vec<OfService>,
) -> Result<Vec<String>, Error> {
    for OfService { service, text } in scopes {
        grants.extend(ask!(session, Request::ReadScopeString { service, text }, Grants)?);
    }
    Ok(grants)
}

/// The token alone on standard output, so that it can be piped; what a person should know goes beside it.
fn print_once(secret: &NewSecret, output: Output) -> Result<(), Error> {
    output.remark(&format!("Token of {}; it is not shown again:", crate::table::plain(&secret.name)));
    output.answer(secret, |secret| secret.token.expose().to_owned())
}

async fn update(session: &mut Session, arguments: UpdateToken, output: Output) -> Result<(), Error> {
    let scope = if arguments.full {
        Some(Scope::Full)
    } else if !arguments.grants.is_empty() || !arguments.scopes.is_empty() {
        Some(Scope::Limited { grants: with_scopes(session, arguments.grants, arguments.scopes).await? })
    } else if arguments.add.is_empty() && arguments.remove.is_empty() {
        None
    } else {
        let token = find(session, &arguments.token).await?;
        Some(changed_scope(token.scope, arguments.add, &arguments.remove)?)
    };
    let change = TokenChange {
        name: arguments.new_name,
        note: arguments.note,
        scope,
        expiry: arguments.expires.map(|expires| expires.0),
        proxy: (arguments.proxy || arguments.no_proxy).then_some(arguments.proxy),
    };
    if change == TokenChange::default() {
        return Err(Error::Usage(
            "nothing to change; give --name, --grant, --scope, --add, --remove, --expires, --proxy or --no-proxy"
                .into(),
        ));
    }
    let token = ask!(session, Request::UpdateToken { token: arguments.token, change }, Token)?;
    output.answer(&*token, words::token)
}

fn changed_scope(scope: Scope, add: Vec<String>, remove: &[String]) -> Result<Scope, Error> {
    let mut grants = match scope {
        Scope::Limited { grants } => grants,
        Scope::Full => {
            return Err(Error::Usage(
                "this token has full access; give its limited access whole with --grant".into(),
            ));
        }
    };
    for grant in remove {
        let place = grants.iter().position(|held| held == grant);
        let place = place.ok_or_else(|| Error::Usage(format!("the token has no grant “{grant}”")))?;
        grants.remove(place);
    }
    grants.extend(add);
    Ok(Scope::Limited { grants })
}

fn table(tokens: &[TokenRow]) -> Table {
    Table::new(&["NAME", "ID", "STATUS", "ACCESS", "EXPIRES", "LAST USED"]).with_rows(tokens, |token| {
        vec![
            token.name.clone(),
            token.id.clone(),
            words::status(token.status).into(),
            words::access(&token.scope),
            words::expiry(token.expires),
            words::last_used(token.last_used.as_ref()),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(grants: &[&str]) -> Scope {
        Scope::Limited { grants: grants.iter().map(|grant| (*grant).to_owned()).collect() }
    }

    #[test]
    fn grants_are_added_and_removed_and_the_others_stay() {
        let changed = changed_scope(
            limited(&["a:global:x", "a:global:y"]),
            vec!["b:global:z".into()],
            &["a:global:x".into()],
        );
        assert_eq!(changed.unwrap(), limited(&["a:global:y", "b:global:z"]));
    }

    #[test]
    fn what_is_not_there_can_not_be_removed() {
        assert!(matches!(
            changed_scope(limited(&["a:global:x"]), vec![], &["q".into()]),
            Err(Error::Usage(_))
        ));
        assert!(matches!(changed_scope(Scope::Full, vec!["a".into()], &[]), Err(Error::Usage(_))));
    }
}
