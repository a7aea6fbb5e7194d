use std::path::PathBuf;
use std::time::Duration;

use tauri::{AppHandle, Manager};
use valetkey_host::{Host, Options, Profile, Serve, VaultChoice};
use valetkey_tray::Place;
use valetkey_wire::Error;

use crate::clipboard::Clipboard;
use crate::confirmation::report;
use crate::pulse::Pulse;
use crate::{end, tray, window};

/// Fast enough to look immediate, slow enough that a busy gateway does not keep the window drawing.
const WINDOW_GAP: Duration = Duration::from_millis(100);
/// The tray reads every token for each menu, so it follows a busy gateway at more distance.
const TRAY_GAP: Duration = Duration::from_millis(500);

/// Opens the profile, then tray and window. The event loop goes on meanwhile: a keychain may ask the owner something first.
pub(crate) fn begin(app: &AppHandle, first: Option<Place>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match open_profile().await {
            Ok(host) => go(&app, &host, first),
            Err(error) => {
                let quit = app.clone();
                report(&app, "Valet Key can't start", &error, move || quit.exit(1));
            }
        }
    });
}

fn go(app: &AppHandle, host: &Host, first: Option<Place>) {
    app.manage(Clipboard::default());
    app.manage(host.clone());
    end::on_signal(app);
    tauri::async_runtime::spawn(window::follow(app.clone(), Pulse::new(host.events(), WINDOW_GAP)));
    tauri::async_runtime::spawn(tray::follow(app.clone(), host.clone(), Pulse::new(host.events(), TRAY_GAP)));
    if let Some(place) = first {
        window::show(app, place);
    }
}

/// The profile that the environment names, or the platform's; created at the first start.
async fn open_profile() -> Result<Host, Error> {
    let profile = Profile::locate(std::env::var_os("VALETKEY_PROFILE").map(PathBuf::from))?;
    if !profile.exists() {
        profile.create(VaultChoice::Keychain)?;
    }
    let options = Options { serve: Serve::Gateway, ..Options::default() };
    Host::open(&profile, options).await
}
