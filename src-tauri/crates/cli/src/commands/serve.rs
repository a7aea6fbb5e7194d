use std::{net::SocketAddr, path::PathBuf};

use serde::Serialize;
use valetkey_host::{Host, Options, Profile, Serve};
use valetkey_wire::{Code, Error as HostError, GatewayState, VaultKind};

use crate::{
    error::Error,
    output::Output,
    program,
    secrets::{self, Asking},
};

#[derive(Serialize)]
struct Ready {
    listening: String,
    socket: Option<String>,
}

pub(crate) async fn run(
    profile: &Profile,
    listen: Option<SocketAddr>,
    socket: Option<PathBuf>,
    output: Output,
) -> Result<(), Error> {
    let passphrase = match profile.vault_kind()? {
        VaultKind::File => Some(secrets::passphrase(Asking::Once)?),
        VaultKind::Keychain | VaultKind::Memory => None,
    };
    // Before the ready line: whoever reads it may send the signal at once.
    let end = program::EndSignal::new()?;
    let host = Host::open(profile, Options { listen, socket, serve: Serve::Gateway, passphrase }).await?;
    let ready = ready(&host).await;
    let outcome = match ready {
        Ok(ready) => {
            let said = output.answer(&ready, |ready| match &ready.socket {
                Some(socket) => format!("Listening on http://{} and {socket}", ready.listening),
                None => format!("Listening on http://{}", ready.listening),
            });
            if said.is_ok() {
                end.wait().await;
            }
            said
        }
        Err(error) => Err(error.into()),
    };
    host.shut_down().await;
    outcome
}

/// The desktop app stays open on a taken port and shows it; here it is an error.
async fn ready(host: &Host) -> Result<Ready, HostError> {
    let gateway = host.status().await.gateway;
    let problem = gateway.problem.unwrap_or_else(|| "the gateway does not run".into());
    match (gateway.state, gateway.address) {
        (GatewayState::PortTaken, _) => Err(HostError::new(Code::PortTaken, problem)
            .with_hint("stop that program, or choose another port: vk settings --port PORT")),
        (GatewayState::Listening | GatewayState::Paused | GatewayState::Locked, Some(listening)) => {
            Ok(Ready { listening, socket: gateway.socket })
        }
        (_, _) => Err(HostError::new(Code::Internal, problem)),
    }
}
