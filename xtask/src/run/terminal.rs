use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
    setup::{self, Purpose},
};

/// Longest folder in which a Unix socket's path still fits.
const LONGEST: usize = 80;

/// A profile to try things in, apart from the owner's own.
struct Trial {
    vk: PathBuf,
    profile: PathBuf,
    passphrase: PathBuf,
}

/// Builds `vk`, makes a profile with the sandbox connected, and serves it until interrupted.
pub(super) fn serve(repo: &Repo, listen: Option<&str>) -> Result<()> {
    setup::ensure(repo, Purpose::Terminal)?;
    Program::cargo().args(["build", "--package", "valetkey-cli", "--bin", "vk"]).within(repo.root()).run()?;
    let trial = Trial::in_folder(repo)?;
    trial.prepare()?;
    let mut command = trial.vk().args(["--json", "serve"]);
    if let Some(address) = listen {
        command = command.args(["--listen", address]);
    }
    let shown = command.shown();
    println!("$ {shown}");
    let failed_to_start = |source| Error::Io { doing: "could not run vk".to_owned(), source };
    let mut child = command.into_command().stdout(Stdio::piped()).spawn().map_err(failed_to_start)?;
    if let Some(pipe) = child.stdout.take() {
        let mut lines = BufReader::new(pipe);
        let mut ready = String::new();
        lines.read_line(&mut ready).map_err(failed_to_start)?;
        if let Some(address) = listening(&ready) {
            trial.say_what_to_try(address);
        }
        pass_on(lines);
    }
    let status = child.wait().map_err(failed_to_start)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed { command: shown, status, output: String::new() })
    }
}

impl Trial {
    /// In `target/trial`, or in a folder of the system's for temporary files where that path is too long for sockets.
    fn in_folder(repo: &Repo) -> Result<Self> {
        let near = repo.target().join("trial");
        let folder = if near.as_os_str().len() <= LONGEST {
            near
        } else {
            env::temp_dir().join(format!("valetkey-trial-{}", std::process::id()))
        };
        if !folder.exists() {
            make_private_folder(&folder).map_err(Error::io("making", &folder))?;
        }
        let vk = repo.built().join(if cfg!(windows) { "vk.exe" } else { "vk" });
        Ok(Self { vk, profile: folder.join("profile"), passphrase: folder.join("passphrase") })
    }

    fn vk(&self) -> Program {
        Program::new(&self.vk)
            .args([Path::new("--profile"), &self.profile])
            .env("VALETKEY_PASSPHRASE_FILE", &self.passphrase)
    }

    fn prepare(&self) -> Result<()> {
        if !self.profile.exists() {
            println!(
                "A machine without a display seldom has a keychain, so this profile keeps its master credentials in an"
            );
            println!("encrypted file. Its passphrase is made now and kept in {}", self.passphrase.display());
            println!("(readable by you alone). To start afresh, delete the folder that it is in.");
            write_passphrase(&self.passphrase).map_err(Error::io("writing", &self.passphrase))?;
            self.vk().args(["init", "--vault", "file"]).run()?;
        }
        // Asked each time, not only after making the profile: an earlier run may have been interrupted between the two.
        if self.vk().args(["service", "show", "sandbox"]).text().is_some() {
            return Ok(());
        }
        self.vk().args(["service", "add", "sandbox", "--kind", "sandbox"]).run()
    }

    fn say_what_to_try(&self, address: &str) {
        let vk = format!("{} --profile {}", self.vk.display(), self.profile.display());
        println!("\nThe gateway listens on {address}. Try this in another terminal, a line at a time:\n");
        println!("  TOKEN=$({vk} token create --name first --grant sandbox:namespace=web:environment.view)");
        println!(
            "  curl -i -H \"Authorization: Bearer $TOKEN\" http://{address}/sandbox/namespaces/web/environments"
        );
        println!("  {vk} token revoke first");
        println!("\nThe second line again: refused. Ctrl+C here stops the gateway.\n");
    }
}

/// The address in `{"listening":"127.0.0.1:7743",…}`.
fn listening(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("\"listening\"")?;
    after.split('"').nth(1)
}

fn pass_on(mut lines: BufReader<impl Read>) {
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        print!("{line}");
        let _ = io::stdout().flush();
        line.clear();
    }
}

/// 256 bits of the system's own generator, as hexadecimal.
fn write_passphrase(path: &Path) -> io::Result<()> {
    let mut random = [0_u8; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
    let mut file = private_file(path)?;
    random.iter().try_for_each(|byte| write!(file, "{byte:02x}"))
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

// A Windows profile folder belongs to its owner already; this code is only reached on Linux.
#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}

#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_tells_the_address() {
        assert_eq!(
            listening("{\"listening\":\"127.0.0.1:7743\",\"socket\":\"x\"}\n"),
            Some("127.0.0.1:7743")
        );
        assert_eq!(listening("{ \"listening\" : \"[::1]:1\" }"), Some("[::1]:1"));
        assert_eq!(listening("{\"error\":{}}"), None);
    }
}
