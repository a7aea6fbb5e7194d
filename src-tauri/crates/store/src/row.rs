//! What is read of activity, and how it is asked for.

use valetkey_core::{
    activity::{Closing, Outcome, RequestId, Transport},
    http::Method,
    time::Timestamp,
    token::TokenId,
};

/// The record of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Grows with every record, roughly in the order of time; pages go by it.
    pub sequence: i64,
    /// Which request.
    pub request: RequestId,
    /// When it was decided.
    pub time: Timestamp,
    /// Whose token, where one was recognised.
    pub token: Option<TokenId>,
    /// To which service, where that was told.
    pub service: Option<Box<str>>,
    /// The method, where it could be read.
    pub method: Option<Method>,
    /// The operation's template.
    pub operation: Box<str>,
    /// The context that the path named; empty where it named none.
    pub context: Box<str>,
    /// Permit or refusal.
    pub outcome: Outcome,
    /// `permit`, or the refusal's code and what lies behind it.
    pub reason: Box<str>,
    /// TCP or Unix socket.
    pub transport: Transport,
    /// The calling process, where the OS could say.
    pub caller: Option<RowCaller>,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
}

impl Row {
    /// Whether it was permitted and the service itself refused it.
    pub fn is_refused_by_service(&self) -> bool {
        self.outcome == Outcome::Permit && self.end.is_some_and(End::is_refusal_of_service)
    }
}

/// The process a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCaller {
    /// Its number.
    pub pid: u32,
    /// Its program's name.
    pub program: Box<str>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As the gateway recorded it.
    Closed(Closing),
    /// The gateway's process ended first.
    Unfinished,
}

impl End {
    pub(crate) fn is_refusal_of_service(self) -> bool {
        match self {
            Self::Closed(closing) => closing.is_refusal_of_service(),
            Self::Unfinished => false,
        }
    }
}

/// Which rows are asked for, newest first. The default asks for the newest 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Of this token.
    pub token: Option<TokenId>,
    /// Of this service.
    pub service: Option<Box<str>>,
    /// Refusals only, or everything.
    pub denied_only: bool,
    /// Only what the service itself refused, or everything; with `denied_only`, what either refused.
    pub refused_by_service_only: bool,
    /// Only rows with a smaller sequence.
    pub before: Option<i64>,
    /// Only rows with a greater sequence.
    pub after: Option<i64>,
    /// At most this many.
    pub limit: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            token: None,
            service: None,
            denied_only: false,
            refused_by_service_only: false,
            before: None,
            after: None,
            limit: 200,
        }
    }
}

/// How many records there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All.
    pub records: u64,
    /// Refusals among them.
    pub refusals: u64,
    /// Requests that run now.
    pub running: u64,
}
