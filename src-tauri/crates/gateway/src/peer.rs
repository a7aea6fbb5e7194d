//! Who is at the other end of the Unix socket, as far as the OS says.

#[cfg(target_os = "linux")]
#[path = "peer/linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "peer/other.rs"]
mod platform;

use crate::worker::CallerProcess;

/// This process's user.
pub(crate) fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The process with this number.
pub(crate) fn process(pid: i32) -> Option<CallerProcess> {
    let pid = u32::try_from(pid).ok()?;
    Some(CallerProcess { pid, program: platform::program(pid).unwrap_or_default() })
}
