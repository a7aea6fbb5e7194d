//! The bench's own programs, in one: see the crate `benchkit`.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// Where it is once it is built.
pub(super) fn program(repo: &Repo) -> PathBuf {
    repo.target().join("release/benchkit")
}

/// Runs it to its end; what it said.
pub(super) fn ask<A: AsRef<OsStr>>(repo: &Repo, words: impl IntoIterator<Item = A>) -> Result<String> {
    let mut command = Program::new(program(repo)).args(words).into_command();
    let output = command.stdin(Stdio::null()).output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(Error::Needed { what: "A good end of benchkit".to_owned(), hint: text(&output.stderr) })
}

/// One that goes on until this is dropped.
pub(super) struct Holding {
    child: Child,
    pub(super) line: String,
}

/// Runs it until its first line.
pub(super) fn hold<A: AsRef<OsStr>>(repo: &Repo, words: impl IntoIterator<Item = A>) -> Result<Holding> {
    let mut command = Program::new(program(repo)).args(words).into_command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line).map_err(failed)?;
    }
    Ok(Holding { child, line })
}

impl Drop for Holding {
    fn drop(&mut self) {
        // The end of its input is what it waits for.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The numbers after `name` at the beginning of a line.
pub(super) fn numbers(told: &str, name: &str) -> Vec<f64> {
    let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect()
}

fn failed(source: std::io::Error) -> Error {
    Error::Io { doing: "could not run benchkit".to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_name() {
        assert_eq!(numbers("first 1 2\nfirstly 9\nlater 3\n", "later"), [3.0]);
        assert!(numbers("", "first").is_empty());
    }
}
