//! Connections to services.

mod dial;
mod io;
mod pool;
mod tls;

pub(crate) use dial::{DialError, dial};
pub(crate) use io::UpstreamIo;
pub(crate) use pool::Pool;
pub(crate) use tls::client_config;
