use std::io;

use tokio::signal::windows;

/// Returns when a console asks the program to end. At the end of a session the event loop is told by the system itself.
pub(super) async fn asked_to_end() -> io::Result<()> {
    let mut interrupt = windows::ctrl_c()?;
    let mut close = windows::ctrl_close()?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = close.recv() => {}
    }
    Ok(())
}
