//! Definitions made from what a service publishes about its own API.
//!
//! What comes out is a definition document like any other: it can be read, edited and given to [`Definition::parse`](crate::Definition),
//! and nothing but that document decides afterwards.

mod openapi;
pub mod space;

pub use openapi::{Basis, Imported, Note, OfferedContext, Options, Preview, SkipReason, Skipped, openapi};
