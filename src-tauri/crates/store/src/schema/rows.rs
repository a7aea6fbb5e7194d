//! From version 1 to 2: a row per request becomes blocks.

use rusqlite::{Connection, Row, params};
use valetkey_core::{
    activity::{Caller, Outcome, RequestId, Transport},
    http::Method,
    time::Timestamp,
    token::TokenId,
};

use crate::{
    Error,
    block::{Draft, Entry},
    description::Description,
    row::End,
    table::{self, Unreadable, blocks, closing},
};

/// Rows that become one block.
const AT_ONCE: u32 = 8_192;
const TABLE: &str = "activity";

/// Makes blocks of all rows, which stay.
pub(super) fn into_blocks(connection: &Connection) -> Result<(), Error> {
    const SQL: &str = "SELECT * FROM activity WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
    let mut done = i64::MIN;
    loop {
        let rows = table::read(connection, TABLE, SQL, params![done, AT_ONCE], parse)?;
        let mut draft = Draft::default();
        for (entry, description) in &rows {
            let description = draft.place(description).ok_or(Error::Damaged { table: TABLE })?;
            draft.entries.push(Entry { description, ..*entry });
        }
        let Some(block) = draft.finish() else { return Ok(()) };
        blocks::insert(connection, &block)?;
        done = block.last;
    }
}

/// A row as an entry whose description is still to be placed.
fn parse(row: &Row<'_>) -> Result<(Entry, Vec<u8>), Unreadable> {
    let token: Option<String> = row.get("token")?;
    let service: Option<String> = row.get("service")?;
    let method: Option<String> = row.get("method")?;
    let (operation, context): (String, String) = (row.get("operation")?, row.get("context")?);
    let reason: String = row.get("reason")?;
    let program: Option<String> = row.get("program")?;
    let description = Description {
        token: token.map(|id| TokenId::parse(&id).ok_or(Unreadable)).transpose()?,
        service: service.as_deref(),
        method: method.map(|name| Method::parse(name.as_bytes()).ok_or(Unreadable)).transpose()?,
        operation: &operation,
        context: &context,
        outcome: if row.get("denied")? { Outcome::Refusal } else { Outcome::Permit },
        reason: &reason,
        transport: match &*row.get::<_, String>("transport")? {
            "tcp" => Transport::Tcp,
            "unix" => Transport::Unix,
            _ => return Err(Unreadable),
        },
        caller: match (row.get("pid")?, program.as_deref()) {
            (Some(pid), Some(program)) => Some(Caller { pid, program }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(Unreadable),
        },
    };
    let mut bytes = Vec::new();
    description.write(&mut bytes);
    let end = match row.get::<_, Option<String>>("ending")?.as_deref() {
        None => None,
        Some("unfinished") => Some(End::Unfinished),
        Some(_) => Some(End::Closed(closing::parse(row)?)),
    };
    let request = RequestId(row.get::<_, i64>("request")?.cast_unsigned());
    let time = Timestamp::from_millis(row.get("time")?);
    Ok((Entry { sequence: row.get("sequence")?, request, time, description: 0, end }, bytes))
}
