//! The settings: kept as one value, so that they change as a whole.

use std::sync::Arc;

use valetkey_core::{service::ServiceName, token::TokenName};
use valetkey_gateway::Accepted;
use valetkey_store::{Contents, Store};
use valetkey_wire as wire;
use wire::Event;

use crate::{
    Error, authorities, gateway,
    inner::{Inner, Keeper},
    state::{DEFAULT_ACTIVITY_DAYS, DEFAULT_PORT},
};

const KEY: &str = "settings";

/// What holds until the owner says otherwise.
pub(crate) const fn defaults() -> wire::Settings {
    wire::Settings {
        port: DEFAULT_PORT,
        ipv6: false,
        owner_name: None,
        activity_days: DEFAULT_ACTIVITY_DAYS,
        https: false,
    }
}

pub(crate) fn read(contents: &Contents) -> Result<wire::Settings, Error> {
    match contents.settings.get(KEY) {
        None => Ok(defaults()),
        Some(text) => serde_json::from_str(text).map_err(|_| Error::SettingsDamaged),
    }
}

impl Keeper for Store {
    fn save_settings(&mut self, settings: &wire::Settings) -> Result<(), valetkey_core::ports::StoreFailure> {
        let failed =
            |error: serde_json::Error| valetkey_core::ports::StoreFailure::Failed(error.to_string().into());
        let text = serde_json::to_string(settings).map_err(failed)?;
        Ok(self.save_setting(KEY, &text)?)
    }

    fn save_accepted(
        &mut self,
        service: &ServiceName,
        accepted: &Accepted,
    ) -> Result<(), valetkey_core::ports::StoreFailure> {
        Ok(Self::save_accepted(self, service, &accepted.operation, &accepted.text)?)
    }
}

/// Judges, makes durable, puts in force. Where the gateway can't move to another port nothing changes.
pub(crate) async fn change(inner: &Arc<Inner>, asked: wire::SettingsChange) -> Result<wire::Settings, Error> {
    let commit = inner.committing.lock().await;
    let before = inner.state().settings.clone();
    let after = judge(&before, asked)?;
    gateway::can_move(inner, &after)?;
    let record = after.clone();
    inner.save(move |store| store.save_settings(&record)).await.map_err(Error::NotSaved)?;
    inner.state_mut().settings = after.clone();
    if let Err(error) = gateway::move_to_settings(inner).await {
        inner.state_mut().settings = before.clone();
        // The old settings were durable before; where they can't be written again, the new ones hold at the next start.
        let _ = inner.save(move |store| store.save_settings(&before)).await;
        gateway::move_to_settings(inner).await?;
        return Err(error);
    }
    drop(commit);
    authorities::follow(inner).await;
    inner.announce(Event::Status);
    Ok(after)
}

fn judge(before: &wire::Settings, asked: wire::SettingsChange) -> Result<wire::Settings, Error> {
    let mut after = before.clone();
    if let Some(port) = asked.port {
        after.port = if port == 0 { return Err(Error::PortZero) } else { port };
    }
    if let Some(ipv6) = asked.ipv6 {
        after.ipv6 = ipv6;
    }
    if let Some(https) = asked.https {
        after.https = https;
    }
    if let Some(name) = asked.owner_name {
        after.owner_name = match name.trim() {
            "" => None,
            name => Some(TokenName::parse(name)?.as_str().to_owned()),
        };
    }
    if let Some(days) = asked.activity_days {
        if !(1..=3650).contains(&days) {
            return Err(Error::ActivityDays);
        }
        after.activity_days = days;
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_stays() {
        let before = wire::Settings { owner_name: Some("Ada".into()), ..defaults() };
        let change = wire::SettingsChange { port: Some(9000), ..wire::SettingsChange::default() };
        assert_eq!(judge(&before, change).unwrap(), wire::Settings { port: 9000, ..before });
    }

    #[test]
    fn an_empty_name_goes_back_to_the_account() {
        let before = wire::Settings { owner_name: Some("Ada".into()), ..defaults() };
        let change =
            wire::SettingsChange { owner_name: Some("  ".into()), ..wire::SettingsChange::default() };
        assert_eq!(judge(&before, change).unwrap().owner_name, None);
    }

    #[test]
    fn what_could_not_work_is_refused() {
        let port = wire::SettingsChange { port: Some(0), ..wire::SettingsChange::default() };
        assert!(matches!(judge(&defaults(), port), Err(Error::PortZero)));
        let days = wire::SettingsChange { activity_days: Some(0), ..wire::SettingsChange::default() };
        assert!(matches!(judge(&defaults(), days), Err(Error::ActivityDays)));
    }
}
