use crate::{Problem, limits};

/// Why a document is not a definition. All of these are for whoever wrote the document to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The whole document is too long.
    #[error("a document has at most {} MiB", limits::DOCUMENT >> 20)]
    TooLarge,
    /// Not JSON, or a field that is unknown, missing, doubled or of the wrong type.
    #[error("line {line}, column {column}: {problem}")]
    Malformed {
        /// Counted from 1; 0 where the document as a whole is meant.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// What the JSON reader says.
        problem: Box<str>,
    },
    /// The same where only the line is known, as in YAML.
    #[error("line {line}: {problem}")]
    MalformedLine {
        /// Counted from 1.
        line: usize,
        /// What the reader says.
        problem: Box<str>,
    },
    /// Well-formed, and yet it can't be used.
    #[error("{place}: {problem}")]
    Refused {
        /// `operations[12].requires`; places in lists count from 0. In what is imported, a JSON pointer (RFC 6901).
        place: Box<str>,
        /// What is wrong there.
        problem: Problem,
    },
}

impl Error {
    pub(crate) fn refused(place: impl Into<Box<str>>, problem: Problem) -> Self {
        Self::Refused { place: place.into(), problem }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let problem = text.strip_suffix(&place).unwrap_or(&text);
        Self::Malformed {
            line: error.line(),
            column: error.column(),
            problem: crate::problem::shown(problem),
        }
    }
}
