//! Names of journal files, and the list of those that lie there.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{Error, place};

const EXTENSION: &str = "journal";

/// Names one opening of the journal. Never used again: how far a file has been taken over is kept by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run(Arc<str>);

impl Run {
    pub(super) fn begin() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(format!("{:020}-{}", since_epoch.as_nanos(), std::process::id()).into())
    }
}

/// `<run>.<writer>.<part>.journal`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileName {
    run: Run,
    writer: u32,
    part: u32,
}

impl FileName {
    pub(super) fn first(run: &Run, writer: u32) -> Self {
        Self { run: run.clone(), writer, part: 0 }
    }

    /// The file that its writer writes after this one.
    pub(super) fn next(&self) -> Self {
        Self { part: self.part.saturating_add(1), ..self.clone() }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_suffix(EXTENSION)?.strip_suffix('.')?.split('.');
        let run = Run(parts.next().filter(|run| !run.is_empty())?.into());
        let (writer, part) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Self { run, writer, part })
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{EXTENSION}", self.run.0, self.writer, self.part)
    }
}

/// A journal file as the reader sees it.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Written by this process, not by one that is gone.
    pub(crate) ours: bool,
    /// Nothing will be written to it any more.
    pub(crate) finished: bool,
}

/// The journal files in `directory`, oldest run first. Other files are left alone.
///
/// A file is finished where its process is gone or its writer has begun the next part. The list is taken before any
/// file is read, so what is read of a finished file to its end is all there will ever be.
pub(crate) fn list(directory: &Path, run: &Run) -> Result<Vec<Listed>, Error> {
    let failed = |error: io::Error| place::io_error(directory, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        names.extend(name.to_str().and_then(FileName::parse));
    }
    names.sort_by(|a, b| (&a.run.0, a.writer, a.part).cmp(&(&b.run.0, b.writer, b.part)));
    let listed = names.iter().map(|name| {
        let ours = name.run == *run;
        let finished = !ours || names.contains(&name.next());
        let text = name.to_string();
        Listed { path: directory.join(&text), name: text, ours, finished }
    });
    Ok(listed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_foreign_files_are_none_of_ours() {
        let name = FileName::first(&Run::begin(), 7).next();
        assert_eq!(FileName::parse(&name.to_string()), Some(name));
        for foreign in [
            "",
            ".journal",
            "a.journal",
            "a.1.journal",
            "a.1.x.journal",
            "a.1.2.3.journal",
            "a.1.2",
            "..1.2.journal",
        ] {
            assert_eq!(FileName::parse(foreign), None, "{foreign}");
        }
    }
}
