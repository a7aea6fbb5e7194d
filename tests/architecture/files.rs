use crate::tree::{File, files};

fn names(wrong: impl Iterator<Item = File>) -> Vec<String> {
    wrong.map(|file| file.name).collect()
}

#[test]
fn only_one_file_of_the_window_speaks_to_tauri() {
    let imports = |text: &str| text.contains("\"@tauri-apps/") || text.contains("'@tauri-apps/");
    let speakers = files().into_iter().filter(|file| {
        file.name.starts_with("ui/src/")
            && !file.name.ends_with(".test.ts")
            && !file.name.ends_with(".test.tsx")
            && file.text().is_some_and(|text| imports(&text))
    });
    assert_eq!(names(speakers), ["ui/src/ipc/client.ts"]);
}

#[test]
fn modules_are_named_by_their_file_and_not_mod() {
    let wrong = files().into_iter().filter(|file| file.name.ends_with("/mod.rs"));
    assert_eq!(names(wrong), [""; 0]);
}

#[test]
fn no_file_is_named_for_being_a_drawer() {
    let drawers = ["util", "utils", "helper", "helpers", "manager", "managers", "misc"];
    let wrong = files().into_iter().filter(|file| {
        let words = file.stem().to_lowercase();
        words.split(['-', '_']).any(|word| drawers.contains(&word))
    });
    assert_eq!(names(wrong), [""; 0]);
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    // In two halves, so that this file does not name them either.
    let places = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/"), ("/tm", "p/")]
        .map(|(a, b)| format!("{a}{b}"));
    let wrong: Vec<_> = files()
        .into_iter()
        .filter_map(|file| {
            let text = file.text()?;
            let line = text.lines().position(|line| places.iter().any(|place| begins_a_path(line, place)))?;
            Some(format!("{}:{}", file.name, line + 1))
        })
        .collect();
    assert_eq!(wrong, [""; 0]);
}

/// Whether `place` stands where a path begins, not in the middle of a longer one.
fn begins_a_path(line: &str, place: &str) -> bool {
    let continues = |before: char| before.is_alphanumeric() || "/.}>_-".contains(before);
    line.match_indices(place).any(|(at, _)| !line[..at].chars().next_back().is_some_and(continues))
}

#[test]
fn no_file_names_a_package_registry() {
    let hosts =
        [("registry.", "npm"), ("index.", "crates.io"), ("static.", "crates.io"), ("files.", "pythonhosted")]
            .map(|(a, b)| format!("{a}{b}"));
    let wrong = files()
        .into_iter()
        .filter(|file| file.text().is_some_and(|text| hosts.iter().any(|host| text.contains(host))));
    assert_eq!(names(wrong), [""; 0]);
}

#[test]
fn lock_files_name_no_mirror() {
    for file in files() {
        let text = || file.text().unwrap_or_default();
        match &*file.name {
            "Cargo.lock" => {
                let standard = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
                let other = text()
                    .lines()
                    .find(|line| line.starts_with("source = ") && *line != standard)
                    .map(str::to_owned);
                assert_eq!(other, None);
            }
            "ui/package-lock.json" | "src-tauri/crates/cli/tests/clients/package-lock.json" => {
                let resolved =
                    text().lines().find(|line| line.contains("\"resolved\": \"http")).map(str::to_owned);
                assert_eq!(resolved, None);
            }
            _ => {}
        }
    }
}
