use rusqlite::{Connection, Row, params};
use valetkey_core::{time::Timestamp, token::TokenId};

use super::{Unreadable, read, run};
use crate::{Error, description::Description};

/// When and how a token was last used: its latest permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub time: Timestamp,
    /// The operation's template.
    pub operation: Box<str>,
    /// The calling program, where the OS could say.
    pub program: Option<Box<str>>,
    /// Its process number.
    pub pid: Option<u32>,
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<(TokenId, LastUse)>, Error> {
    const SQL: &str = "SELECT token, time, operation, program, pid FROM last_uses";
    read(connection, "last_uses", SQL, [], parse)
}

/// Notes the use, unless a later one is known or the token is forgotten.
pub(crate) fn note(
    connection: &Connection,
    token: TokenId,
    time: Timestamp,
    permit: &Description<'_>,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO last_uses (token, time, operation, program, pid)
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM tokens WHERE id = ?1)
        ON CONFLICT (token) DO UPDATE SET
            time = excluded.time, operation = excluded.operation, program = excluded.program, pid = excluded.pid
        WHERE excluded.time >= last_uses.time";
    let caller = permit.caller;
    let row = params![
        token.as_str(),
        time.as_millis(),
        permit.operation,
        caller.map(|caller| caller.program),
        caller.map(|caller| caller.pid),
    ];
    run(connection, SQL, row)?;
    Ok(())
}

fn parse(row: &Row<'_>) -> Result<(TokenId, LastUse), Unreadable> {
    let token = TokenId::parse(&row.get::<_, String>(0)?).ok_or(Unreadable)?;
    let last = LastUse {
        time: Timestamp::from_millis(row.get(1)?),
        operation: row.get(2)?,
        program: row.get(3)?,
        pid: row.get(4)?,
    };
    Ok((token, last))
}
