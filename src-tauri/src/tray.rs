use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tauri::image::Image;
use tauri::include_image;
use tauri::menu::{IsMenuItem, MenuBuilder, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};
use tokio::time::{MissedTickBehavior, interval};
use valetkey_host::Host;
use valetkey_tray::{Action, Icon, Item, Menu, State, menu};
use valetkey_wire::{ActivityFilter, Code, Error};

use crate::confirmation::report;
use crate::pulse::Pulse;
use crate::window;

/// Refusals that are read for the menu.
const REFUSALS: u32 = 5;
/// How often "2 min ago" grows older.
const AGEING: Duration = Duration::from_mins(1);

/// Shows the tray and draws it anew whenever it would look different, as long as the host lives.
pub(crate) async fn follow(app: AppHandle, host: Host, mut pulse: Pulse) {
    let mut drawn: Option<(TrayIcon, Menu)> = None;
    let mut older = interval(AGEING);
    older.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            beat = pulse.next() => if beat.is_none() { return },
            _ = older.tick() => {}
        }
        let now = wanted(&host).await;
        let redrawn = match drawn.take() {
            Some((icon, before)) if before == now => Ok((icon, now)),
            Some((icon, before)) => redraw(&app, &icon, &before, &now).map(|()| (icon, now)),
            None => draw(&app, &now).map(|icon| (icon, now)),
        };
        match redrawn {
            Ok(shown) => drawn = Some(shown),
            Err(error) => {
                let error = Error::new(Code::Internal, error.to_string())
                    .with_hint("The window and the gateway work without it.");
                report(&app, "The tray icon can't be shown", &error, || ());
                return;
            }
        }
    }
}

/// What the tray should look like now. What can't be read is left out: the window says why.
async fn wanted(host: &Host) -> Menu {
    let status = host.status().await;
    let tokens = host.tokens().await.unwrap_or_default();
    let filter = ActivityFilter { denied: true, limit: Some(REFUSALS), ..ActivityFilter::default() };
    let refusals = host.activity(filter).await.unwrap_or_default();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    menu(&State { status: &status, tokens: &tokens, refusals: &refusals, now })
}

fn draw(app: &AppHandle, menu: &Menu) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::with_id("tray")
        .icon(picture(menu.icon))
        // The pictures are one colour with holes, as macOS wants them to be able to tint them.
        .icon_as_template(true)
        .tooltip(&menu.tooltip)
        .menu(&filled(app, &menu.items)?)
        .show_menu_on_left_click(true)
        .on_menu_event(|app, event| {
            if let Some(action) = Action::from_id(event.id().as_ref()) {
                run(app, action);
            }
        })
        .build(app)
}

fn redraw(app: &AppHandle, tray: &TrayIcon, before: &Menu, now: &Menu) -> tauri::Result<()> {
    if before.icon != now.icon {
        tray.set_icon_with_as_template(Some(picture(now.icon)), true)?;
    }
    if before.tooltip != now.tooltip {
        tray.set_tooltip(Some(&now.tooltip))?;
    }
    if before.items != now.items {
        tray.set_menu(Some(filled(app, &now.items)?))?;
    }
    Ok(())
}

fn picture(icon: Icon) -> Image<'static> {
    match icon {
        Icon::On => include_image!("src-tauri/icons/tray/on.png"),
        Icon::Paused => include_image!("src-tauri/icons/tray/paused.png"),
        Icon::Locked => include_image!("src-tauri/icons/tray/locked.png"),
        Icon::Attention => include_image!("src-tauri/icons/tray/attention.png"),
    }
}

fn filled(app: &AppHandle, items: &[Item]) -> tauri::Result<tauri::menu::Menu<Wry>> {
    let mut builder = MenuBuilder::new(app);
    for item in items {
        builder = builder.item(&*made(app, item)?);
    }
    builder.build()
}

fn made(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match item {
        Item::Line => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Note(text) => Box::new(MenuItem::new(app, literal(text), false, None::<&str>)?),
        Item::Do { label, action } => {
            Box::new(MenuItem::with_id(app, action.id(), literal(label), true, None::<&str>)?)
        }
        Item::Under { label, items } => {
            let submenu = Submenu::new(app, literal(label), true)?;
            for item in items {
                submenu.append(&*made(app, item)?)?;
            }
            Box::new(submenu)
        }
    })
}

/// In a label of a menu `&` underlines the next character.
fn literal(label: &str) -> String {
    label.replace('&', "&&")
}

fn run(app: &AppHandle, action: Action) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = done(&app, action).await {
            report(&app, "Valet Key", &error, || ());
        }
    });
}

async fn done(app: &AppHandle, action: Action) -> Result<(), Error> {
    use tauri::Manager as _;

    // The tray is there only once the host is.
    let host = app.state::<Host>();
    match action {
        Action::Revoke { token } => drop(host.revoke_tokens(&[token]).await?),
        Action::RevokeAll => drop(host.revoke_all_tokens().await?),
        Action::Pause { minutes } => host.pause(minutes.map(|minutes| u64::from(minutes) * 60_000)).await?,
        Action::Resume => host.resume().await,
        Action::Lock => host.lock().await,
        Action::Unlock => host.unlock(None).await?,
        Action::Show(place) => window::show(app, place),
        Action::Quit => app.exit(0),
    }
    Ok(())
}
