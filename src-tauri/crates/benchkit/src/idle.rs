//! Connections that stay open with nothing to do.

use std::io::{self, Read};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{client::Asked, told};

/// Opens them, makes one request on each, tells how many were answered, and keeps them until its input ends.
pub(crate) fn run(asked: Asked<'_>, connections: usize) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut open = Vec::new();
        for _ in 0..connections {
            // Where there are too many for the other side, the rest is refused, and the count says so.
            match asked.begin().await {
                Ok(answered) => open.push(answered),
                Err(_) => break,
            }
        }
        told("open", &mut [open.len() as u64]);
        io::stdin().read_to_end(&mut Vec::new()).map(drop)
    })
}
