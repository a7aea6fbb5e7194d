use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogBuilder, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;
use valetkey_confirm::{Confirmer, Question};
use valetkey_wire::Error;

use crate::window;

/// Asks in a dialog of the desktop, which the page in the window can neither see nor press.
pub(crate) struct Native {
    app: AppHandle,
}

impl Native {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self { app }
    }
}

impl Confirmer for Native {
    async fn ask(&self, question: Question) -> bool {
        let (answer, answered) = oneshot::channel();
        dialog(&self.app, &question.title, question.text)
            .kind(MessageDialogKind::Warning)
            .buttons(MessageDialogButtons::OkCancelCustom(question.yes, "Cancel".to_owned()))
            .show(move |yes| {
                // Nobody listens any more where the window that asked is gone; then nothing is done either.
                let _ = answer.send(yes);
            });
        answered.await.unwrap_or(false)
    }
}

/// Says that something could not be done, where there may be no window to say it in.
pub(crate) fn report(app: &AppHandle, title: &str, error: &Error, then: impl FnOnce() + Send + 'static) {
    let text = match &error.hint {
        Some(hint) => format!("{}\n\n{}", sentence(&error.message), sentence(hint)),
        None => sentence(&error.message),
    };
    dialog(app, title, text).kind(MessageDialogKind::Error).show(move |_| then());
}

/// A message may stand in the middle of a line of a terminal; here it stands alone.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let mut sentence: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(rest.as_str());
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

fn dialog(app: &AppHandle, title: &str, text: String) -> MessageDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().message(text).title(title);
    match app.get_webview_window(window::LABEL) {
        Some(parent) => dialog.parent(&parent),
        None => dialog,
    }
}
