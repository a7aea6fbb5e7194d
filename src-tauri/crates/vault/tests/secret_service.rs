//! The keychain against the real Secret Service: gnome-keyring on a private bus, with a home of its own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what fails here fails a test, and says where")]

#[path = "secret_service/session.rs"]
mod session;

use std::{
    fs,
    time::{Duration, Instant},
};

use secret_service::{EncryptionType, blocking::SecretService};
use valetkey_core::{
    ports::{Vault, VaultError},
    secret::{CredentialError, MasterCredential},
    service::ServiceName,
};
use valetkey_vault::{Keychain, ProfileId};

use session::Session;

fn keychain(profile: &str) -> Keychain {
    Keychain::open(&ProfileId::parse(profile).unwrap())
}

fn impatient(profile: &str) -> Keychain {
    Keychain::with_limit(&ProfileId::parse(profile).unwrap(), Duration::from_millis(300))
}

fn name(text: &str) -> ServiceName {
    ServiceName::parse(text).unwrap()
}

fn credential(text: &str) -> MasterCredential {
    MasterCredential::parse(text).unwrap()
}

/// Runs `call` and sees to it that it took no longer than `limit`.
fn within<T>(limit: Duration, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let outcome = call();
    assert!(start.elapsed() <= limit, "it took {:?}", start.elapsed());
    outcome
}

fn lock_the_default_collection() {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    service.get_default_collection().unwrap().lock().unwrap();
}

/// The threads that calls to the keychain occupy.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "keychain").count()
}

fn wait_until_no_call_is_under_way() {
    let start = Instant::now();
    while threads() > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "{} calls never ended", threads());
        std::thread::yield_now();
    }
}

#[test]
fn a_credential_is_written_read_replaced_and_erased_and_secret_tool_sees_it() {
    Session::run("a_credential_is_written_read_replaced_and_erased_and_secret_tool_sees_it", |session| {
        session.start_bus();
        session.start_keyring();
        let vault = keychain("work");
        assert_eq!(vault.read(&name("github")).unwrap_err(), VaultError::Missing);
        for secret in ["ghp_first", "ghp_second"] {
            vault.write(&name("github"), &credential(secret)).unwrap();
            assert_eq!(vault.read(&name("github")).unwrap().expose(), secret);
            let attributes = ["service", "valetkey:work", "username", "github"];
            assert_eq!(session.secret_tool("lookup", &attributes), secret);
            assert!(session.secret_tool("search", &attributes).contains("label = Valet Key: github"));
        }
        vault.erase(&name("github")).unwrap();
        vault.erase(&name("github")).unwrap();
        assert_eq!(vault.read(&name("github")).unwrap_err(), VaultError::Missing);
    });
}

#[test]
fn two_profiles_do_not_see_each_others_entries() {
    Session::run("two_profiles_do_not_see_each_others_entries", |session| {
        session.start_bus();
        session.start_keyring();
        let (work, home) = (keychain("work"), keychain("home"));
        work.write(&name("github"), &credential("of-work")).unwrap();
        assert_eq!(home.read(&name("github")).unwrap_err(), VaultError::Missing);
        home.write(&name("github"), &credential("of-home")).unwrap();
        home.erase(&name("gitlab")).unwrap();
        assert_eq!(work.read(&name("github")).unwrap().expose(), "of-work");
        work.erase(&name("github")).unwrap();
        assert_eq!(home.read(&name("github")).unwrap().expose(), "of-home");
    });
}

#[test]
fn a_locked_keychain_says_so_without_hanging_and_works_again_once_unlocked() {
    Session::run("a_locked_keychain_says_so_without_hanging_and_works_again_once_unlocked", |session| {
        session.start_bus();
        session.start_keyring();
        let vault = keychain("work");
        vault.write(&name("github"), &credential("kept")).unwrap();
        lock_the_default_collection();

        let at_once = Duration::from_secs(1);
        assert_eq!(within(at_once, || vault.read(&name("github"))).unwrap_err(), VaultError::Locked);
        assert_eq!(within(at_once, || vault.read(&name("other"))).unwrap_err(), VaultError::Locked);
        let limit = Duration::from_millis(3500);
        let locked = [Err(VaultError::Locked), Err(VaultError::Slow)];
        assert!(locked.contains(&within(limit, || vault.write(&name("github"), &credential("lost")))));
        assert!(locked.contains(&within(limit, || vault.write(&name("new"), &credential("lost")))));
        assert!(locked.contains(&within(limit, || vault.erase(&name("github")))));

        session.stop_keyring();
        session.start_keyring();
        assert_eq!(vault.read(&name("github")).unwrap().expose(), "kept");
        assert_eq!(vault.read(&name("new")).unwrap_err(), VaultError::Missing);
        vault.write(&name("new"), &credential("written")).unwrap();
        assert_eq!(vault.read(&name("new")).unwrap().expose(), "written");
    });
}

#[test]
fn an_absent_keychain_is_unavailable_and_found_when_it_appears() {
    Session::run("an_absent_keychain_is_unavailable_and_found_when_it_appears", |session| {
        let vault = keychain("work");
        let fails = |when: &str| {
            let at_once = Duration::from_secs(1);
            let read = within(at_once, || vault.read(&name("github"))).unwrap_err();
            let written = within(at_once, || vault.write(&name("github"), &credential("lost"))).unwrap_err();
            let erased = within(at_once, || vault.erase(&name("github"))).unwrap_err();
            assert_eq!([read, written, erased], [VaultError::Unavailable; 3], "{when}");
        };
        fails("without a bus");
        session.start_bus();
        fails("on a bus without a Secret Service");
        session.start_keyring_without_collection();
        fails("with a Secret Service that has nowhere to keep anything");
        session.stop_keyring();
        session.start_keyring();
        vault.write(&name("github"), &credential("written")).unwrap();
        session.stop_keyring();
        fails("after the Secret Service has gone");
        session.start_keyring();
        assert_eq!(vault.read(&name("github")).unwrap().expose(), "written");
    });
}

#[test]
fn the_longest_credential_fits_and_a_longer_one_is_refused() {
    Session::run("the_longest_credential_fits_and_a_longer_one_is_refused", |session| {
        session.start_bus();
        session.start_keyring();
        let vault = keychain("work");
        let longest = "x".repeat(1280);
        vault.write(&name("github"), &credential(&longest)).unwrap();
        assert_eq!(vault.read(&name("github")).unwrap().expose(), longest);
        assert_eq!(MasterCredential::parse(&"x".repeat(1281)).unwrap_err(), CredentialError::TooLong);
    });
}

#[test]
fn a_stuck_keychain_is_slow_costs_few_threads_and_works_again() {
    Session::run("a_stuck_keychain_is_slow_costs_few_threads_and_works_again", |session| {
        session.start_bus();
        session.start_keyring();
        let vault = impatient("work");
        vault.write(&name("github"), &credential("kept")).unwrap();
        session.freeze_keyring();
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    let outcome = within(Duration::from_secs(1), || vault.read(&name("github")));
                    assert_eq!(outcome.unwrap_err(), VaultError::Slow);
                });
            }
        });
        assert!((1..=4).contains(&threads()), "{} threads", threads());
        session.thaw_keyring();
        wait_until_no_call_is_under_way();
        assert_eq!(vault.read(&name("github")).unwrap().expose(), "kept");
    });
}

#[test]
fn what_failed_as_slow_is_not_written_later() {
    Session::run("what_failed_as_slow_is_not_written_later", |session| {
        session.start_bus();
        session.start_keyring();
        let vault = impatient("work");
        vault.write(&name("github"), &credential("kept")).unwrap();
        session.freeze_keyring();
        assert_eq!(vault.write(&name("github"), &credential("too late")), Err(VaultError::Slow));
        assert_eq!(vault.erase(&name("github")), Err(VaultError::Slow));
        session.thaw_keyring();
        wait_until_no_call_is_under_way();
        assert_eq!(vault.read(&name("github")).unwrap().expose(), "kept");
    });
}

#[test]
fn it_may_be_called_and_dropped_on_a_worker_of_an_asynchronous_runtime() {
    Session::run("it_may_be_called_and_dropped_on_a_worker_of_an_asynchronous_runtime", |session| {
        session.start_bus();
        session.start_keyring();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let task = runtime.spawn(async {
            let vault = keychain("work");
            vault.write(&name("github"), &credential("secret")).unwrap();
            vault.read(&name("github")).unwrap().expose().to_owned()
        });
        assert_eq!(runtime.block_on(task).unwrap(), "secret");
    });
}
