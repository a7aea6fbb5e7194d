//! Records of requests: moved from the journal into the database, and read from there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use valetkey_core::{
    activity::{Ending, Outcome, Transport},
    ports::ActivityLog,
    suggestion::Use,
    time::Timestamp,
    token::TokenId,
};
use valetkey_store::{Activity, End, Filter, Journal, Row, Store};
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Error, Profile, accepted,
    inner::{Inner, held},
    state::State,
};

/// How often the journal is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// How often old records are forgotten.
const HOUSEKEEPING: Duration = Duration::from_hours(24);
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// The most records of one answer.
const MOST: u32 = 10_000;
const USUAL: u32 = 200;

/// The activity of the profile. Reads have a database connection of their own, so that they never wait for a change.
pub(crate) struct Records {
    journal: Arc<Journal>,
    reading: Arc<Mutex<Reading>>,
}

struct Reading {
    activity: Activity,
    store: Store,
}

impl Records {
    /// Takes over what earlier processes left in the journal.
    pub(crate) fn open(profile: &Profile) -> Result<Self, Error> {
        let journal = Journal::open(profile.path())?;
        let activity = Activity::open(&journal)?;
        let store = Store::open(profile.path())?;
        let reading = Arc::new(Mutex::new(Reading { activity, store }));
        Ok(Self { journal: Arc::new(journal), reading })
    }

    /// Where the gateway records.
    pub(crate) fn log(&self) -> Arc<dyn ActivityLog> {
        Arc::clone(&self.journal) as Arc<dyn ActivityLog>
    }

    /// The last permit of each token.
    pub(crate) async fn last_uses(&self) -> Result<HashMap<TokenId, wire::LastUse>, Error> {
        self.read(|reading| {
            reading.activity.ingest()?;
            reading.store.last_uses()
        })
        .await
        .map(|uses| uses.into_iter().map(|(token, last)| (token, last_use(last))).collect())
    }

    /// What a token was permitted at `time` or later.
    pub(crate) async fn uses(&self, token: TokenId, time: Timestamp) -> Result<Vec<Use>, Error> {
        self.read(move |reading| {
            reading.activity.ingest()?;
            reading.activity.uses(token, time)
        })
        .await
    }

    async fn rows(&self, filter: Filter) -> Result<Vec<Row>, Error> {
        self.read(move |reading| {
            reading.activity.ingest()?;
            reading.activity.rows(&filter)
        })
        .await
    }

    /// Moves the journal into the database; whether there was anything.
    pub(crate) async fn ingest(&self) -> Result<bool, Error> {
        self.read(|reading| reading.activity.ingest()).await.map(|ingested| ingested.records > 0)
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reading) -> Result<T, valetkey_store::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let reading = Arc::clone(&self.reading);
        let outcome = tokio::task::spawn_blocking(move || read(&mut held(&reading))).await;
        outcome.map_err(|_| Error::TaskEnded)?.map_err(Error::Database)
    }
}

/// The records that `filter` asks for, newest first.
pub(crate) async fn list(
    inner: &Inner,
    filter: wire::ActivityFilter,
) -> Result<Vec<wire::ActivityRow>, Error> {
    let token = match &filter.token {
        None => None,
        Some(name) => Some(inner.state().tokens.named(name)?.id),
    };
    let filter = Filter {
        token,
        service: filter.service.map(Into::into),
        denied_only: filter.denied,
        refused_by_service_only: filter.refused_by_service,
        before: filter.before,
        after: filter.after,
        limit: filter.limit.unwrap_or(USUAL).min(MOST),
    };
    let rows = inner.records.rows(filter).await?;
    let state = inner.state();
    Ok(rows.into_iter().map(|row| activity_row(row, &state)).collect())
}

/// Keeps the database up with the journal, and says when there was something new.
pub(crate) async fn keep_up(inner: Arc<Inner>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // What could not be moved stays in the journal and is moved the next time; records are lost by nothing here.
        if matches!(inner.records.ingest().await, Ok(true)) {
            inner.announce(Event::Activity);
        }
    }
}

/// Forgets what is older than the owner wants it kept: at start, and then once a day.
pub(crate) async fn keep_house(inner: Arc<Inner>) {
    let mut days = tokio::time::interval(HOUSEKEEPING);
    loop {
        days.tick().await;
        let kept = i64::from(inner.state().settings.activity_days);
        let limit = inner.clock.now().plus_millis(-kept * DAY_MILLIS);
        // What could not be forgotten today is forgotten tomorrow.
        let _ = inner.records.read(move |reading| reading.activity.forget_before(limit)).await;
        let _ = crate::tokens::forget_old_records(&inner).await;
    }
}

fn last_use(last: valetkey_store::LastUse) -> wire::LastUse {
    wire::LastUse {
        time: last.time.as_millis(),
        operation: last.operation.into(),
        program: last.program.map(Into::into),
        pid: last.pid,
    }
}

fn activity_row(row: Row, state: &State) -> wire::ActivityRow {
    let refused_by = match row.outcome {
        Outcome::Refusal => Some(wire::RefusedBy::Gateway),
        Outcome::Permit => row.is_refused_by_service().then_some(wire::RefusedBy::Service),
    };
    let closing = match row.end {
        Some(End::Closed(closing)) => Some(closing),
        Some(End::Unfinished) | None => None,
    };
    let accepts = match (row.outcome, closing.map(|closing| closing.status), &row.service) {
        (Outcome::Permit, Some(401 | 403 | 404), Some(service)) => {
            accepted::of(state, service, &row.operation).map(ToString::to_string)
        }
        _ => None,
    };
    let name_of = |id| state.tokens.by_id(id).map(|token| token.name.to_string());
    wire::ActivityRow {
        sequence: row.sequence,
        request_id: row.request.to_string(),
        time: row.time.as_millis(),
        token: row.token.map(|id| id.to_string()),
        token_name: row.token.and_then(name_of),
        service: row.service.map(Into::into),
        method: row.method.map(|method| method.as_str().to_owned()),
        operation: row.operation.into(),
        context: row.context.into(),
        decision: match row.outcome {
            Outcome::Permit => wire::Decision::Permit,
            Outcome::Refusal => wire::Decision::Refusal,
        },
        reason: row.reason.into(),
        refused_by,
        accepts,
        status: closing.map(|closing| closing.status),
        sent: closing.map_or(0, |closing| closing.sent),
        received: closing.map_or(0, |closing| closing.received),
        micros: closing.map(|closing| closing.micros),
        ending: row.end.map(|end| ending(end).to_owned()),
        transport: match row.transport {
            Transport::Tcp => "tcp".into(),
            Transport::Unix => "unix".into(),
        },
        pid: row.caller.as_ref().map(|caller| caller.pid),
        program: row.caller.map(|caller| caller.program.into()),
    }
}

const fn ending(end: End) -> &'static str {
    match end {
        End::Unfinished => "unfinished",
        End::Closed(closing) => match closing.ending {
            Ending::Complete => "complete",
            Ending::Cut => "cut",
            Ending::ClientGone => "client_gone",
            Ending::UpstreamFailed => "upstream_failed",
            Ending::Limit => "limit",
        },
    }
}
