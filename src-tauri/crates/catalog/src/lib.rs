//! The definition format, its compiler and the shipped definitions.
//!
//! A definition is one JSON document that says what is known about a kind of service: its contexts, permissions
//! and operations, and how credentials are sent; `definitions/README.md` describes the format. Here it is read,
//! judged and compiled into the [`Rules`](valetkey_core::rules::Rules) by which requests are decided.
//!
//! It is *not* a place for decisions, which are core's, nor for talking to a service: no operation is ever called
//! from here.
//!
//! The invariant it upholds: what parses is sound. Every name resolves, every path is canonical, no operation is
//! doubled, none can be allowed without a permission unless it says so itself, and a look-up costs the same
//! however many operations there are.
//!
//! ```
//! use valetkey_catalog::Definition;
//!
//! let definition = Definition::parse(
//!     r#"{
//!         "version": 1, "kind": "notes", "title": "Notes", "description": "Notes of this team.",
//!         "contexts": [{"name": "book"}],
//!         "permissions": [{"name": "note.view", "contexts": ["book"]}],
//!         "operations": [{
//!             "method": "GET", "path": "/books/{book}/notes",
//!             "requires": "note.view", "contexts": {"book": "{book}"}
//!         }]
//!     }"#,
//! )?;
//! assert_eq!(&*definition.rules().operations[0].label, "GET /books/{book}/notes");
//!
//! let sandbox = valetkey_catalog::kind("sandbox").map(Definition::title);
//! assert_eq!(sandbox, Some("Sandbox"));
//! # Ok::<(), valetkey_catalog::Error>(())
//! ```

mod compile;
mod definition;
mod document;
mod error;
pub mod import;
mod limits;
pub mod overlap;
mod problem;
pub mod scope_string;
mod shipped;

pub use definition::Definition;
pub use error::Error;
pub use problem::Problem;
pub use shipped::{kind, shipped, successor};
