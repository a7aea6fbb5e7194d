//! The rules of ARCHITECTURE.md that the compiler does not hold by itself, held by reading the tree.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod crates;
mod files;
mod tree;
