use std::{fs, path::Path};

use valetkey_catalogkit::{documents, made, overlap};

#[test]
fn what_is_committed_is_what_the_sources_make() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    for file in made().unwrap() {
        let committed = fs::read_to_string(root.join(&file.path)).unwrap();
        assert!(committed == file.text, "{} is out of date: cargo xtask catalog", file.path);
    }
}

#[test]
fn no_path_has_two_operations_that_require_different_things() {
    for document in documents().unwrap() {
        let mut operations = document.operations;
        let count = operations.len();
        overlap::settle(&mut operations);
        let added: Vec<_> = operations[count..].iter().map(|o| format!("{} {}", o.method, o.path)).collect();
        assert_eq!(added, [""; 0], "{}", document.kind);
    }
}
