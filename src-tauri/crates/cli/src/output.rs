use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use crate::{error::Error, table::Table};

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    People,
    Json,
}

/// Standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    form: Form,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { form: if json { Form::Json } else { Form::People } }
    }

    /// The answer: as one JSON document, or in words.
    pub(crate) fn answer<T: Serialize>(
        self,
        value: &T,
        words: impl FnOnce(&T) -> String,
    ) -> Result<(), Error> {
        match self.form {
            Form::Json => line(&serde_json::to_string(value).map_err(io::Error::from)?),
            Form::People => line(&words(value)),
        }
    }

    /// An answer that is a JSON document already.
    pub(crate) fn document(json: &str) -> Result<(), Error> {
        line(json.trim_end())
    }

    /// The answer as a table.
    pub(crate) fn rows<T: Serialize>(
        self,
        rows: &[T],
        empty: &str,
        table: impl FnOnce(&[T]) -> Table,
    ) -> Result<(), Error> {
        match self.form {
            Form::Json => line(&serde_json::to_string(rows).map_err(io::Error::from)?),
            Form::People if rows.is_empty() => line(empty),
            Form::People => line(&table(rows).to_string()),
        }
    }

    /// Says something to a person while the command runs.
    pub(crate) fn remark(self, text: &str) {
        if self.form == Form::People {
            say(text);
        }
    }

    /// Says why a command failed.
    pub(crate) fn error(self, error: &Error) {
        let error = error.to_wire();
        match self.form {
            Form::Json => say(&json!({ "error": error }).to_string()),
            Form::People => {
                say(&format!("vk: {}", error.message));
                if let Some(hint) = &error.hint {
                    say(&format!("    {hint}"));
                }
            }
        }
    }
}

fn line(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

fn say(text: &str) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
