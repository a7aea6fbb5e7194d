//! How soon streams end once their token is revoked.

use std::{
    io::{self, BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    thread,
};

use tokio::task::JoinSet;

use crate::{client::Asked, clock, told};

/// Opens streams, revokes their token over the control socket once all have brought an event, and tells for each how many
/// nanoseconds after the return its end was seen; 0 where that was before.
pub(crate) fn run(asked: Asked<'static>, streams: usize, control: &Path, name: &str) -> io::Result<()> {
    let control = UnixStream::connect(control)?;
    let request = format!("{{\"do\":\"revoke_tokens\",\"tokens\":[\"{name}\"]}}\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut open = JoinSet::new();
        for _ in 0..streams {
            let mut stream = asked.begin().await?;
            stream.events().await?;
            open.spawn(async move {
                stream.ended().await;
                clock::nanos()
            });
        }
        // On a thread of its own: here, the return would be seen only when the streams leave time for it.
        let revoking = thread::spawn(move || revoke(control, &request));
        let ends = open.join_all().await;
        let returned = revoking.join().map_err(|_| io::Error::other("revoking panicked"))??;
        let mut late: Vec<u64> = ends.into_iter().map(|end| end.saturating_sub(returned)).collect();
        told("cut", &mut late);
        Ok(())
    })
}

/// When the answer was there.
fn revoke(control: UnixStream, request: &str) -> io::Result<u64> {
    let mut control = BufReader::new(control);
    control.get_mut().write_all(request.as_bytes())?;
    let mut reply = String::new();
    control.read_line(&mut reply)?;
    let returned = clock::nanos();
    if reply.is_empty() || reply.starts_with("{\"reply\":\"error\"") {
        return Err(io::Error::other(reply));
    }
    Ok(returned)
}
