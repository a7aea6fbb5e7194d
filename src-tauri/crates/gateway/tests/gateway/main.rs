//! The gateway over real sockets, in front of a recorder. The recorder is the judge: a bypass is what it saw, whatever the application
//! was told.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod bad_inputs;
mod bodies;
mod change;
mod compressed;
mod endpoints;
mod forwarding;
mod https;
mod large_files;
mod naming;
mod naming_github;
mod probe;
mod proxy;
mod refusals;
mod replies;
mod scene;
mod shipped;
mod stand_in;
mod talks;
mod tokens;
