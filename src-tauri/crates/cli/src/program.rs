//! This program among others: what ends it, and how it becomes another.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{EndSignal, become_program};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::{EndSignal, become_program};
