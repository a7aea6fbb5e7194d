use tauri::{AppHandle, State, command};
use valetkey_confirm::{confirmed, creating, widening};
use valetkey_host::Host;
use valetkey_wire::{Code, Error, NewSecret, NewToken, SecretText, TokenChange, TokenRow};

use crate::clipboard::Clipboard;
use crate::confirmation::Native;
use crate::window;

#[command(rename_all = "snake_case")]
pub(crate) async fn tokens(host: State<'_, Host>) -> Result<Vec<TokenRow>, Error> {
    host.tokens().await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn create_token(
    app: AppHandle,
    host: State<'_, Host>,
    token: NewToken,
) -> Result<NewSecret, Error> {
    confirmed(&Native::new(app.clone()), creating(&token)).await?;
    let secret = host.create_token(token).await?;
    window::shield(&app);
    Ok(secret)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn update_token(
    app: AppHandle,
    host: State<'_, Host>,
    token: String,
    change: TokenChange,
) -> Result<TokenRow, Error> {
    let gained = host.gained(&token, &change)?;
    let row = named(&host, &token).await?;
    confirmed(&Native::new(app), widening(&row, gained.as_ref(), &change)).await?;
    host.update_token(&token, change).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn replace_token(
    app: AppHandle,
    host: State<'_, Host>,
    token: String,
) -> Result<NewSecret, Error> {
    let secret = host.replace_token(&token).await?;
    window::shield(&app);
    Ok(secret)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn disable_token(host: State<'_, Host>, token: String) -> Result<TokenRow, Error> {
    host.disable_token(&token).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn enable_token(host: State<'_, Host>, token: String) -> Result<TokenRow, Error> {
    host.enable_token(&token).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn revoke_tokens(
    host: State<'_, Host>,
    tokens: Vec<String>,
) -> Result<Vec<TokenRow>, Error> {
    host.revoke_tokens(&tokens).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn revoke_all_tokens(host: State<'_, Host>) -> Result<Vec<TokenRow>, Error> {
    host.revoke_all_tokens().await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn copy_secret(clipboard: State<'_, Clipboard>, text: SecretText) -> Result<(), Error> {
    clipboard.copy(text).await
}

/// The row of a token that the window calls by name or id.
async fn named(host: &Host, token: &str) -> Result<TokenRow, Error> {
    let rows = host.tokens().await?;
    let found =
        rows.into_iter().filter(|row| row.revoked.is_none()).find(|row| row.id == token || row.name == token);
    found.ok_or_else(|| Error::new(Code::NotFound, "There is no such token any more."))
}
