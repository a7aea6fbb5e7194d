use std::{io, process::ExitCode};

use valetkey_wire as wire;

/// Why a command ended without doing what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The arguments do not make sense together; clap has found nothing wrong with each of them.
    #[error("{0}")]
    Usage(String),
    /// The host refused or failed.
    #[error(transparent)]
    Host(#[from] wire::Error),
    /// The host answered something else than was asked; a program of another version may be running.
    #[error("the running program answered something unexpected")]
    Unexpected,
    /// A file could not be read.
    #[error("{path} could not be read: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("{path} could not be written: {source}")]
    NotWritten {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("{program} could not be started: {source}")]
    Program {
        /// Which.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Standard input could not be read.
    #[error("standard input could not be read: {0}")]
    Input(io::Error),
    /// Whoever read standard output has gone; there is nobody to tell.
    #[error("standard output is closed")]
    OutputClosed,
    /// Standard output could not be written, or no thread could be started.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::OutputClosed } else { Self::Io(error) }
    }
}

impl Error {
    /// 1 where it was refused or failed, 2 where it was asked for wrongly.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Host(_)
            | Self::Unexpected
            | Self::File { .. }
            | Self::NotWritten { .. }
            | Self::Program { .. }
            | Self::Input(_)
            | Self::OutputClosed
            | Self::Io(_) => ExitCode::FAILURE,
        }
    }

    /// The error as programs get it.
    pub(crate) fn to_wire(&self) -> wire::Error {
        use wire::Code;

        match self {
            Self::Host(error) => error.clone(),
            Self::Usage(_)
            | Self::File { .. }
            | Self::NotWritten { .. }
            | Self::Program { .. }
            | Self::Input(_) => wire::Error::new(Code::Invalid, self.to_string()),
            Self::Unexpected => wire::Error::new(Code::Internal, self.to_string())
                .with_hint("use the vk of the same version as the program that runs"),
            Self::OutputClosed | Self::Io(_) => wire::Error::new(Code::Internal, self.to_string()),
        }
    }
}
