use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Row};
use valetkey_core::{grant::Grant, service::ServiceName, token::TokenId};

use super::{Unreadable, read, run};
use crate::Error;

/// The grants of every token that has some.
pub(crate) fn load(connection: &Connection) -> Result<HashMap<TokenId, BTreeSet<Grant>>, Error> {
    const SQL: &str = "SELECT token, service, context, permission FROM grants";
    let mut by_token: HashMap<TokenId, BTreeSet<Grant>> = HashMap::new();
    for (token, grant) in read(connection, "grants", SQL, [], parse)? {
        by_token.entry(token).or_default().insert(grant);
    }
    Ok(by_token)
}

/// Makes these the token's grants.
pub(crate) fn replace(
    connection: &Connection,
    token: TokenId,
    grants: &BTreeSet<Grant>,
) -> Result<(), Error> {
    const DELETE: &str = "DELETE FROM grants WHERE token = ?1";
    const INSERT: &str = "INSERT INTO grants (token, service, context, permission) VALUES (?1, ?2, ?3, ?4)";
    run(connection, DELETE, [token.as_str()])?;
    for grant in grants {
        let (context, permission) = (grant.context.to_string(), grant.permission.to_string());
        run(connection, INSERT, [token.as_str(), grant.service.as_str(), &context, &permission])?;
    }
    Ok(())
}

fn parse(row: &Row<'_>) -> Result<(TokenId, Grant), Unreadable> {
    let token = TokenId::parse(row.get_ref(0)?.as_str().map_err(|_| Unreadable)?).ok_or(Unreadable)?;
    let grant = Grant {
        service: ServiceName::parse(&row.get::<_, String>(1)?)?,
        context: row.get::<_, String>(2)?.parse()?,
        permission: row.get::<_, String>(3)?.parse()?,
    };
    Ok((token, grant))
}
