mod clients;

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use valetkey_host::Profile;
use valetkey_wire::{Code, Error as HostError, Request, SecretText, TokenRow, TokenStatus};

use super::{proxy, token};
use crate::{
    error::Error,
    output::Output,
    program, secrets,
    session::{Session, Vault, ask},
};

/// Proxies are not asked for what lies on this machine.
const NO_PROXY: &str = "127.0.0.1,localhost,.localhost,::1";

/// How the program finds the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the base URLs that it is told.
    BaseUrls,
    /// By those, and as its HTTPS proxy.
    Proxy,
}

/// What was asked for.
pub(crate) struct Wanted {
    /// Name or id of the token.
    pub(crate) token: String,
    pub(crate) way: Way,
    /// Services that are meant where several are of one kind.
    pub(crate) services: Vec<String>,
    /// The program and its arguments.
    pub(crate) command: Vec<OsString>,
}

pub(crate) async fn run(profile: &Profile, wanted: Wanted, output: Output) -> Result<ExitCode, Error> {
    let mut session = Session::open(profile, Vault::LeftClosed).await?;
    let outcome = prepare(&mut session, profile, wanted, output).await;
    session.close().await;
    let command = outcome?;
    let program = command.get_program().to_string_lossy().into_owned();
    program::become_program(command).map_err(|source| Error::Program { program, source })
}

async fn prepare(
    session: &mut Session,
    profile: &Profile,
    wanted: Wanted,
    output: Output,
) -> Result<Command, Error> {
    if matches!(session, Session::Own(_)) {
        return Err(HostError::new(Code::NotFound, "no gateway runs on this profile")
            .with_hint("start it with vk serve, or open the app")
            .into());
    }
    let row = token::find(session, &wanted.token).await?;
    let status = ask!(session, Request::Status, Status)?;
    let services = ask!(session, Request::Services, Services)?;
    clients::judge(&services, &wanted.services)?;
    let secret = match std::env::var("VALETKEY_TOKEN") {
        Ok(secret) => SecretText::new(secret.trim()),
        Err(_) => secrets::ask(&format!("Secret of {}: ", row.name))?,
    };
    judge(&row, &secret)?;
    if wanted.way == Way::Proxy {
        proxy::judge(&row, &status.gateway.proxy)?;
    }
    let address = status.gateway.address.ok_or(Error::Unexpected)?;
    let mut words = wanted.command.into_iter();
    let mut command = Command::new(words.next().ok_or(Error::Unexpected)?);
    command
        .args(words)
        .env("VALETKEY_URL", format!("http://{address}"))
        .env("VALETKEY_TOKEN", secret.expose());
    for service in &services {
        command.env(variable(&service.name), &service.gateway_url);
    }
    // What goes to the gateway must not go through a proxy; programs read either spelling.
    for spelling in ["no_proxy", "NO_PROXY"] {
        let list = match std::env::var(spelling) {
            Ok(list) if !list.is_empty() => format!("{list},{NO_PROXY}"),
            Ok(_) | Err(_) => NO_PROXY.into(),
        };
        command.env(spelling, list);
    }
    let mut surroundings = clients::Surroundings {
        command: &mut command,
        profile,
        address: &address,
        socket: status.gateway.socket.as_deref(),
        secret: &secret,
    };
    for line in clients::set(&mut surroundings, &services, &row, &wanted.services)? {
        output.remark(&format!("vk: {line}"));
    }
    if wanted.way == Way::Proxy {
        proxy::set(&mut command, profile, &address, &secret)?;
    }
    Ok(command)
}

fn judge(row: &TokenRow, secret: &SecretText) -> Result<(), HostError> {
    let beginning = format!("{}_", row.shown);
    if !secret.expose().starts_with(&beginning) {
        return Err(HostError::new(Code::Invalid, format!("that is not the secret of “{}”", row.name))
            .with_hint(format!("its token begins with {beginning}")));
    }
    match row.status {
        TokenStatus::Active => Ok(()),
        TokenStatus::Revoked => Err(HostError::new(Code::Revoked, format!("“{}” is revoked", row.name))),
        TokenStatus::Disabled => Err(HostError::new(Code::Invalid, format!("“{}” is disabled", row.name))
            .with_hint(format!("vk token enable {}", row.id))),
        TokenStatus::Expired => Err(HostError::new(Code::Invalid, format!("“{}” has expired", row.name))
            .with_hint(format!("vk token update {} --expires 30d", row.id))),
    }
}

/// `VALETKEY_MY_API_URL` for `my-api`.
fn variable(service: &str) -> String {
    format!("VALETKEY_{}_URL", service.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_variable_that_a_shell_can_name() {
        assert_eq!(variable("my-api2"), "VALETKEY_MY_API2_URL");
    }
}
