//! The journal: append-only files that the request path writes, one per writer.
//!
//! A record goes to a file of its writer's own, so that threads wait neither for SQLite nor for each other. It is copied
//! into reserved space where the file system has that, and else written with one `write`; either way it lies in the
//! kernel then.
//! [`crate::Activity`] reads the files behind the writers' backs and removes the finished ones.

mod files;
mod part;
mod record;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use valetkey_core::{
    activity::ActivityUnavailable,
    ports::{ActivityLog, ActivityWriter},
};

use crate::{Error, place};
use files::FileName;
pub(crate) use files::{Listed, Run, list};
pub(crate) use record::{Decoded, Record, decode};
use writer::{OpenFile, Writer};

const DIRECTORY: &str = "activity";

/// Gives out writers. One process has one journal of a profile.
pub struct Journal {
    shared: Arc<Shared>,
}

/// What writers have in common with their journal.
struct Shared {
    profile: PathBuf,
    directory: PathBuf,
    run: Run,
    writers: AtomicU32,
    /// Files of writers that are gone, for the next ones: however many writers come and go, there are only as many
    /// files as there were writers at once.
    idle: Mutex<Vec<OpenFile>>,
}

impl Journal {
    /// Opens the journal of the profile in `profile`, which must be private already. Makes no file yet.
    pub fn open(profile: &Path) -> Result<Self, Error> {
        place::check_directory(profile)?;
        let directory = profile.join(DIRECTORY);
        place::make_directory(&directory)?;
        let shared = Shared {
            profile: profile.into(),
            directory,
            run: Run::begin(),
            writers: AtomicU32::new(0),
            idle: Mutex::new(Vec::new()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.shared.profile
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.shared.directory
    }

    pub(crate) fn run(&self) -> &Run {
        &self.shared.run
    }
}

impl ActivityLog for Journal {
    fn writer(&self) -> Result<Box<dyn ActivityWriter>, ActivityUnavailable> {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let file = match idle {
            Some(file) => file,
            None => self.shared.new_file()?,
        };
        Ok(Box::new(Writer::new(Arc::clone(&self.shared), file)))
    }
}

impl Shared {
    fn new_file(&self) -> Result<OpenFile, ActivityUnavailable> {
        let writer = self.writers.fetch_add(1, Ordering::Relaxed);
        OpenFile::make(&self.directory, FileName::first(&self.run, writer)).map_err(|_| ActivityUnavailable)
    }
}
