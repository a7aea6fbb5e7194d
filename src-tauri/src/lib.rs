//! The desktop shell: one window, the tray, and what the desktop calls for.
//!
//! It owns no truth and decides nothing about tokens: every command of the window and every item of the tray is one call of the
//! host. It is *not* needed for any promise of the gateway, which runs in the same process and goes on
//! when the window is closed.
//!
//! The invariant it upholds: what a script in the window could misuse is asked of the owner outside the window
//! (see `valetkey-confirm`), and the window reaches nothing but the commands that its capability lists.

mod clipboard;
mod commands;
mod confirmation;
mod end;
mod pulse;
mod start;
mod tray;
mod window;

use tauri::RunEvent;
use valetkey_tray::Place;

/// With this argument the program starts in the tray, without a window.
const HIDDEN: &str = "--hidden";

/// Runs until the owner quits. Does not return.
///
/// # Panics
///
/// Where the desktop gives no windows at all: then there is nowhere to say so but the terminal.
pub fn run() {
    valetkey_host::quiet_panics();
    let first =
        if std::env::args_os().any(|argument| argument == HIDDEN) { None } else { Some(Place::Tokens) };
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _directory| {
            if !arguments.iter().any(|argument| argument == HIDDEN) {
                window::show(app, Place::Tokens);
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(tauri::generate_handler![
            commands::gateway::status,
            commands::gateway::pause,
            commands::gateway::resume,
            commands::gateway::lock,
            commands::gateway::unlock,
            commands::gateway::settings,
            commands::gateway::change_settings,
            commands::services::service_kinds,
            commands::services::services,
            commands::services::add_service,
            commands::services::check_service,
            commands::import::choose_api_document,
            commands::import::fetch_api_document,
            commands::import::read_api_document,
            commands::services::declare_rights,
            commands::services::replace_credential,
            commands::services::remove_service,
            commands::services::permissions,
            commands::services::search_contexts,
            commands::services::read_scope_string,
            commands::tokens::tokens,
            commands::tokens::create_token,
            commands::tokens::update_token,
            commands::tokens::replace_token,
            commands::tokens::disable_token,
            commands::tokens::enable_token,
            commands::tokens::revoke_tokens,
            commands::tokens::revoke_all_tokens,
            commands::tokens::copy_secret,
            commands::activity::explain,
            commands::activity::try_scope,
            commands::activity::activity,
            commands::activity::suggest_token,
        ])
        .setup(move |app| {
            start::begin(app.handle(), first);
            Ok(())
        })
        .build(tauri::generate_context!("tauri.conf.json"))
        .expect("the desktop gives windows")
        .run(|app, event| {
            if let RunEvent::ExitRequested { code: None, api, .. } = &event {
                // The last window was closed; gateway and tray go on.
                api.prevent_exit();
            }
            if matches!(event, RunEvent::Exit) {
                end::clean_up(app);
            }
        });
}
