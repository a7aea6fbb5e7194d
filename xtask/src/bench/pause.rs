use std::time::Duration;

/// Lets time pass, where that is what is measured: idleness, or the middle of a round.
#[expect(clippy::disallowed_methods, reason = "there is no event to wait for")]
pub(super) fn pause(time: Duration) {
    std::thread::sleep(time);
}
