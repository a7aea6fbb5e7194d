use std::fs;

use tempfile::TempDir;

use super::*;

struct Fixture {
    directory: TempDir,
    path: PathBuf,
}

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.age");
    Fixture { directory, path }
}

fn passphrase() -> SecretString {
    "correct horse battery".into()
}

fn create(fixture: &Fixture) -> File {
    File::create_with(&fixture.path, passphrase(), WorkFactor::Weak).unwrap()
}

fn reopen(fixture: &Fixture) -> Result<File, VaultError> {
    File::open_with(&fixture.path, passphrase(), WorkFactor::Weak)
}

fn name(text: &str) -> ServiceName {
    ServiceName::parse(text).unwrap()
}

fn credential(text: &str) -> MasterCredential {
    MasterCredential::parse(text).unwrap()
}

#[test]
fn credentials_are_there_again_after_reopening() {
    let fixture = fixture();
    let vault = create(&fixture);
    assert_eq!(vault.read(&name("github")).unwrap_err(), VaultError::Missing);
    vault.write(&name("github"), &credential("first")).unwrap();
    vault.write(&name("gitlab"), &credential(&"x".repeat(1280))).unwrap();
    vault.write(&name("github"), &credential("second")).unwrap();
    drop(vault);

    let vault = reopen(&fixture).unwrap();
    assert_eq!(vault.read(&name("github")).unwrap().expose(), "second");
    assert_eq!(vault.read(&name("gitlab")).unwrap().expose().len(), 1280);
    vault.erase(&name("github")).unwrap();
    vault.erase(&name("github")).unwrap();
    drop(vault);
    assert_eq!(reopen(&fixture).unwrap().read(&name("github")).unwrap_err(), VaultError::Missing);
}

#[test]
fn no_secret_and_no_service_name_is_in_the_file_nor_beside_it() {
    let fixture = fixture();
    let vault = create(&fixture);
    vault.write(&name("canary-service"), &credential("canary-secret")).unwrap();
    let files: Vec<_> =
        fs::read_dir(fixture.directory.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files, std::slice::from_ref(&fixture.path));
    let sealed = fs::read(&fixture.path).unwrap();
    assert!(!sealed.windows(6).any(|bytes| bytes == b"canary"));
    assert!(!format!("{vault:?}").contains("canary"));
}

#[test]
fn another_passphrase_does_not_open_it() {
    let fixture = fixture();
    drop(create(&fixture));
    for wrong in ["", "correct horse", "correct horse battery "] {
        assert_eq!(File::open(&fixture.path, wrong.into()).unwrap_err(), VaultError::WrongPassphrase);
    }
}

#[test]
fn flipped_and_missing_bytes_are_noticed_wherever_they_are() {
    let fixture = fixture();
    create(&fixture).write(&name("github"), &credential("secret")).unwrap();
    let sound = fs::read(&fixture.path).unwrap();
    let passphrase_part = sound.windows(4).position(|bytes| bytes == b"--- ").unwrap();
    // Not at every byte: each try costs what `age` takes to measure the machine.
    for at in (0..sound.len()).step_by(5) {
        let mut flipped = sound.clone();
        flipped[at] ^= 1;
        fs::write(&fixture.path, &flipped).unwrap();
        let error = reopen(&fixture).unwrap_err();
        // In the salt or the wrapped key, damage can't be told from a wrong passphrase.
        let told =
            error == VaultError::Damaged || (at < passphrase_part && error == VaultError::WrongPassphrase);
        assert!(told, "{error:?} at {at}");

        fs::write(&fixture.path, &sound[..at]).unwrap();
        assert_eq!(reopen(&fixture).unwrap_err(), VaultError::Damaged, "cut at {at}");
    }
    fs::write(&fixture.path, [&sound[..], b"x"].concat()).unwrap();
    assert_eq!(reopen(&fixture).unwrap_err(), VaultError::Damaged);
    fs::write(&fixture.path, &sound).unwrap();
    assert_eq!(reopen(&fixture).unwrap().read(&name("github")).unwrap().expose(), "secret");
}

#[test]
fn nothing_is_overwritten_by_creating() {
    let fixture = fixture();
    fs::write(&fixture.path, "precious").unwrap();
    assert_eq!(File::create(&fixture.path, passphrase()).unwrap_err(), VaultError::Io);
    assert_eq!(fs::read_to_string(&fixture.path).unwrap(), "precious");
}

#[test]
fn a_failed_change_changes_nothing_and_the_next_one_works() {
    let fixture = fixture();
    let vault = create(&fixture);
    vault.write(&name("github"), &credential("kept")).unwrap();
    let in_the_way = fixture.directory.path().join("vault.age.new");
    fs::create_dir(&in_the_way).unwrap();
    assert_eq!(vault.write(&name("github"), &credential("lost")), Err(VaultError::Io));
    assert_eq!(vault.erase(&name("github")), Err(VaultError::Io));
    assert_eq!(vault.read(&name("github")).unwrap().expose(), "kept");
    assert_eq!(reopen(&fixture).unwrap().read(&name("github")).unwrap().expose(), "kept");

    fs::remove_dir(&in_the_way).unwrap();
    fs::write(&in_the_way, "left over from a crash").unwrap();
    vault.write(&name("github"), &credential("new")).unwrap();
    assert_eq!(reopen(&fixture).unwrap().read(&name("github")).unwrap().expose(), "new");
}

#[test]
fn a_file_that_is_not_there_is_an_io_failure() {
    assert_eq!(reopen(&fixture()).unwrap_err(), VaultError::Io);
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_the_owner_may_use_the_file() {
        let fixture = fixture();
        let vault = create(&fixture);
        vault.write(&name("github"), &credential("secret")).unwrap();
        assert_eq!(fs::metadata(&fixture.path).unwrap().permissions().mode() & 0o777, 0o600);
        for looser in [0o640, 0o604, 0o660] {
            fs::set_permissions(&fixture.path, fs::Permissions::from_mode(looser)).unwrap();
            assert_eq!(reopen(&fixture).unwrap_err(), VaultError::Io);
        }
    }

    #[test]
    fn a_symbolic_link_is_neither_opened_nor_created_through_nor_replaced() {
        let fixture = fixture();
        let vault = create(&fixture);
        let elsewhere = fixture.directory.path().join("elsewhere");
        fs::rename(&fixture.path, &elsewhere).unwrap();
        symlink(&elsewhere, &fixture.path).unwrap();
        let before = fs::read(&elsewhere).unwrap();
        assert_eq!(reopen(&fixture).unwrap_err(), VaultError::Io);
        assert_eq!(File::create(&fixture.path, passphrase()).unwrap_err(), VaultError::Io);
        assert_eq!(vault.write(&name("github"), &credential("secret")), Err(VaultError::Io));
        assert_eq!(fs::read(&elsewhere).unwrap(), before);

        fs::remove_file(&elsewhere).unwrap();
        assert_eq!(File::create(&fixture.path, passphrase()).unwrap_err(), VaultError::Io);
    }

    #[test]
    fn a_named_pipe_is_refused_without_waiting() {
        let fixture = fixture();
        let made = std::process::Command::new("mkfifo").arg("-m600").arg(&fixture.path).status().unwrap();
        assert!(made.success());
        assert_eq!(reopen(&fixture).unwrap_err(), VaultError::Io);
    }
}
