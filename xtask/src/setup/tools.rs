use std::{fs, path::Path};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

const REQUIREMENTS: &str = include_str!("../../python-requirements.txt");
const CLIENT_REQUIREMENTS: &str =
    include_str!("../../../src-tauri/crates/cli/tests/clients/requirements.txt");
const CLIENT_PACKAGES: &str = include_str!("../../../src-tauri/crates/cli/tests/clients/package.json");
const CLIENT_LOCK: &str = include_str!("../../../src-tauri/crates/cli/tests/clients/package-lock.json");
const CLIENT_NPMRC: &str = include_str!("../../../src-tauri/crates/cli/tests/clients/.npmrc");
#[cfg(target_os = "linux")]
const BENCH_REQUIREMENTS: &str = include_str!("../../bench-requirements.txt");

/// Puts what only tests need into `target/`.
pub(super) fn ensure(repo: &Repo) -> Result<()> {
    nextest(repo)?;
    python(&repo.venv(), REQUIREMENTS)?;
    clients(repo)?;
    if cfg!(target_os = "linux") { tauri_driver(repo) } else { Ok(()) }
}

/// The tests are written for a process each, so there is no falling back to another runner.
fn nextest(repo: &Repo) -> Result<()> {
    let present = Program::cargo().args(["nextest", "--version"]).env("PATH", repo.path_with_tools());
    if present.text().is_some() {
        println!("cargo-nextest: here.");
        return Ok(());
    }
    println!("cargo-nextest: not here; building it into target/tools (some minutes, once).");
    install(repo, "cargo-nextest", "^0.9")
}

/// The bridge between `WebDriver` and the window. Written with its version: the newest is for another Tauri.
fn tauri_driver(repo: &Repo) -> Result<()> {
    if repo.tools().join("bin/tauri-driver").exists() {
        println!("tauri-driver: here.");
        return Ok(());
    }
    println!("tauri-driver: not here; building it into target/tools (about a minute, once).");
    install(repo, "tauri-driver", "^2")
}

fn install(repo: &Repo, program: &str, version: &str) -> Result<()> {
    Program::cargo()
        .args(["install", program, "--version", version, "--locked", "--root"])
        .args([repo.tools()])
        .run()
}

/// The proxy in Python that the bench compares with.
#[cfg(target_os = "linux")]
pub(super) fn mitmproxy(repo: &Repo) -> Result<()> {
    python(&repo.bench_venv(), BENCH_REQUIREMENTS)
}

/// Clients that people use, and what stands in for the services that they talk to, in the versions that were tried.
fn clients(repo: &Repo) -> Result<()> {
    let folder = repo.clients();
    fs::create_dir_all(&folder).map_err(Error::io("making", &folder))?;
    python(&folder.join("venv"), CLIENT_REQUIREMENTS)?;
    registry(&folder)?;
    let made_from = folder.join("made-from.json");
    if fs::read_to_string(&made_from).is_ok_and(|lock| lock == CLIENT_LOCK) {
        println!("npm packages of clients: here.");
        return Ok(());
    }
    println!("npm packages of clients: installing them into target/clients, as locked.");
    for (name, text) in
        [("package.json", CLIENT_PACKAGES), ("package-lock.json", CLIENT_LOCK), (".npmrc", CLIENT_NPMRC)]
    {
        let path = folder.join(name);
        fs::write(&path, text).map_err(Error::io("writing", &path))?;
    }
    Program::npm(&folder).args(["ci", "--ignore-scripts"]).run()?;
    fs::write(&made_from, CLIENT_LOCK).map_err(Error::io("writing", &made_from))
}

/// A registry of container images. Debian's package, installed, would run it as a service of this machine, so only the program is taken.
fn registry(folder: &Path) -> Result<()> {
    const NAME: &str = "docker-registry";
    let program = folder.join(NAME);
    if program.exists() {
        println!("{NAME}: here.");
        return Ok(());
    }
    if !Program::answers("apt-get") {
        println!("{NAME}: only known as a package of Debian's; put the program into {}.", folder.display());
        return Ok(());
    }
    println!("{NAME}: taking the program out of Debian's package, into target/clients.");
    let package = folder.join("package");
    fs::create_dir_all(&package).map_err(Error::io("making", &package))?;
    Program::new("apt-get").args(["download", NAME]).within(&package).run()?;
    let archive = fs::read_dir(&package).map_err(Error::io("reading", &package))?.flatten();
    let archive =
        archive.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "deb"));
    Program::new("dpkg-deb").args(["--extract"]).args(archive).args([&package]).run()?;
    fs::rename(package.join("usr/bin").join(NAME), &program).map_err(Error::io("moving", &program))?;
    fs::remove_dir_all(&package).map_err(Error::io("removing", &package))
}

/// Packages of a list, in a virtual environment that knows which list it was made from: real services for the gateway's
/// tests, and what the bench compares with.
fn python(venv: &Path, requirements: &str) -> Result<()> {
    let made_from = venv.join("made-from.txt");
    if fs::read_to_string(&made_from).is_ok_and(|list| list == requirements) {
        println!("Python packages: here.");
        return Ok(());
    }
    let place = venv.file_name().unwrap_or_default().display();
    println!("Python packages: installing {} into target/{place}.", requirements.trim().replace('\n', ", "));
    Program::new("python3").args(["-m", "venv"]).args([venv]).run()?;
    Program::new(venv.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(requirements.lines())
        .run()?;
    fs::write(&made_from, requirements).map_err(Error::io("writing", &made_from))
}
