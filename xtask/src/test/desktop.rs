use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use super::{Passed, steps};
use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// Test binaries that start the app.
const DESKTOP: &str = "binary(/^(desktop|tray|e2e)$/)";

/// Runs the tests that start the app: on a display of their own, in a session of their own, in a home of their own.
pub(super) fn run(repo: &Repo) -> Result<Passed> {
    if !cfg!(target_os = "linux") {
        return Ok(Passed::Skipped(
            "these tests drive an X display and a D-Bus session, which only Linux has",
        ));
    }
    // Built before the display starts, so that a test's time is its own.
    steps::cargo(
        repo,
        &["nextest", "run", "--no-run", "--profile", "ci", "--workspace", "--locked", "-E", DESKTOP],
    )
    .show()?;
    let home = Home::new()?;
    let nextest = steps::cargo(
        repo,
        &[
            "nextest",
            "run",
            "--profile",
            "ci",
            "--workspace",
            "--locked",
            "--test-threads",
            "1",
            "-E",
            DESKTOP,
        ],
    );
    in_session(repo, &home, &nextest).show().map(Passed::With)
}

/// The display outside, the session inside: programs that D-Bus starts must inherit the display.
fn in_session(repo: &Repo, home: &Home, program: &Program) -> Program {
    let mut session = Program::new("xvfb-run")
        .args(["-a", "-s", "-screen 0 1280x800x24 -nolisten tcp", "dbus-run-session", "--"])
        .args(program.words())
        .within(repo.root())
        .env("PATH", repo.path_with_tools())
        .env("HOME", &home.folder)
        .env("XDG_RUNTIME_DIR", home.folder.join("runtime"))
        // A session of the developer's own must not leak in.
        .without_env("DBUS_SESSION_BUS_ADDRESS")
        .without_env("WAYLAND_DISPLAY");
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        session = session.without_env(name);
    }
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let usual = env::home_dir().map(|home| home.join(folder));
        if let Some(place) = env::var_os(name).map(PathBuf::from).or(usual) {
            session = session.env(name, place);
        }
    }
    session
}

/// An empty home with a private folder for sockets, gone when dropped.
struct Home {
    folder: PathBuf,
}

impl Home {
    fn new() -> Result<Self> {
        let folder = env::temp_dir().join(format!("valetkey-home-{}", std::process::id()));
        let home = Self { folder };
        for folder in [home.folder.clone(), home.folder.join("runtime")] {
            private_folder(&folder).map_err(Error::io("making", &folder))?;
        }
        Ok(home)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}
