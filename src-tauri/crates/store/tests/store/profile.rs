//! Who may reach a profile, and which files are taken for one.

use valetkey_store::{Error, Store};

use crate::{profile, raw};

#[cfg(unix)]
mod access {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
        path::Path,
    };

    use valetkey_core::ports::{ActivityLog, TokenStore};
    use valetkey_store::{Activity, Error, Journal, Store, make_directory};

    use crate::{profile, token};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn open_to_all(path: &Path) {
        let wide = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(wide)).unwrap();
    }

    #[test]
    fn everything_that_is_made_is_private() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("profile");
        make_directory(&directory).unwrap();
        make_directory(&directory).unwrap();
        let mut store = Store::open(&directory).unwrap();
        store.save_token(&token("ci")).unwrap();
        let journal = Journal::open(&directory).unwrap();
        let _activity = Activity::open(&journal).unwrap();
        let _writer = journal.writer().unwrap();

        assert_eq!(mode(&directory), 0o700);
        let mut files = 0;
        for folder in [directory.clone(), directory.join("activity")] {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let wanted = if path.is_dir() { 0o700 } else { 0o600 };
                assert_eq!(mode(&path), wanted, "{}", path.display());
                files += 1;
            }
        }
        assert_eq!(files, 6, "database, two companions, reserve, activity and one journal file");
    }

    #[test]
    fn a_directory_or_database_open_to_others_is_refused() {
        for name in ["", "valetkey.db", "valetkey.db-wal", "valetkey.db-shm"] {
            let directory = profile();
            let _open = Store::open(directory.path()).unwrap();
            let path = if name.is_empty() { directory.path().into() } else { directory.path().join(name) };
            open_to_all(&path);
            assert!(matches!(Store::open(directory.path()), Err(Error::TooOpen { .. })), "{name}");
        }
    }

    #[test]
    fn a_journal_directory_or_file_open_to_others_is_refused() {
        let directory = profile();
        let journal = Journal::open(directory.path()).unwrap();
        let mut activity = Activity::open(&journal).unwrap();
        let _writer = journal.writer().unwrap();
        let folder = directory.path().join("activity");
        open_to_all(&fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path());
        assert!(matches!(activity.ingest(), Err(Error::TooOpen { .. })));
        open_to_all(&folder);
        assert!(matches!(Journal::open(directory.path()), Err(Error::TooOpen { .. })));
    }

    #[test]
    fn a_symlink_is_refused_in_every_place() {
        let parent = tempfile::tempdir().unwrap();
        let real = parent.path().join("real");
        make_directory(&real).unwrap();
        drop(Store::open(&real).unwrap());

        let linked = parent.path().join("linked");
        symlink(&real, &linked).unwrap();
        assert!(matches!(Store::open(&linked), Err(Error::NotPlain { .. })));
        assert!(matches!(make_directory(&linked), Err(Error::NotPlain { .. })));
        assert!(matches!(Journal::open(&linked), Err(Error::NotPlain { .. })));

        for (name, target) in [("valetkey.db", "real/valetkey.db"), ("valetkey.db-wal", "nowhere")] {
            let directory = parent.path().join(format!("with {name}"));
            make_directory(&directory).unwrap();
            symlink(parent.path().join(target), directory.join(name)).unwrap();
            assert!(matches!(Store::open(&directory), Err(Error::NotPlain { .. })), "{name}");
        }
    }
}

#[test]
fn a_missing_directory_is_not_made_behind_the_callers_back() {
    let parent = tempfile::tempdir().unwrap();
    let missing = parent.path().join("missing");
    assert!(matches!(Store::open(&missing), Err(Error::Io { .. })));
    assert!(!missing.exists());
}

#[test]
fn a_newer_database_is_not_opened() {
    let directory = profile();
    drop(Store::open(directory.path()).unwrap());
    for version in [7, 1_000, -1] {
        raw(directory.path()).pragma_update(None, "user_version", version).unwrap();
        let refused = Store::open(directory.path());
        assert!(matches!(refused, Err(Error::NewerVersion { found, known: 6 }) if found == version));
    }
}

#[test]
fn anything_added_to_or_taken_from_the_schema_is_refused() {
    for change in [
        "CREATE TRIGGER sneaky AFTER UPDATE ON tokens BEGIN UPDATE tokens SET status = 'active', revoked = NULL; END",
        "CREATE VIEW sneaky AS SELECT * FROM tokens",
        "CREATE TABLE sneaky (x)",
        "CREATE INDEX sneaky ON tokens (name)",
        "DROP INDEX tokens_by_live_name",
        "ALTER TABLE tokens ADD COLUMN sneaky TEXT",
        "DROP TABLE rights",
    ] {
        let directory = profile();
        drop(Store::open(directory.path()).unwrap());
        raw(directory.path()).execute_batch(change).unwrap();
        assert!(matches!(Store::open(directory.path()), Err(Error::SchemaChanged { .. })), "{change}");
    }
}

#[test]
fn a_file_with_tables_of_somebody_else_is_not_built_upon() {
    let directory = profile();
    drop(Store::open(directory.path()).unwrap());
    raw(directory.path()).pragma_update(None, "user_version", 0).unwrap();
    assert!(matches!(Store::open(directory.path()), Err(Error::SchemaChanged { .. })));
}

#[test]
fn tables_are_strict_and_keep_references_whole() {
    let directory = profile();
    drop(Store::open(directory.path()).unwrap());
    let connection = raw(directory.path());
    let (tables, strict): (i64, i64) = connection
        .query_row(
            "SELECT count(*), sum(strict) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(tables, strict);
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let text_for_a_number = "INSERT INTO journals (name, consumed) VALUES ('a', 'b')";
    assert!(connection.execute_batch(text_for_a_number).is_err());
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let directory = profile();
    drop(Store::open(directory.path()).unwrap());
    std::fs::write(directory.path().join("valetkey.db"), "nothing that SQLite knows, by far").unwrap();
    assert!(matches!(Store::open(directory.path()), Err(Error::Database(_))));
}
