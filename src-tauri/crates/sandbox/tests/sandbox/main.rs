//! The sandbox over real sockets, and against its definition in the catalog.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod client;
mod definition;
mod rights;
mod things;
