use jiff::SignedDuration;
use valetkey_wire::{GatewayState, LocalTlsState, Request, Settings, SettingsChange, Status, VaultKind};

use super::{https, words};
use crate::{
    error::Error,
    output::Output,
    secrets::{self, Asking},
    session::{Session, ask},
};

pub(crate) async fn status(session: &mut Session, output: Output) -> Result<(), Error> {
    let status = ask!(session, Request::Status, Status)?;
    output.answer(&*status, in_words)
}

pub(crate) async fn pause(
    session: &mut Session,
    span: Option<SignedDuration>,
    output: Output,
) -> Result<(), Error> {
    let millis = match span {
        None => None,
        Some(span) => match u64::try_from(span.as_millis()) {
            Ok(millis) if millis > 0 => Some(millis),
            Ok(_) | Err(_) => return Err(Error::Usage("a pause lasts longer than nothing".into())),
        },
    };
    must_run(session)?;
    let status = ask!(session, Request::Pause { millis }, Status)?;
    output.answer(&*status, |status| match status.gateway.paused_until {
        Some(until) => format!("Paused until {}. Requests are answered with 503.", words::exact_time(until)),
        None => "Paused. Requests are answered with 503 until: vk resume".into(),
    })
}

pub(crate) async fn resume(session: &mut Session, output: Output) -> Result<(), Error> {
    must_run(session)?;
    let status = ask!(session, Request::Resume, Status)?;
    output.answer(&*status, |status| gateway_state(status).to_owned())
}

pub(crate) async fn lock(session: &mut Session, output: Output) -> Result<(), Error> {
    must_run(session)?;
    let status = ask!(session, Request::Lock, Status)?;
    output.answer(&*status, |_| {
        "Locked. No master credential is in memory; requests are answered with 503.".into()
    })
}

pub(crate) async fn unlock(session: &mut Session, output: Output) -> Result<(), Error> {
    must_run(session)?;
    let status = ask!(session, Request::Status, Status)?;
    let passphrase = match status.vault.kind {
        VaultKind::File if status.vault.locked => Some(secrets::passphrase(Asking::Once)?),
        VaultKind::File | VaultKind::Keychain | VaultKind::Memory => None,
    };
    let status = ask!(session, Request::Unlock { passphrase }, Status)?;
    output.answer(&*status, |status| match &status.vault.problem {
        None => "Unlocked.".into(),
        Some(problem) => format!("Not every credential could be read: {problem}"),
    })
}

pub(crate) async fn settings(
    session: &mut Session,
    change: SettingsChange,
    output: Output,
) -> Result<(), Error> {
    let request = if change == SettingsChange::default() {
        Request::Settings
    } else {
        Request::ChangeSettings { change }
    };
    let settings = ask!(session, request, Settings)?;
    output.answer(&settings, settings_in_words)
}

/// Pausing and locking are states of a running gateway.
fn must_run(session: &Session) -> Result<(), Error> {
    match session {
        Session::Running(_) => Ok(()),
        Session::Own(_) => {
            Err(valetkey_wire::Error::new(valetkey_wire::Code::NotFound, "no gateway runs on this profile")
                .with_hint("start it with vk serve, or open the app")
                .into())
        }
    }
}

fn gateway_state(status: &Status) -> &'static str {
    match status.gateway.state {
        GatewayState::Listening => "Listening",
        GatewayState::Paused => "Paused",
        GatewayState::Locked => "Locked",
        GatewayState::PortTaken => "Port taken",
        GatewayState::Stopped => "Stopped",
    }
}

fn in_words(status: &Status) -> String {
    let gateway = match (&status.gateway.address, &status.gateway.problem) {
        (_, Some(problem)) => format!("{}: {problem}", gateway_state(status)),
        (Some(address), None) => format!("{} on http://{address}", gateway_state(status)),
        (None, None) => gateway_state(status).to_owned(),
    };
    let vault = match (status.vault.kind, status.vault.locked) {
        (VaultKind::Keychain, false) => "OS keychain",
        (VaultKind::Keychain, true) => "OS keychain, locked",
        (VaultKind::File, false) => "file",
        (VaultKind::File, true) => "file, locked",
        (VaultKind::Memory, false) => "memory",
        (VaultKind::Memory, true) => "memory, locked",
    };
    let mut lines = vec![words::field("Gateway", &gateway)];
    if let Some(socket) = &status.gateway.socket {
        lines.push(words::field("", socket));
    }
    lines.push(words::field("HTTPS", &https::summary(&status.gateway.https)));
    if status.gateway.proxy.state != LocalTlsState::Off {
        lines.push(words::field("HTTPS proxy", &https::summary(&status.gateway.proxy)));
    }
    lines.push(words::field("Vault", vault));
    if let Some(problem) = &status.vault.problem {
        lines.push(words::field("", problem));
    }
    lines.push(words::field("Owner", &status.owner.name));
    lines.push(words::field("Profile", &status.profile));
    lines.push(words::field("Services", &status.services.to_string()));
    lines.push(words::field("Tokens", &format!("{} active", status.tokens_active)));
    for ending in &status.ending {
        let end = format!("that of {} ends on {}", ending.service, words::time(ending.ends));
        lines.push(words::field("Credential", &end));
    }
    if status.unsaved > 0 {
        let unsaved = words::count(status.unsaved, "revocation");
        lines.push(words::field("Not saved", &format!("{unsaved}; in force, tried again until saved")));
    }
    lines.push(words::field("Version", &status.version));
    lines.join("\n")
}

fn settings_in_words(settings: &Settings) -> String {
    [
        words::field("Port", &settings.port.to_string()),
        words::field("[::1] too", if settings.ipv6 { "yes" } else { "no" }),
        words::field("HTTPS", if settings.https { "on" } else { "off" }),
        words::field("Owner", settings.owner_name.as_deref().unwrap_or("the account's name")),
        words::field("Activity", &format!("kept {} days", settings.activity_days)),
    ]
    .join("\n")
}
