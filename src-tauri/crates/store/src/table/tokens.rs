use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};
use valetkey_core::{
    grant::Access,
    time::Timestamp,
    token::{Digest, Note, Status, Token, TokenId, TokenName},
};

use super::{Unreadable, grants, read, run};
use crate::Error;

const TABLE: &str = "tokens";

/// All tokens, by id.
pub(crate) fn load(connection: &Connection) -> Result<Vec<Token>, Error> {
    const SQL: &str = "SELECT id, name, note, access, digest, status, revoked, created, expires, proxy
        FROM tokens ORDER BY id";
    let mut granted = grants::load(connection)?;
    let tokens = read(connection, TABLE, SQL, [], parse)?;
    tokens
        .into_iter()
        .map(|mut token| {
            match (&mut token.access, granted.remove(&token.id)) {
                (Access::Limited(grants), Some(found)) => *grants = found,
                // Somebody made a limited token a full one behind our back: full tokens have no grants.
                (Access::Full, Some(_)) => return Err(Error::Damaged { table: TABLE }),
                (Access::Limited(_) | Access::Full, None) => {}
            }
            Ok(token)
        })
        .collect()
}

pub(crate) fn save(connection: &Connection, token: &Token) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO tokens
            (id, name, folded_name, note, access, digest, status, revoked, created, expires, proxy)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, folded_name = excluded.folded_name, note = excluded.note,
            access = excluded.access, digest = excluded.digest, status = excluded.status,
            revoked = excluded.revoked, created = excluded.created, expires = excluded.expires,
            proxy = excluded.proxy";
    let nothing = BTreeSet::new();
    let (access, grants) = match &token.access {
        Access::Full => ("full", &nothing),
        Access::Limited(grants) => ("limited", grants),
    };
    let (status, revoked) = match token.status {
        Status::Active => ("active", None),
        Status::Disabled => ("disabled", None),
        Status::Revoked { at } => ("revoked", Some(at.as_millis())),
    };
    let row = params![
        token.id.as_str(),
        token.name.as_str(),
        token.name.folded(),
        token.note.as_str(),
        access,
        token.digest.as_bytes(),
        status,
        revoked,
        token.created.as_millis(),
        token.expires.map(Timestamp::as_millis),
        token.proxy,
    ];
    run(connection, SQL, row)?;
    grants::replace(connection, token.id, grants)
}

pub(crate) fn forget(connection: &Connection, token: TokenId) -> Result<(), Error> {
    run(connection, "DELETE FROM tokens WHERE id = ?1", [token.as_str()])?;
    Ok(())
}

/// A token whose grants are still to come.
fn parse(row: &Row<'_>) -> Result<Token, Unreadable> {
    Ok(Token {
        id: TokenId::parse(&row.get::<_, String>(0)?).ok_or(Unreadable)?,
        name: TokenName::parse(&row.get::<_, String>(1)?)?,
        note: Note::parse(&row.get::<_, String>(2)?)?,
        access: match row.get::<_, String>(3)?.as_str() {
            "full" => Access::Full,
            "limited" => Access::Limited(BTreeSet::new()),
            _ => return Err(Unreadable),
        },
        digest: Digest::from_bytes(row.get(4)?),
        status: match (row.get::<_, String>(5)?.as_str(), row.get(6)?) {
            ("active", None) => Status::Active,
            ("disabled", None) => Status::Disabled,
            ("revoked", Some(at)) => Status::Revoked { at: Timestamp::from_millis(at) },
            _ => return Err(Unreadable),
        },
        created: Timestamp::from_millis(row.get(7)?),
        expires: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_millis),
        proxy: row.get(9)?,
    })
}
