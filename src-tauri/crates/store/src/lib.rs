//! Keeps tokens, services, settings and activity: SQLite and the activity journal.
//!
//! [`Store`] is what the owner's changes go to: each method returns after `synchronous=FULL` has made the change
//! durable, or changed nothing. [`Journal`] is what requests go to: a copy or a `write` per record, and no waiting
//! for SQLite or another thread. [`Activity`] moves the journal's records into the database, many in one block, and
//! reads them from there.
//!
//! It is *not* a place for secrets (there are digests of tokens here, and nothing that opens a service), it judges
//! no rights, and it is never read while a request waits. Nor is it a seal: who can write the files as the same user
//! can change them.
//!
//! The invariant it upholds: what is read back is what was saved, or an error that names the table. A row that can't be
//! read is never taken for a wider right, and a request that was acknowledged is one record: not two, not half of one.
//!
//! What a journal acknowledged survives the death of this process, kill -9 too, because it lies in the kernel by
//! then. It does not survive loss of power; what [`Activity::ingest`] has taken over does.
//!
//! ```
//! use valetkey_store::{Activity, Filter, Journal, Store};
//!
//! # let parent = tempfile::tempdir()?;
//! # let directory = parent.path().join("profile");
//! valetkey_store::make_directory(&directory)?;
//! let mut store = Store::open(&directory)?;
//! store.save_setting("port", "7743")?;
//! assert_eq!(store.setting("port")?.as_deref(), Some("7743"));
//!
//! let journal = Journal::open(&directory)?;
//! let mut activity = Activity::open(&journal)?;
//! activity.ingest()?;
//! assert!(activity.rows(&Filter::default())?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activity;
mod block;
mod connection;
mod description;
mod ending;
mod error;
mod journal;
mod place;
mod reserve;
mod row;
mod schema;
mod store;
mod table;

pub use activity::{Activity, Ingested};
pub use error::Error;
pub use journal::Journal;
pub use place::make_directory;
pub use row::{End, Filter, Row, RowCaller, Totals};
pub use store::{Contents, Store};
pub use table::last_uses::LastUse;
