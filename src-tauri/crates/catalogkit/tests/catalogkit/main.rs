//! The shipped definitions against their sources: every operation, decided as a request would be.
//!
//! What is expected here is read from the sources anew, not taken from the code that made the definitions.
#![expect(clippy::unwrap_used, reason = "a test that fails says so")]

mod decided;
mod forges;
mod github;
mod github_graphql;
mod github_numbers;
mod gitlab;
mod listed;
mod made;
mod served;
mod space;
