//! The tray's menu as a value: what it says and offers in which state.
//!
//! [`menu`] is a pure function from what the host knows to a [`Menu`] that can be compared, so that the tray is
//! redrawn only where it would look different, and tested without a panel. This crate is *not* the drawing: the shell
//! does that, and it runs the [`Action`] that was chosen.
//!
//! The invariant it upholds: nothing is revoked by one click. Every item that revokes lies in a submenu whose
//! title names what goes.
//!
//! ```
//! use valetkey_tray::Action;
//!
//! let action = Action::Revoke { token: "3fK9x2Qa".to_owned() };
//! assert_eq!(Action::from_id(&action.id()), Some(action));
//! ```

mod action;
mod menu;
mod words;

pub use action::{Action, Place};
pub use menu::{Icon, Item, Menu, State, menu};
