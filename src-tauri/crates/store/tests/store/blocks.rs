//! Blocks are rows to whoever reads them: against a plain list of rows, whatever comes in whatever order.

use std::collections::{BTreeMap, HashMap};

use proptest::{option, prelude::*, sample::Index};
use valetkey_core::{
    activity::{Closing, Ending, Opening, Outcome, RequestId},
    ports::{ActivityLog, ActivityWriter},
    suggestion::Use,
    time::Timestamp,
    token::TokenId,
};
use valetkey_store::{Activity, End, Filter, Journal, Row, RowCaller, Totals};

use crate::{
    activity::{closing, permit},
    at, profile,
};

const TOKENS: [Option<&str>; 3] = [None, Some("AAAAAAAA"), Some("BBBBBBBB")];
const SERVICES: [Option<&str>; 3] = [None, Some("github"), Some("gitlab")];

/// What a request is about: places in the lists above, and whether it is refused.
type About = (usize, usize, bool);

#[derive(Clone, Debug)]
enum Step {
    /// A request begins; ended at once or not. Its time may lie before that of the one before it.
    Begin {
        writer: usize,
        about: About,
        back: i64,
        ended: bool,
    },
    /// One that runs ends.
    End {
        writer: usize,
        which: usize,
    },
    /// One ends whose opening comes later.
    EndEarly {
        writer: usize,
    },
    /// The opening of one of these comes.
    BeginLate {
        writer: usize,
        which: usize,
        about: About,
    },
    TakeOver,
    Forget {
        tenths: i64,
    },
    /// The process dies and the next one opens the profile.
    Reopen,
    Read {
        token: Option<usize>,
        service: Option<usize>,
        only: [bool; 2],
        pages: [Option<Index>; 2],
        limit: u32,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let writer = 0..2_usize;
    let about = (0..3_usize, 0..3_usize, any::<bool>());
    let step = prop_oneof![
        20 => (writer.clone(), about.clone(), 0..40_i64, any::<bool>())
            .prop_map(|(writer, about, back, ended)| Step::Begin { writer, about, back, ended }),
        10 => (writer.clone(), any::<usize>()).prop_map(|(writer, which)| Step::End { writer, which }),
        2 => writer.clone().prop_map(|writer| Step::EndEarly { writer }),
        2 => (writer, any::<usize>(), about)
            .prop_map(|(writer, which, about)| Step::BeginLate { writer, which, about }),
        14 => Just(Step::TakeOver),
        1 => (1..=10_i64).prop_map(|tenths| Step::Forget { tenths }),
        1 => Just(Step::Reopen),
        4 => (option::of(1..3_usize), option::of(1..3_usize), any::<[bool; 2]>(), any::<[Option<Index>; 2]>(), 0..30_u32)
            .prop_map(|(token, service, only, pages, limit)| {
                Step::Read { token, service, only, pages, limit }
            }),
    ];
    proptest::collection::vec(step, 1..400)
}

/// A plain list of rows, and what is on its way to it.
#[derive(Default)]
struct Model {
    rows: BTreeMap<i64, Row>,
    last_sequence: i64,
    /// By the writers whose files are read one after the other.
    waiting: [Vec<Row>; 2],
    ends: HashMap<u64, End>,
    running: Vec<u64>,
    early: Vec<u64>,
    requests: u64,
}

impl Model {
    fn begin(&mut self, writer: usize, opening: &Opening<'_>) {
        self.waiting[writer].push(Row {
            sequence: 0,
            request: opening.request,
            time: opening.time,
            token: opening.token,
            service: opening.service.map(Into::into),
            method: opening.method,
            operation: opening.operation.into(),
            context: opening.context.into(),
            outcome: opening.outcome,
            reason: opening.reason.into(),
            transport: opening.transport,
            caller: opening
                .caller
                .map(|caller| RowCaller { pid: caller.pid, program: caller.program.into() }),
            end: None,
        });
    }

    fn take_over(&mut self) {
        let mut batch: Vec<Row> = self.waiting.iter_mut().flat_map(std::mem::take).collect();
        batch.sort_by_key(|row| row.time);
        for row in batch {
            self.last_sequence += 1;
            self.rows.insert(self.last_sequence, Row { sequence: self.last_sequence, ..row });
        }
        for row in self.rows.values_mut() {
            row.end = self.ends.get(&row.request.0).copied();
        }
    }

    fn reopen(&mut self) {
        self.take_over();
        for request in self.running.drain(..) {
            self.ends.insert(request, End::Unfinished);
        }
        for request in self.early.drain(..) {
            self.ends.remove(&request);
        }
        self.take_over();
    }

    fn uses(&self, token: TokenId, time: Timestamp) -> Vec<Use> {
        let mut uses: Vec<Use> = Vec::new();
        for row in self.rows.values() {
            let Some(service) = &row.service else { continue };
            if row.token != Some(token) || row.outcome == Outcome::Refusal || row.time < time {
                continue;
            }
            match uses.iter_mut().find(|known| known.service == *service) {
                Some(known) => {
                    known.requests += 1;
                    known.last = known.last.max(row.time);
                }
                None => uses.push(Use {
                    service: service.clone(),
                    operation: row.operation.clone(),
                    context: row.context.clone(),
                    requests: 1,
                    last: row.time,
                }),
            }
        }
        uses.sort_by(|a, b| a.service.cmp(&b.service));
        uses
    }

    fn matching(&self, filter: &Filter) -> Vec<Row> {
        let wanted = |row: &&Row| {
            filter.token.is_none_or(|token| row.token == Some(token))
                && filter.service.as_ref().is_none_or(|service| row.service.as_ref() == Some(service))
                && match (filter.denied_only, filter.refused_by_service_only) {
                    (false, false) => true,
                    (true, false) => row.outcome == Outcome::Refusal,
                    (false, true) => row.is_refused_by_service(),
                    (true, true) => row.outcome == Outcome::Refusal || row.is_refused_by_service(),
                }
                && filter.before.is_none_or(|before| row.sequence < before)
                && filter.after.is_none_or(|after| row.sequence > after)
        };
        self.rows.values().rev().filter(wanted).take(filter.limit as usize).cloned().collect()
    }
}

/// The end of a request; every third is refused by the service, every sixth of which is cut meanwhile.
fn end_of(request: u64) -> Closing {
    let status = if request.is_multiple_of(3) { 403 } else { 200 };
    let ending = if request.is_multiple_of(6) { Ending::Cut } else { Ending::Complete };
    Closing { status, ending, ..closing(request) }
}

/// The model and the real thing, told the same.
struct Both {
    directory: tempfile::TempDir,
    model: Model,
    journal: Journal,
    activity: Activity,
    writers: [Box<dyn ActivityWriter>; 2],
}

impl Both {
    fn new() -> Self {
        let directory = profile();
        let journal = Journal::open(directory.path()).unwrap();
        let activity = Activity::open(&journal).unwrap();
        let writers = [journal.writer().unwrap(), journal.writer().unwrap()];
        Self { directory, model: Model::default(), journal, activity, writers }
    }

    fn take_over(&mut self) {
        self.activity.ingest().unwrap();
        self.model.take_over();
    }

    fn opening(&self, request: u64, (token, service, refused): About, back: i64) -> Opening<'static> {
        Opening {
            request: RequestId(request),
            time: at(i64::try_from(self.model.requests).unwrap() * 10 - back),
            token: TOKENS[token].and_then(TokenId::parse),
            service: SERVICES[service],
            outcome: if refused { Outcome::Refusal } else { Outcome::Permit },
            ..permit(request)
        }
    }

    fn begin(&mut self, writer: usize, opening: &Opening<'_>, closing: Option<&Closing>) {
        self.writers[writer].open(opening, closing).unwrap();
        self.model.begin(writer, opening);
    }

    fn end(&mut self, writer: usize, request: u64) -> Closing {
        let closing = Closing { received: request, ..end_of(request) };
        self.model.ends.insert(request, End::Closed(closing));
        self.writers[writer].close(&closing).unwrap();
        closing
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Begin { writer, about, back, ended } => {
                self.model.requests += 1;
                let request = self.model.requests;
                let opening = self.opening(request, *about, *back);
                if *ended {
                    let closing = Closing { sent: request, ..end_of(request) };
                    self.model.ends.insert(request, End::Closed(closing));
                    self.begin(*writer, &opening, Some(&closing));
                } else {
                    self.model.running.push(request);
                    self.begin(*writer, &opening, None);
                }
            }
            Step::End { which, writer } => {
                if !self.model.running.is_empty() {
                    let request = self.model.running.remove(which % self.model.running.len());
                    self.end(*writer, request);
                }
            }
            Step::EndEarly { writer } => {
                self.model.requests += 1;
                self.model.early.push(self.model.requests);
                self.end(*writer, self.model.requests);
            }
            Step::BeginLate { writer, which, about } => {
                if !self.model.early.is_empty() {
                    let request = self.model.early.remove(which % self.model.early.len());
                    self.begin(*writer, &self.opening(request, *about, 0), None);
                }
            }
            Step::TakeOver => self.take_over(),
            Step::Forget { tenths } => {
                self.take_over();
                let limit = at(tenths * self.model.last_sequence);
                let before = self.model.rows.len();
                self.model.rows.retain(|_, row| row.time >= limit || row.end.is_none());
                let forgotten = before - self.model.rows.len();
                assert_eq!(self.activity.forget_before(limit).unwrap(), forgotten as u64);
            }
            Step::Reopen => {
                self.model.reopen();
                self.journal = Journal::open(self.directory.path()).unwrap();
                self.activity = Activity::open(&self.journal).unwrap();
                self.writers = [self.journal.writer().unwrap(), self.journal.writer().unwrap()];
            }
            Step::Read { token, service, only: [denied_only, refused_by_service_only], pages, limit } => {
                self.take_over();
                let length = usize::try_from(self.model.last_sequence).unwrap() + 3;
                let [before, after] =
                    pages.map(|page| page.map(|at| i64::try_from(at.index(length)).unwrap()));
                let filter = Filter {
                    token: token.and_then(|place| TOKENS[place]).and_then(TokenId::parse),
                    service: service.and_then(|place| SERVICES[place]).map(Into::into),
                    denied_only: *denied_only,
                    refused_by_service_only: *refused_by_service_only,
                    before,
                    after,
                    limit: *limit,
                };
                assert_eq!(self.activity.rows(&filter).unwrap(), self.model.matching(&filter), "{filter:?}");
                let time = at(10 * after.unwrap_or(0));
                for token in TOKENS.into_iter().flatten().filter_map(TokenId::parse) {
                    assert_eq!(self.activity.uses(token, time).unwrap(), self.model.uses(token, time));
                }
            }
        }
    }

    fn compare(&mut self) {
        self.take_over();
        let all = Filter { limit: u32::MAX, ..Filter::default() };
        assert_eq!(self.activity.rows(&all).unwrap(), self.model.matching(&all));
        let count =
            |wanted: fn(&Row) -> bool| self.model.rows.values().filter(|row| wanted(row)).count() as u64;
        let totals = Totals {
            records: count(|_| true),
            refusals: count(|row| row.outcome == Outcome::Refusal),
            running: count(|row| row.end.is_none()),
        };
        assert_eq!(self.activity.totals().unwrap(), totals);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn blocks_are_rows_to_whoever_reads_them(steps in steps()) {
        let mut both = Both::new();
        for step in &steps {
            both.step(step);
        }
        both.compare();
    }
}

#[test]
fn one_request_at_a_time_makes_few_blocks() {
    let mut both = Both::new();
    for _ in 0..1_100 {
        both.step(&Step::Begin { writer: 0, about: (1, 1, false), back: 0, ended: false });
        both.take_over();
        both.step(&Step::End { writer: 1, which: 0 });
    }
    both.compare();
    let count =
        |sql| crate::raw(both.directory.path()).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert!(count("SELECT count(*) FROM blocks") < 64);
    assert!(count("SELECT count(*) FROM late_closings") < 64, "merged blocks have taken theirs in");
    assert_eq!(count("SELECT count(*) FROM block_tokens"), count("SELECT count(*) FROM blocks"));
}

#[test]
fn a_full_block_takes_in_its_late_ends_once_all_have_come() {
    let mut both = Both::new();
    for number in 0..10_000 {
        both.step(&Step::Begin { writer: 0, about: (1, 1, false), back: 0, ended: number % 100 > 0 });
    }
    both.take_over();
    both.step(&Step::Begin { writer: 0, about: (1, 1, false), back: 0, ended: true });
    both.take_over();
    let late = |both: &Both| {
        let count = "SELECT count(*) FROM late_closings";
        crate::raw(both.directory.path()).query_row(count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for _ in 0..99 {
        both.step(&Step::End { writer: 1, which: 0 });
    }
    both.take_over();
    assert_eq!(late(&both), 99);
    both.step(&Step::End { writer: 1, which: 0 });
    both.compare();
    assert_eq!(late(&both), 0);
}
