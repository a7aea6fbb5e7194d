//! `vk` as a process of its own, against profiles in temporary folders.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod canary;
mod commands;
mod definition;
mod explained;
mod journey;
mod program;
mod revoked;
mod rights;
mod suggested;
