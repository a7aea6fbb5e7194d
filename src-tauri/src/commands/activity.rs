use tauri::{State, command};
use valetkey_host::Host;
use valetkey_wire::{ActivityFilter, ActivityRow, Error, Explanation, Question, Suggestion, Trial};

#[command(rename_all = "snake_case")]
pub(crate) async fn explain(host: State<'_, Host>, question: Question) -> Result<Explanation, Error> {
    host.explain(&question).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn try_scope(host: State<'_, Host>, trial: Trial) -> Result<Explanation, Error> {
    host.try_scope(&trial).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn activity(
    host: State<'_, Host>,
    filter: ActivityFilter,
) -> Result<Vec<ActivityRow>, Error> {
    host.activity(filter).await
}

#[command(rename_all = "snake_case")]
pub(crate) async fn suggest_token(
    host: State<'_, Host>,
    token: String,
    days: Option<u32>,
) -> Result<Suggestion, Error> {
    host.suggest_token(&token, days).await
}
