//! A test in a network of its own, where every port is free and the names are ours: for clients that know hosts and no ports, and
//! for those that ask the system where a name below `localhost` is.

use std::process::Command;

/// Tells the inner run from the outer one.
const INSIDE: &str = "VALETKEY_TEST_OWN_NETWORK";

/// Names below `localhost` are this machine to many a system's resolver, but not to each.
const ALONE: &str = "ip link set lo up && mount -t tmpfs names /mnt && \
     echo 127.0.0.1 localhost registry.localhost > /mnt/hosts && mount --bind /mnt/hosts /etc/hosts && exec \"$0\" \"$@\"";

/// Runs the test called `name` once more, in a new network namespace with nothing but loopback. `true` in that inner run, which is to
/// do the work; `false` in the outer one once the inner has passed.
#[track_caller]
pub(crate) fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount", "sh", "-c", ALONE])
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
