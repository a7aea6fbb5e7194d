use std::{
    io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM, SIGINT or SIGHUP, from the moment this exists.
pub(crate) struct EndSignal {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl EndSignal {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// Becomes `command`, which then has this process's number, signals and exit status. Returns only if that failed.
pub(crate) fn become_program(mut command: Command) -> io::Result<ExitCode> {
    Err(command.exec())
}
