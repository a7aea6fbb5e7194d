use std::{fmt, io, path::Path, process::ExitStatus};

/// Short for what every command here returns.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Error {
    /// It was called in a way it does not know.
    Usage(String),
    /// Something that it needs is not on this machine.
    Needed {
        /// What.
        what: String,
        /// How to get it.
        hint: String,
    },
    /// A program ran and failed; its own output says why.
    Failed {
        /// As it was typed.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote, where that was kept.
        output: String,
    },
    /// Files that are made from others are not as they should be.
    Stale {
        /// Which.
        files: Vec<String>,
        /// What makes them again.
        remedy: &'static str,
    },
    /// A file or a program could not be read, written or started.
    Io {
        /// What was being done, to what.
        doing: String,
        /// The system's words.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: names what was being done to which path.
    pub(crate) fn io(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let doing = format!("{doing} {}", path.display());
        move |source| Self::Io { doing, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}\nSee cargo xtask help."),
            Self::Needed { what, hint } => write!(f, "{what} is needed and not here.\n{hint}"),
            Self::Failed { command, status, .. } => write!(f, "{command}\nended with {status}."),
            Self::Stale { files, remedy } => {
                write!(f, "Out of date: {}.\n{remedy}", files.join(", "))
            }
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}
