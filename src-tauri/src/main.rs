//! The desktop program. Everything it does is in its library.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() {
    valetkey_lib::run();
}
