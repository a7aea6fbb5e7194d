//! A small API in this process, modelled on CodeCanvas: the service for the first minute and for tests.
//!
//! Namespaces hold templates, dev environments and service accounts; users stand beside them. Everything lives in
//! memory. The owner of its one master credential is no administrator: rights are missing globally (managing
//! users) and in the namespace `ops`, so that it can be seen that a token never exceeds its owner.
//!
//! What the host asks it:
//! - `GET /me`: `{"name": "…", "rights": [{"context": "global", "permission": "users.view"}, …]}`, the owner's
//!   name and every right, implied ones too, in the words of grants (`namespace=web`);
//! - `GET /namespaces`: `[{"key": "web", "title": "…"}, …]`, the namespaces that the owner has rights in.
//!
//! It is *not* a mock: it authenticates and enforces its own rights by itself, and knows nothing of personal
//! tokens or definitions. Nor is it a server for others: it listens on loopback only, on a port of its own choice.
//!
//! The invariant it upholds: without a credential that it knows, nothing but 401 comes out; and what it offers is
//! exactly what [`operations`] lists.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), valetkey_sandbox::Error> {
//! let sandbox = valetkey_sandbox::Sandbox::start("the master credential").await?;
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! assert!(valetkey_sandbox::operations().any(|operation| operation.path == "/me"));
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```

mod follow;
mod identity;
mod problem;
mod routes;
mod server;
mod world;

pub use routes::{Operation, operations};
pub use server::{Error, Sandbox};
