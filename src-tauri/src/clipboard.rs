#[cfg_attr(target_os = "linux", path = "clipboard/linux.rs")]
#[cfg_attr(target_os = "macos", path = "clipboard/macos.rs")]
#[cfg_attr(windows, path = "clipboard/windows.rs")]
mod concealed;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use valetkey_wire::{Code, Error, SecretText};

/// How long a secret stays on the clipboard.
const STAY: Duration = Duration::from_secs(30);

/// The clipboard as far as this program put something on it.
#[derive(Clone, Default)]
pub(crate) struct Clipboard {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// Opened with the first secret and kept: on Linux what was copied lives as long as this does.
    desktop: Option<arboard::Clipboard>,
    ours: Option<SecretText>,
    /// Counts the copies, so that an earlier one's time does not end a later one.
    copies: u64,
}

impl Clipboard {
    /// Copies a secret, kept out of the clipboard's history where the platform can, and takes it off again after a while.
    pub(crate) async fn copy(&self, text: SecretText) -> Result<(), Error> {
        let copied = self.blocking(move |inner| inner.copy(text)).await?;
        let number = copied.map_err(|error| {
            Error::new(Code::Internal, format!("The clipboard did not take it: {error}"))
                .with_hint("Show the token and copy it by hand.")
        })?;
        let clipboard = self.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(STAY).await;
            // The next copy has its own time; a failure leaves nothing that could be done.
            let _ = clipboard.blocking(move |inner| inner.clear(Some(number))).await;
        });
        Ok(())
    }

    /// Takes off what is still ours.
    pub(crate) async fn clear(&self) {
        // At the end of the program there is nobody left to tell.
        let _ = self.blocking(|inner| inner.clear(None)).await;
    }

    /// The clipboard's owner may be slow to answer: another program, asked through the desktop.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Inner) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let clipboard = self.clone();
        tauri::async_runtime::spawn_blocking(move || work(&mut clipboard.lock()))
            .await
            .map_err(|_| Error::new(Code::Internal, "The clipboard failed."))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn copy(&mut self, text: SecretText) -> Result<u64, arboard::Error> {
        let desktop = match &mut self.desktop {
            Some(desktop) => desktop,
            None => self.desktop.insert(arboard::Clipboard::new()?),
        };
        concealed::concealed(desktop.set()).text(text.expose())?;
        self.ours = Some(text);
        self.copies += 1;
        Ok(self.copies)
    }

    /// Clears if what is there is what was copied, and no later copy has its own time to stay.
    fn clear(&mut self, copy: Option<u64>) {
        if copy.is_some_and(|number| number != self.copies) {
            return;
        }
        let (Some(desktop), Some(ours)) = (&mut self.desktop, self.ours.take()) else { return };
        if desktop.get_text().is_ok_and(|there| there == ours.expose()) {
            // If the desktop refuses, the secret stays until something else is copied; the window said how long it would.
            let _ = desktop.clear();
        }
    }
}
