use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{self, Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    control::{self, Control},
    definition,
    nginx::{self, Nginx},
    process::Process,
};
use crate::{
    error::{Error, Result},
    program::Program,
};

const CREDENTIAL: &str = "master-credential-of-the-bench";

/// Upstream, Valet Key and nginx in front of it, a token that both take.
pub(super) struct Scene {
    pub(super) served: Served,
    pub(super) vk: Vk,
    pub(super) token: String,
    pub(super) upstream: Nginx,
    pub(super) proxy: Nginx,
    folder: Folder,
}

/// A folder that is removed when dropped.
struct Folder(PathBuf);

/// `vk` with a profile and its passphrase.
pub(super) struct Vk {
    program: PathBuf,
    pub(super) profile: PathBuf,
    passphrase: PathBuf,
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

impl Scene {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let folder = Folder(env::temp_dir().join(format!("valetkey-bench-{}", process::id())));
        make(&folder.0)?;
        let upstream = Nginx::upstream(&folder.0.join("upstream"))?;
        let vk = Vk::init(program, &folder.0, "profile")?;
        let definition = folder.0.join("definition.json");
        fs::write(&definition, definition::document()).map_err(Error::io("writing", &definition))?;
        let url = format!("http://127.0.0.1:{}", upstream.port);
        let mut add = vk.command(&["service", "add", definition::SERVICE, "--kind", "rest", "--url", &url]);
        add.arg("--definition").arg(&definition);
        run(add, CREDENTIAL)?;
        let served = vk.serve()?;
        let token = Control::connect(&vk.profile)?.create("measured", &definition::grants())?;
        let proxy = Nginx::proxy(&folder.0.join("proxy"), upstream.port, &token, CREDENTIAL)?;
        Ok(Self { served, vk, token, upstream, proxy, folder })
    }

    /// Another profile of this run.
    pub(super) fn other(&self, name: &str) -> Result<Vk> {
        Vk::init(&self.vk.program, &self.folder.0, name)
    }

    pub(super) fn gateway_path() -> String {
        format!("/{}{}", definition::SERVICE, definition::PATH)
    }
}

impl Vk {
    fn init(program: &Path, folder: &Path, name: &str) -> Result<Self> {
        let passphrase = folder.join("passphrase");
        fs::write(&passphrase, "a passphrase for the bench\n").map_err(Error::io("writing", &passphrase))?;
        let vk = Self { program: program.to_owned(), profile: folder.join(name), passphrase };
        run(vk.command(&["init", "--vault", "file"]), "")?;
        Ok(vk)
    }

    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Program::new(&self.program).args(words).into_command();
        command.env("VALETKEY_PROFILE", &self.profile).env("VALETKEY_PASSPHRASE_FILE", &self.passphrase);
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
            nginx::end(&mut child);
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

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io("making", folder))
}

impl Drop for Served {
    fn drop(&mut self) {
        nginx::end(&mut self.child);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it is in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
