use std::io::Write;

/// From here on a panic says where it happened and nothing of what was in memory. Call it first in a program that
/// serves.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "a thread of this program ended early at {place}");
    }));
}
