//! Writes the shipped definitions and `docs/catalog.md` anew, or says which are out of date: `catalogkit [--check] ROOT`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

use std::{fs, path::Path, process::ExitCode};

use valetkey_catalogkit::Made;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (check, root) = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--check", root] => (true, root.to_owned()),
        [root] if !root.starts_with('-') => (false, root.to_owned()),
        _ => {
            eprintln!("Usage: catalogkit [--check] ROOT");
            return ExitCode::from(2);
        }
    };
    let made = match valetkey_catalogkit::made() {
        Ok(made) => made,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = false;
    for file in &made {
        failed |= !(if check { is_current(file, &root) } else { write(file, &root) });
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn is_current(file: &Made, root: &str) -> bool {
    let current = fs::read_to_string(Path::new(root).join(&file.path)).is_ok_and(|text| text == file.text);
    println!("{} {}", if current { "as made:    " } else { "out of date:" }, file.path);
    current
}

fn write(file: &Made, root: &str) -> bool {
    match fs::write(Path::new(root).join(&file.path), &file.text) {
        Ok(()) => {
            println!("{} ({} bytes)", file.path, file.text.len());
            true
        }
        Err(error) => {
            eprintln!("{}: {error}", file.path);
            false
        }
    }
}
