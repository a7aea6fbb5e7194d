//! What differs between operating systems: who may enter a directory, how a terminal reaches the running program,
//! what keeps secrets out of core dumps, and who has a port.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{
    Listener, Stream, connect, create_private_directory, gateway_socket, harden, judge_private, private,
};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::{
    Listener, Stream, connect, create_private_directory, gateway_socket, harden, judge_private, private,
};

#[cfg(target_os = "linux")]
mod port_linux;
#[cfg(target_os = "linux")]
pub(crate) use port_linux::program_on_port;

/// Only Linux tells without a privilege or another program's help.
#[cfg(not(target_os = "linux"))]
pub(crate) fn program_on_port(_port: u16) -> Option<String> {
    None
}
