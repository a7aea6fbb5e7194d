use tauri::{State, command};
use valetkey_host::Host;
use valetkey_wire::{Error, SecretText, Settings, SettingsChange, Status};

#[command(rename_all = "snake_case")]
pub(crate) async fn status(host: State<'_, Host>) -> Result<Status, Error> {
    Ok(host.status().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn pause(host: State<'_, Host>, millis: Option<u64>) -> Result<Status, Error> {
    host.pause(millis).await?;
    Ok(host.status().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn resume(host: State<'_, Host>) -> Result<Status, Error> {
    host.resume().await;
    Ok(host.status().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn lock(host: State<'_, Host>) -> Result<Status, Error> {
    host.lock().await;
    Ok(host.status().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn unlock(host: State<'_, Host>, passphrase: Option<SecretText>) -> Result<Status, Error> {
    host.unlock(passphrase).await?;
    Ok(host.status().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn settings(host: State<'_, Host>) -> Result<Settings, Error> {
    Ok(host.settings().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn change_settings(
    host: State<'_, Host>,
    change: SettingsChange,
) -> Result<Settings, Error> {
    host.change_settings(change).await
}
