use tauri::{AppHandle, State, command};
use valetkey_confirm::{confirmed, declaring_rights, replacing_credential};
use valetkey_host::Host;
use valetkey_wire::{
    ContextSearch, DeclaredRights, Error, NewService, PermissionList, SecretText, ServiceKind, ServiceRow,
};

use crate::confirmation::Native;

#[command(rename_all = "snake_case")]
pub(crate) async fn service_kinds(host: State<'_, Host>) -> Result<Vec<ServiceKind>, Error> {
    Ok(host.service_kinds().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn services(host: State<'_, Host>) -> Result<Vec<ServiceRow>, Error> {
    Ok(host.services().await)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn add_service(host: State<'_, Host>, service: NewService) -> Result<ServiceRow, Error> {
    host.add_service(service).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn check_service(host: State<'_, Host>, name: String) -> Result<ServiceRow, Error> {
    host.check_service(&name).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn declare_rights(
    app: AppHandle,
    host: State<'_, Host>,
    name: String,
    rights: DeclaredRights,
) -> Result<ServiceRow, Error> {
    confirmed(&Native::new(app), Some(declaring_rights(&name, &rights))).await?;
    host.declare_rights(&name, &rights).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn replace_credential(
    app: AppHandle,
    host: State<'_, Host>,
    name: String,
    credential: SecretText,
) -> Result<ServiceRow, Error> {
    confirmed(&Native::new(app), Some(replacing_credential(&name))).await?;
    host.replace_credential(&name, &credential).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn remove_service(host: State<'_, Host>, name: String) -> Result<(), Error> {
    host.remove_service(&name).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn permissions(
    host: State<'_, Host>,
    service: String,
    context: Option<String>,
) -> Result<PermissionList, Error> {
    host.permissions(&service, context.as_deref()).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn read_scope_string(
    host: State<'_, Host>,
    service: String,
    text: String,
) -> Result<Vec<String>, Error> {
    host.read_scope_string(&service, &text).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn search_contexts(
    host: State<'_, Host>,
    service: String,
    kind: String,
    text: String,
) -> Result<ContextSearch, Error> {
    host.search_contexts(&service, &kind, &text).await
}
