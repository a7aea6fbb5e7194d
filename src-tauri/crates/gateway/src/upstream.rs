//! Connections to services.

mod dial;
mod http2;
mod io;
mod pool;
mod socket;
mod stream;
mod tls;

pub(crate) use dial::{DialError, dial, open};
pub(crate) use io::UpstreamIo;
pub(crate) use pool::{Pool, Use};
pub(crate) use tls::ClientTls;
