//! A small API in this process.
