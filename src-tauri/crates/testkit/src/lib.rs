//! What tests of several crates share: a recording upstream, a log in memory, a clock that is turned by hand.
//!
//! It is for development only and is *not* part of any program. The recorder is the judge of every strictness test: what it saw is what
//! a service would have seen, whatever status the application got.
//!
//! ```
//! use valetkey_testkit::Recorder;
//!
//! let upstream = Recorder::start();
//! assert!(upstream.requests().is_empty());
//! ```

mod clock;
mod log;
mod policy;
mod raw;
mod recorder;

pub use clock::HandClock;
pub use log::{Entry, MemoryLog};
pub use policy::{MASTER, PolicyBuilder};
pub use raw::{Answer, RawClient};
pub use recorder::{Recorded, Recorder, Script};
