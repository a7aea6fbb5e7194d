use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that are made, not written.
const MADE: &[&str] = &[".git", "target", "node_modules", "dist", "gen", "tools"];

/// One file of the repository.
pub(crate) struct File {
    /// From the root, with `/` between its parts.
    pub(crate) name: String,
    path: PathBuf,
}

impl File {
    /// Its text; `None` for a picture or the like.
    pub(crate) fn text(&self) -> Option<String> {
        fs::read_to_string(&self.path).ok()
    }

    /// The last part of its name, without the ending.
    pub(crate) fn stem(&self) -> &str {
        let last = self.name.rsplit('/').next().unwrap_or(&self.name);
        last.split('.').next().unwrap_or(last)
    }
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that somebody wrote, or that is committed as if.
pub(crate) fn files() -> Vec<File> {
    let mut found = Vec::new();
    collect(root(), "", &mut found);
    assert!(found.len() > 50, "the tree was not found where it was expected: {} files", found.len());
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = format!("{prefix}{own}");
        if !entry.file_type().unwrap().is_dir() {
            found.push(File { name, path: entry.path() });
        } else if !MADE.contains(&own.as_str()) {
            collect(&entry.path(), &format!("{name}/"), found);
        }
    }
}
