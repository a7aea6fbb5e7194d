//! The columns of a closing, which two tables have.

use rusqlite::Row;
use valetkey_core::activity::{Closing, Ending, RequestId};

use super::Unreadable;

/// Reads a closing from a row that has its six columns.
pub(crate) fn parse(row: &Row<'_>) -> Result<Closing, Unreadable> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Closing {
        request: RequestId(row.get::<_, i64>("request")?.cast_unsigned()),
        status: row.get("status")?,
        sent: count("sent")?,
        received: count("received")?,
        micros: count("micros")?,
        ending: parse_ending(&row.get::<_, String>("ending")?)?,
    })
}

pub(crate) const fn ending_text(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "complete",
        Ending::Cut => "cut",
        Ending::ClientGone => "client_gone",
        Ending::UpstreamFailed => "upstream_failed",
        Ending::Limit => "limit",
    }
}

fn parse_ending(text: &str) -> Result<Ending, Unreadable> {
    let all = [Ending::Complete, Ending::Cut, Ending::ClientGone, Ending::UpstreamFailed, Ending::Limit];
    all.into_iter().find(|known| ending_text(*known) == text).ok_or(Unreadable)
}
