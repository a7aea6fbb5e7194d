//! Memory of the desktop app, in a session of its own: display outside, bus inside, a keychain that is unlocked.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use crate::{
    bench::{json::Json, machine, pause::pause, process::Process, server},
    error::{Error, Result},
    program::Program,
    repo::Repo,
    ui,
};

/// How long it is left alone before it is measured.
const IDLE: Duration = Duration::from_secs(12);

pub(in crate::bench) fn measure(repo: &Repo) -> Result<Json> {
    ui::build_if_stale(repo)?;
    Program::cargo().args(["build", "--release", "--bin", "valetkey"]).within(repo.root()).run()?;
    let program = repo.target().join("release/valetkey");
    let tray = parts(&program, "hidden", &["--hidden"])?;
    let window = parts(&program, "open", &[])?;
    Ok(Json::object([("bytes", machine::size(&program)?.into()), ("tray", tray), ("window", window)]))
}

/// Starts it, leaves it alone, and looks.
fn parts(program: &Path, name: &str, words: &[&str]) -> Result<Json> {
    let home = std::env::temp_dir().join(format!("valetkey-bench-{name}-{}", std::process::id()));
    let runtime = home.join("run");
    fs::create_dir_all(&runtime).map_err(Error::io("making", &runtime))?;
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(&runtime, private).map_err(Error::io("changing", &runtime))?;
    let session =
        "printf 'bench\\n' | gnome-keyring-daemon --daemonize --unlock --components=secrets; \"$@\"";
    let mut command = Program::new("xvfb-run")
        .args(["-a", "-s", "-screen 0 1280x800x24 -nolisten tcp"])
        .args(["dbus-run-session", "--", "sh", "-c", session, "sh"])
        .args([program])
        .args(words)
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("VALETKEY_PROFILE", home.join("profile"))
        .into_command();
    let failed = |source| Error::Io { doing: "could not run the app".to_owned(), source };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut outer = command.spawn().map_err(failed)?;
    let measured = app(&outer, program).and_then(|app| {
        pause(IDLE);
        let found: Result<Vec<_>> =
            app.family().into_iter().map(|one| Ok((one.name(), one.pss()?))).collect();
        let _ = Program::new("kill").args(["-TERM", &app.id.to_string()]).text();
        found
    });
    if measured.is_err() {
        server::end(&mut outer);
    }
    let _ = outer.wait();
    let _ = fs::remove_dir_all(&home);
    let rows = measured?.into_iter().map(|(process, memory)| {
        println!("  {name}: {process} {memory} KiB");
        Json::object([("process", (&*process).into()), ("pss_kib", memory.into())])
    });
    Ok(Json::List(rows.collect()))
}

/// The app's own process among those that were started.
fn app(outer: &Child, program: &Path) -> Result<Process> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        let family = Process { id: outer.id() }.family();
        let is_it =
            |one: &Process| fs::read_link(format!("/proc/{}/exe", one.id)).is_ok_and(|exe| exe == program);
        if let Some(app) = family.into_iter().find(is_it) {
            return Ok(app);
        }
        std::thread::yield_now();
    }
    Err(Error::Needed { what: "The app, running".to_owned(), hint: program.display().to_string() })
}
