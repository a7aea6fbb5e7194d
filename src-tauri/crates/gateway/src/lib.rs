//! The loopback HTTP server that enforces personal tokens.
