//! What the window may ask for. Each command takes wire types, asks the host once and hands its answer back; the few that need
//! the owner's own word ask for it first.

pub(crate) mod activity;
pub(crate) mod gateway;
pub(crate) mod import;
pub(crate) mod services;
pub(crate) mod tokens;
