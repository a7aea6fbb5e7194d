//! The record of every request: who, what, when, decision, reason. No header values, no bodies, no query values.

use std::fmt;

use crate::{http::Method, time::Timestamp, token::TokenId};

/// Names one request in replies, logs and activity; 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// How a request reached the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TCP on loopback.
    Tcp,
    /// The profile's Unix socket.
    Unix,
}

/// The two outcomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Forwarded.
    Permit,
    /// Not forwarded.
    Refusal,
}

/// What is known of a request when it has been decided, before anything is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening<'r> {
    /// Which request.
    pub request: RequestId,
    /// When.
    pub time: Timestamp,
    /// Whose token, where one was recognised.
    pub token: Option<TokenId>,
    /// To which service, where that was told.
    pub service: Option<&'r str>,
    /// The method, where it could be read.
    pub method: Option<Method>,
    /// The operation's template; for an unknown operation the path cut to a fixed length.
    pub operation: &'r str,
    /// The context that the path named, as a grant would write it; empty where it named none.
    pub context: &'r str,
    /// Permit or refusal.
    pub outcome: Outcome,
    /// `permit`, or the code of the refusal and what lies behind it (`invalid_token: revoked`).
    pub reason: &'r str,
    /// TCP or Unix socket.
    pub transport: Transport,
    /// The calling process, where the OS could say.
    pub caller: Option<Caller<'r>>,
}

/// A process on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller<'r> {
    /// Its number.
    pub pid: u32,
    /// Its program's name.
    pub program: &'r str,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Which request.
    pub request: RequestId,
    /// Status that the application got; 0 where the connection was cut before one.
    pub status: u16,
    /// Body bytes from the application.
    pub sent: u64,
    /// Body bytes to the application.
    pub received: u64,
    /// From the head's last byte to the reply's last byte, in microseconds.
    pub micros: u64,
    /// Why it ended, where not by itself.
    pub ending: Ending,
}

impl Closing {
    /// Whether a request that was permitted was refused by the service itself: its answer was 401 or 403. What is cut gets such
    /// an answer from the gateway.
    pub fn is_refusal_of_service(&self) -> bool {
        matches!(self.status, 401 | 403) && self.ending != Ending::Cut
    }
}

/// What ended a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The whole reply was delivered.
    Complete,
    /// The permit went away while it ran.
    Cut,
    /// The application closed its connection.
    ClientGone,
    /// The service failed or broke off.
    UpstreamFailed,
    /// A limit of time or size was reached.
    Limit,
}

/// Nothing can be recorded now, so nothing may be forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the activity log can't be written")]
pub struct ActivityUnavailable;
