use std::{
    io,
    process::{Command, ExitCode},
};

use tokio::signal::windows::{CtrlC, CtrlClose, ctrl_c, ctrl_close};

/// Ctrl+C or the closing of the console, from the moment this exists.
pub(crate) struct EndSignal {
    interrupt: CtrlC,
    close: CtrlClose,
}

impl EndSignal {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { interrupt: ctrl_c()?, close: ctrl_close()? })
    }

    pub(crate) async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}

/// Runs `command` and ends with its exit status; Windows has no way to become another program. A status that
/// does not fit ends as a failure.
pub(crate) fn become_program(mut command: Command) -> io::Result<ExitCode> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
