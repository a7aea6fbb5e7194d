//! The bench's own programs, in one: see the crate `benchkit`.

use std::{ffi::OsStr, path::PathBuf};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// Where it is once it is built.
pub(super) fn helper(repo: &Repo) -> PathBuf {
    repo.target().join("release/benchkit")
}

/// Runs it to its end; what it said.
pub(super) fn ask<A: AsRef<OsStr>>(repo: &Repo, words: impl IntoIterator<Item = A>) -> Result<String> {
    let mut command = Program::new(helper(repo)).args(words).into_command();
    let failed = |source| Error::Io { doing: "could not run benchkit".to_owned(), source };
    let output = command.stdin(std::process::Stdio::null()).output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let hint = text(&output.stderr);
    Err(Error::Needed { what: format!("A good end of {command:?}"), hint })
}
