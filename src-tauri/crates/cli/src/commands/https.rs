use serde::Serialize;
use valetkey_wire::{LocalTls, LocalTlsState, Request, SettingsChange, Status};

use super::words;
use crate::{
    arguments::Https,
    error::Error,
    output::Output,
    session::{Session, ask},
};

/// What a client must be told so that it trusts the certificate, and how.
const TRUST: [(&str, &str); 4] = [
    ("curl", "--cacert"),
    ("git", "GIT_SSL_CAINFO"),
    ("Node", "NODE_EXTRA_CA_CERTS"),
    ("Python", "SSL_CERT_FILE and REQUESTS_CA_BUNDLE"),
];

/// The certificate, for programs.
#[derive(Serialize)]
struct Certificate {
    path: String,
    pem: String,
}

pub(crate) async fn run(session: &mut Session, command: Https, output: Output) -> Result<(), Error> {
    match command {
        Https::On => switch(session, true, output).await,
        Https::Off => switch(session, false, output).await,
        Https::Status => show(session, output).await,
        Https::Certificate => {
            let status = ask!(session, Request::Status, Status)?;
            let path = status.gateway.https.certificate;
            let pem = std::fs::read_to_string(&path).map_err(|_| {
                valetkey_wire::Error::new(valetkey_wire::Code::NotFound, "there is no certificate yet")
                    .with_hint(
                        "it is made when https is on, the gateway runs and its vault is open: vk https on",
                    )
            })?;
            output.answer(&Certificate { path, pem }, |certificate| certificate.pem.trim_end().to_owned())
        }
    }
}

async fn switch(session: &mut Session, https: bool, output: Output) -> Result<(), Error> {
    let change = SettingsChange { https: Some(https), ..SettingsChange::default() };
    ask!(session, Request::ChangeSettings { change }, Settings)?;
    show(session, output).await
}

async fn show(session: &mut Session, output: Output) -> Result<(), Error> {
    let status = ask!(session, Request::Status, Status)?;
    output.answer(&status.gateway.https, |https| in_words(https, &status))
}

/// One line about it, for the status of everything.
pub(crate) fn summary(https: &LocalTls) -> String {
    match (https.state, &https.problem) {
        (LocalTlsState::Off, _) => "off".into(),
        (LocalTlsState::Ready, _) => "on, on the same port".into(),
        (LocalTlsState::Unavailable, Some(problem)) => format!("unavailable: {problem}"),
        (LocalTlsState::Unavailable, None) => "on once the gateway runs".into(),
    }
}

fn in_words(https: &LocalTls, status: &Status) -> String {
    let mut lines = vec![words::field("HTTPS", &summary(https))];
    match https.state {
        LocalTlsState::Off | LocalTlsState::Unavailable => {}
        LocalTlsState::Ready => {
            if let Some(address) = &status.gateway.address {
                lines.push(words::field("", &format!("https://{address}")));
            }
            lines.push(words::field("Certificate", &https.certificate));
            lines.push("Nothing trusts it until you say so. Give a client that file:".into());
            for (client, setting) in TRUST {
                lines.push(words::field(&format!("  {client}"), setting));
            }
        }
    }
    lines.join("\n")
}
