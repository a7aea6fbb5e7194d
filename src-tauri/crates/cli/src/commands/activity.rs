use std::time::Duration;

use valetkey_wire::{ActivityFilter, ActivityRow, Decision, RefusedBy, Request};

use super::words;
use crate::{
    arguments::Activity,
    error::Error,
    output::Output,
    program::EndSignal,
    session::{Session, ask},
    table::Table,
};

/// How often `--follow` asks for what is new.
const EVERY: Duration = Duration::from_millis(500);
/// The most that is asked for at once.
const PAGE: u32 = 10_000;

pub(crate) async fn run(session: &mut Session, arguments: Activity, output: Output) -> Result<(), Error> {
    let filter = ActivityFilter {
        token: arguments.token,
        service: arguments.service,
        denied: arguments.denied,
        refused_by_service: arguments.refused_by_service,
        before: None,
        after: None,
        limit: Some(arguments.limit),
    };
    let mut rows = oldest_first(session, filter.clone()).await?;
    if !arguments.follow {
        return output.rows(&rows, "No requests recorded.", table);
    }
    let end = EndSignal::new()?;
    let following = async {
        let mut next = tokio::time::interval(EVERY);
        let mut after = 0;
        loop {
            for row in &rows {
                output.answer(row, in_words)?;
                after = after.max(row.sequence);
            }
            next.tick().await;
            rows = oldest_first(
                session,
                ActivityFilter { after: Some(after), limit: Some(PAGE), ..filter.clone() },
            )
            .await?;
        }
    };
    tokio::select! {
        outcome = following => outcome,
        () = end.wait() => Ok(()),
    }
}

async fn oldest_first(session: &mut Session, filter: ActivityFilter) -> Result<Vec<ActivityRow>, Error> {
    let mut rows: Vec<ActivityRow> = ask!(session, Request::Activity { filter }, Activity)?;
    rows.reverse();
    Ok(rows)
}

fn cells(row: &ActivityRow) -> Vec<String> {
    vec![
        words::exact_time(row.time),
        row.token_name.clone().or_else(|| row.token.clone()).unwrap_or_else(|| "-".into()),
        row.service.clone().unwrap_or_else(|| "-".into()),
        row.operation.clone(),
        outcome(row),
        row.status.map_or_else(|| "-".into(), |status| status.to_string()),
        row.program.clone().unwrap_or_else(|| "-".into()),
    ]
}

fn outcome(row: &ActivityRow) -> String {
    match row.decision {
        Decision::Permit if row.refused_by == Some(RefusedBy::Service) => match &row.accepts {
            Some(accepts) => format!("permit, refused by the service, which accepts {accepts}"),
            None => "permit, refused by the service".into(),
        },
        Decision::Permit => "permit".into(),
        Decision::Refusal => row.reason.clone(),
    }
}

fn table(rows: &[ActivityRow]) -> Table {
    Table::new(&["TIME", "TOKEN", "SERVICE", "OPERATION", "DECISION", "STATUS", "PROGRAM"])
        .with_rows(rows, cells)
}

fn in_words(row: &ActivityRow) -> String {
    crate::table::plain(&cells(row).join("  "))
}
