//! The window's packages and its build, made again only when what they are made from is newer.

use std::{fs, io, path::Path, time::SystemTime};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

/// `npm ci`, unless what is installed is as new as the lock file.
pub(crate) fn install(repo: &Repo) -> Result<()> {
    let ui = repo.ui();
    let installed = modified(&ui.join("node_modules/.package-lock.json"));
    let locked = modified(&ui.join("package-lock.json"));
    if installed.is_some() && installed >= locked {
        println!("ui/node_modules is as new as its lock file.");
        return Ok(());
    }
    Program::npm(&ui).args(["ci"]).run()
}

/// Builds `ui/dist`, unless it is newer than everything it is made from.
pub(crate) fn build_if_stale(repo: &Repo) -> Result<()> {
    let ui = repo.ui();
    let sources = newest_source(&ui).map_err(Error::io("reading", &ui))?;
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some() && built > sources {
        println!("ui/dist is newer than its sources.");
        return Ok(());
    }
    install(repo)?;
    Program::npm(&ui).args(["run", "build"]).run()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|of| of.modified()).ok()
}

fn newest_source(folder: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let of = entry.metadata()?;
        let time = if !of.is_dir() {
            of.modified().ok()
        } else if entry.file_name() == "node_modules" || entry.file_name() == "dist" {
            None
        } else {
            newest_source(&entry.path())?
        };
        newest = newest.max(time);
    }
    Ok(newest)
}
