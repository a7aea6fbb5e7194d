//! Every use case through a whole host: a real database, a real gateway, a vault in memory.

mod bench;
mod contexts;
mod control;
mod faults;
mod gateway;
mod https;
mod proxy;
mod rights;
mod services;
mod smaller;
mod tokens;
mod told;
mod vault;
