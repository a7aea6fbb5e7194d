//! The gateway: the loopback HTTP server that enforces personal tokens.
//!
//! It accepts connections, guards every request head, authenticates the token, has `core` decide, swaps in the master credential,
//! forwards, sanitises the reply and records. One strict HTTP/1.1 codec is guard and forwarder at once: the bytes that were judged are
//! the bytes that are sent. Connections are spread over threads with a runtime each; a request never leaves its thread.
//!
//! It is *not* a general proxy: it speaks to connected services only, follows no redirect, takes no proxy settings from its
//! environment, and decides nothing itself.
//!
//! The invariants it upholds: no byte goes to a service without a permit and a record of it; and once [`Gateway::apply`] has returned,
//! nothing more is written for a request that the new policy does not permit.
//!
//! ```
//! use std::sync::Arc;
//! use valetkey_core::{activity::ActivityUnavailable, policy::Snapshot, ports::{ActivityLog, ActivityWriter}, time::SystemClock};
//! use valetkey_gateway::{Config, Gateway, Reports};
//!
//! struct NoLog;
//! impl ActivityLog for NoLog {
//!     fn writer(&self) -> Result<Box<dyn ActivityWriter>, ActivityUnavailable> {
//!         Err(ActivityUnavailable)
//!     }
//! }
//!
//! let config = Config { listen: vec!["127.0.0.1:0".parse()?], socket: None, threads: 1 };
//! let (reports, ..) = Reports::new();
//! let clock: Arc<dyn valetkey_core::time::Clock> = Arc::new(SystemClock);
//! let started = Gateway::start(&config, &Arc::new(Snapshot::empty()), &NoLog, &clock, &reports);
//! assert!(started.is_err(), "without an activity log nothing is served");
//! # Ok::<(), std::net::AddrParseError>(())
//! ```

mod authority;
#[cfg(feature = "bench")]
pub mod bench;
mod body;
mod buffer;
mod connection;
mod credential;
mod denial;
mod dialect;
mod error;
mod exchange;
mod fetch;
mod forwarded;
mod gateway;
mod guard;
mod listener;
mod names;
mod open;
mod opening;
mod own;
#[cfg(unix)]
mod peer;
mod probe;
mod reply;
mod route;
mod things;
mod tls;
mod upstream;
mod worker;

pub use authority::{Authority, AuthorityError, Purpose};
pub use body::{BodyError, WholeBody};
pub use error::Error;
pub use fetch::{FetchError, Fetched, Fetcher};
pub use gateway::{Accepted, Config, Gateway, Reports, SelfRevocation, ServiceRefused};
pub use probe::{Probe, ProbeError, Prober, Question};
pub use tls::LocalTls;
