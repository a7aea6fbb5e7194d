//! Opens a profile and runs everything: one handle for window, tray and terminal.
//!
//! [`Host`] owns what is in force. Every change goes the same way: judged by the core, made durable by the store, put
//! in force as a new snapshot that every thread of the gateway has before the caller gets its answer, then announced as an event.
//! Revoking and disabling act first and are made durable after, so that they work with a full disk.
//!
//! It is *not* where anything is decided about a request (that is the core) or drawn (that is the desktop shell), and it
//! prints nothing.
//!
//! The invariant it upholds: a profile has one owner at a time, a failed change changed nothing, and a token that was
//! revoked is never in force again, whatever else was being changed meanwhile.
//!
//! ```
//! use valetkey_host::{Host, Options, Profile, VaultChoice};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let profile = Profile::locate(Some(folder.path().join("profile")))?;
//! profile.create(VaultChoice::Memory)?;
//! let host = Host::open(&profile, Options::default()).await?;
//! assert_eq!(host.status().await.tokens_active, 0);
//! host.shut_down().await;
//! # Ok(())
//! # }
//! ```

mod accepted;
mod activity;
mod authorities;
mod check;
mod contexts;
mod control;
mod credentials;
mod error;
mod explain;
mod gateway;
mod hardening;
mod host;
mod import;
mod inner;
mod owner;
mod platform;
mod profile;
mod rights;
mod rows;
mod sandbox;
mod scope_strings;
mod services;
mod settings;
mod state;
mod suggestion;
mod tokens;
mod translate;
mod vault;

pub use control::Client;
pub(crate) use error::Error;
pub use hardening::quiet_panics;
pub use host::{Host, Options, Serve};
pub use import::ApiDocument;
pub use profile::{Profile, VaultChoice};
