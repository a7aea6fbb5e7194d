//! What Valet Key decides, and nothing of how it is carried out.
//!
//! This crate holds the domain types (tokens, grants, services, compiled definitions), the decision
//! itself and the use cases that change tokens. All of it is pure: a decision is a function of
//! (snapshot, request, time), a use case returns the new value and somebody else commits it.
//!
//! It is *not* a place for I/O, serialization or threads; those live in the crates above, which reach
//! each other through the [`ports`].
//!
//! The invariant it upholds: a [`decision::Permit`] exists only where a live token's grants, cut by the
//! owner's present rights, allow exactly that operation; and a master credential that goes upstream
//! can be reached only through a permit.
//!
//! ```
//! use valetkey_core::grant::Grant;
//!
//! let grant: Grant = "github:repository=acme/site:contents.read".parse()?;
//! assert_eq!(grant.to_string(), "github:repository=acme/site:contents.read");
//! # Ok::<(), valetkey_core::Error>(())
//! ```

pub mod activity;
pub mod body;
mod covers;
pub mod decision;
mod error;
pub mod explanation;
pub mod grant;
pub mod http;
pub mod likeness;
pub mod path;
pub mod policy;
pub mod ports;
pub mod redact;
pub mod rights;
pub mod rules;
pub mod secret;
pub mod service;
pub mod shell;
pub mod suggestion;
pub mod time;
pub mod token;
pub mod tokens;

pub use covers::covers;
pub use error::Error;
