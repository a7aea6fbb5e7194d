#[cfg_attr(unix, path = "end/unix.rs")]
#[cfg_attr(windows, path = "end/windows.rs")]
mod signal;

use std::time::Duration;

use tauri::{AppHandle, Manager};
use valetkey_host::Host;

use crate::clipboard::Clipboard;

/// The desktop kills programs that take longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What must not outlive the program: a secret on the clipboard, open records, sockets. Tauri drops no state at its end.
pub(crate) fn clean_up(app: &AppHandle) {
    let clipboard = app.try_state::<Clipboard>();
    let host = app.try_state::<Host>();
    tauri::async_runtime::block_on(async {
        let all = async {
            if let Some(clipboard) = clipboard {
                clipboard.clear().await;
            }
            if let Some(host) = host {
                host.shut_down().await;
            }
        };
        // What is not done by then is what the next start expects after a power cut.
        let _ = tokio::time::timeout(PATIENCE, all).await;
    });
}

/// Quits as from the tray when the system asks the program to end.
pub(crate) fn on_signal(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if signal::asked_to_end().await.is_ok() {
            app.exit(0);
        }
    });
}
