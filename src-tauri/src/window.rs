use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, EventTarget, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use valetkey_host::Host;
use valetkey_tray::Place;
use valetkey_wire::{Code, Error};

use crate::confirmation::report;
use crate::pulse::Pulse;

/// The one window; its capability is bound to this label.
pub(crate) const LABEL: &str = "main";

/// Opens the window there, or brings it forward. Closing it gives its memory back, so it is made anew each time.
///
/// Until the profile is open nothing happens: the start opens the window itself.
pub(crate) fn show(app: &AppHandle, place: Place) {
    if app.try_state::<Host>().is_none() {
        return;
    }
    let app = app.clone();
    // Not from the event loop: building a window there waits for itself on Windows.
    tauri::async_runtime::spawn(async move {
        let shown = match app.get_webview_window(LABEL) {
            Some(window) => forward(&app, &window, place),
            None => open(&app, place),
        };
        if let Err(error) = shown {
            let error = Error::new(Code::Internal, error.to_string());
            report(&app, "The window can't be opened", &error, || ());
        }
    });
}

/// Keeps what the window shows out of screenshots and recordings until it is closed, where the platform can: it has been
/// handed a secret.
pub(crate) fn shield(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // Not being able to is no reason to withhold the token that was just created.
        let _ = window.set_content_protected(true);
    }
}

/// Tells the window what changed, as long as the host lives.
pub(crate) async fn follow(app: AppHandle, mut pulse: Pulse) {
    while let Some(events) = pulse.next().await {
        for event in events {
            // Without a window there is nobody to tell: it reads everything when it opens.
            let _ = app.emit_to(EventTarget::webview_window(LABEL), "changed", event);
        }
    }
}

fn forward(app: &AppHandle, window: &WebviewWindow, place: Place) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()?;
    if place == Place::Tokens {
        // It stays where it was.
        return Ok(());
    }
    app.emit_to(EventTarget::webview_window(LABEL), "navigate", place.as_str())
}

fn open(app: &AppHandle, place: Place) -> tauri::Result<()> {
    let mut config = app.config().app.windows.first().cloned().unwrap_or_default();
    // A page that is still loading hears no event; the fragment waits for it.
    config.url = WebviewUrl::App(format!("index.html#{}", place.as_str()).into());
    WebviewWindowBuilder::from_config(app, &config)?
        .general_autofill_enabled(false)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
    Ok(())
}

/// Whether this is a page of the program itself.
fn is_own(url: &Url) -> bool {
    let origin = (url.scheme(), url.host_str(), url.port());
    let built = if cfg!(windows) {
        origin == ("http", Some("tauri.localhost"), None)
    } else {
        origin == ("tauri", Some("localhost"), None)
    };
    built || (tauri::is_dev() && origin == ("http", Some("localhost"), Some(5173)))
}
