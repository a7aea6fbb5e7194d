//! A test in a network of its own, where every port is free: for clients that know hosts and no ports.

use std::process::Command;

/// Tells the inner run from the outer one.
const INSIDE: &str = "VALETKEY_TEST_OWN_NETWORK";

/// Runs the test called `name` once more, in a new network namespace with nothing but loopback. `true` in that inner run, which is to
/// do the work; `false` in the outer one once the inner has passed.
#[track_caller]
pub(crate) fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).contains("1 passed"), "no test is called {name}");
    false
}
