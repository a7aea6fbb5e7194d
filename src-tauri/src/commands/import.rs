use tauri::{AppHandle, command};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;
use valetkey_confirm::{confirmed, fetching};
use valetkey_host::ApiDocument;
use valetkey_wire::{Code, Error, ImportOptions, ImportedApi};

use crate::confirmation::Native;

/// The page learns what is in the file that the owner chose, and never where it is, nor of any other.
#[command(rename_all = "snake_case")]
pub(crate) async fn choose_api_document(
    app: AppHandle,
    options: ImportOptions,
) -> Result<Option<ImportedApi>, Error> {
    let (answer, answered) = oneshot::channel();
    let dialog = app.dialog().file().set_title("Choose an OpenAPI document");
    dialog.add_filter("OpenAPI and Swagger", &["json", "yaml", "yml"]).pick_file(move |chosen| {
        // Nobody listens any more where the window that asked is gone.
        let _ = answer.send(chosen);
    });
    let Some(chosen) = answered.await.ok().flatten() else { return Ok(None) };
    let path =
        chosen.into_path().map_err(|_| Error::new(Code::Invalid, "That is not a file on this machine."))?;
    ApiDocument::read(&path).await?.import(options).await.map(Some)
}

/// A URL can carry what the page knows to whoever answers there, so the owner sees it first.
#[command(rename_all = "snake_case")]
pub(crate) async fn fetch_api_document(
    app: AppHandle,
    url: String,
    options: ImportOptions,
) -> Result<ImportedApi, Error> {
    confirmed(&Native::new(app), Some(fetching(&url)?)).await?;
    ApiDocument::fetch(&url, &mut |_| ()).await?.import(options).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn read_api_document(text: String, options: ImportOptions) -> Result<ImportedApi, Error> {
    ApiDocument::new(text).import(options).await
}
