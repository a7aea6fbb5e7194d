use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use super::{control, process::Process, server};
use crate::{
    error::{Error, Result},
    program::Program,
};

/// `vk` with a profile and its passphrase.
pub(super) struct Vk {
    pub(super) program: PathBuf,
    pub(super) profile: PathBuf,
    passphrase: PathBuf,
    /// Certificates that services over TLS are judged by.
    trusted: Option<PathBuf>,
}

/// A `vk serve`, ended when dropped.
pub(super) struct Served {
    child: Child,
    _out: BufReader<ChildStdout>,
    pub(super) port: u16,
    pub(super) process: Process,
    /// From its start to its line that says it is ready.
    pub(super) ready_after: Duration,
}

impl Vk {
    /// A new profile in `folder`. Its vault is a file: a keychain is not everywhere.
    pub(super) fn init(program: &Path, folder: &Path, name: &str) -> Result<Self> {
        let passphrase = folder.join("passphrase");
        fs::write(&passphrase, "a passphrase for the bench\n").map_err(Error::io("writing", &passphrase))?;
        let vk = Self { program: program.to_owned(), profile: folder.join(name), passphrase, trusted: None };
        run(vk.command(&["init", "--vault", "file"]), "")?;
        Ok(vk)
    }

    /// Takes certificates that this one signed.
    pub(super) fn trusting(self, ca: &Path) -> Self {
        Self { trusted: Some(ca.to_owned()), ..self }
    }

    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Program::new(&self.program).args(words).into_command();
        command.env("VALETKEY_PROFILE", &self.profile).env("VALETKEY_PASSPHRASE_FILE", &self.passphrase);
        if let Some(ca) = &self.trusted {
            command.env("SSL_CERT_FILE", ca).env_remove("SSL_CERT_DIR");
        }
        command
    }

    pub(super) fn serve(&self) -> Result<Served> {
        let failed = |source| Error::Io { doing: "could not run vk serve".to_owned(), source };
        let mut command = self.command(&["--json", "serve", "--listen", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().map_err(failed)?;
        let Some(out) = child.stdout.take() else {
            return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
        };
        let (mut out, mut line) = (BufReader::new(out), String::new());
        out.read_line(&mut line).map_err(failed)?;
        let ready_after = start.elapsed();
        let address = control::text(&line, "listening").unwrap_or_default();
        let port = address.rsplit(':').next().and_then(|port| port.parse().ok());
        let Some(port) = port else {
            server::end(&mut child);
            return Err(Error::Needed { what: "A gateway that starts".to_owned(), hint: line });
        };
        let process = Process { id: child.id() };
        Ok(Served { child, _out: out, port, process, ready_after })
    }
}

/// Runs it with this on standard input.
pub(super) fn run(mut command: Command, input: &str) -> Result<()> {
    let failed = |source| Error::Io { doing: "could not run vk".to_owned(), source };
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // It may not read any.
        let _ = pipe.write_all(input.as_bytes());
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed { command: format!("{command:?}"), status, output: String::new() })
}

impl Drop for Served {
    fn drop(&mut self) {
        server::end(&mut self.child);
    }
}
