//! Opens a profile and runs everything: one handle for window, tray and terminal.
