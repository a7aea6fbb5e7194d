use std::{
    env,
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read, Write},
    iter,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use crate::error::{Error, Result};

/// A program to run, shown before it runs.
pub(crate) struct Program {
    command: Command,
}

impl Program {
    /// A program by name or path.
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        Self { command: Command::new(name) }
    }

    /// The cargo that runs this, so that every step uses one toolchain.
    pub(crate) fn cargo() -> Self {
        let cargo = Self::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // What the cargo that runs this said about this package: build scripts that look at it would run again.
        let own = env::vars_os().map(|(name, _)| name).filter(|name| {
            let name = name.to_string_lossy();
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        own.fold(cargo, Self::without_env)
    }

    /// npm, in a folder with packages.
    pub(crate) fn npm(folder: &Path) -> Self {
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" }).within(folder)
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub(crate) fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs in this folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// As it would be typed.
    pub(crate) fn shown(&self) -> String {
        let cargo = env::var_os("CARGO");
        let name =
            |word: &OsStr| if cargo.as_deref() == Some(word) { "cargo".into() } else { word.to_owned() };
        let words = iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| quoted(&name(word).to_string_lossy())).collect::<Vec<_>>().join(" ")
    }

    /// Runs it on this terminal.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("$ {}", self.shown());
        let status = self.command.status().map_err(self.not_started())?;
        if status.success() { Ok(()) } else { Err(self.failed(status, String::new())) }
    }

    /// Runs it without input, shows what it writes as it comes, and returns that too.
    pub(crate) fn show(mut self) -> Result<String> {
        println!("$ {}", self.shown());
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(self.not_started())?;
        let out = child.stdout.take().map(|pipe| thread::spawn(|| copied(pipe, io::stdout())));
        let err = child.stderr.take().map(|pipe| thread::spawn(|| copied(pipe, io::stderr())));
        let status = child.wait().map_err(self.not_started())?;
        let output: String =
            [out, err].into_iter().flatten().map(|copier| copier.join().unwrap_or_default()).collect();
        if status.success() { Ok(output) } else { Err(self.failed(status, output)) }
    }

    /// Runs it quietly; what it wrote, if it could be started and succeeded.
    pub(crate) fn text(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Whether it is on this machine: it answers `--version`.
    pub(crate) fn answers(name: impl AsRef<OsStr>) -> bool {
        Self::new(name).args(["--version"]).text().is_some()
    }

    /// For a caller that wants the running process itself.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    fn not_started(&self) -> impl FnOnce(io::Error) -> Error + use<> {
        let doing = format!("could not run {}", self.command.get_program().to_string_lossy());
        move |source| Error::Io { doing, source }
    }

    fn failed(&self, status: std::process::ExitStatus, output: String) -> Error {
        Error::Failed { command: self.shown(), status, output }
    }
}

/// Copies a pipe line by line, and keeps what passed. A terminal that is gone does not stop the program.
fn copied(pipe: impl Read, mut to: impl Write) -> String {
    let mut kept = Vec::new();
    let mut lines = BufReader::new(pipe);
    loop {
        let start = kept.len();
        match lines.read_until(b'\n', &mut kept) {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&kept).into_owned(),
            Ok(_) => {
                let _ = to.write_all(&kept[start..]).and_then(|()| to.flush());
            }
        }
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@^+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}
