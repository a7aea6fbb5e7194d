use std::{fs, path::Path};

use super::scan::Canary;

/// Where in these bytes' name a canary was found.
pub(crate) fn bytes(place: &str, bytes: &[u8], canaries: &[Canary]) -> Vec<String> {
    let found = canaries.iter().filter_map(|canary| canary.found_in(bytes));
    found.map(|what| format!("{what} in {place}")).collect()
}

/// In plain files of a folder and those below, and in their names.
pub(crate) fn files(folder: &Path, canaries: &[Canary]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let place = path.display().to_string();
        found.extend(bytes(&format!("the name {place}"), place.as_bytes(), canaries));
        if kind.is_dir() {
            found.extend(files(&path, canaries));
        } else if kind.is_file() {
            found.extend(bytes(&place, &fs::read(&path).unwrap(), canaries));
        }
    }
    found
}

/// In the environment and the arguments of a process, where the system shows them.
pub(crate) fn process(id: u32, canaries: &[Canary]) -> Vec<String> {
    let mut found = Vec::new();
    if cfg!(target_os = "linux") {
        for what in ["environ", "cmdline"] {
            let shown = fs::read(format!("/proc/{id}/{what}")).unwrap();
            assert!(!shown.is_empty(), "{what} can be read");
            found.extend(bytes(what, &shown, canaries));
        }
    }
    found
}
