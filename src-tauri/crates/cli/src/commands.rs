//! One module for each group of commands. Each turns arguments into requests to the host, and answers into words.

mod activity;
mod contexts;
mod definition;
mod explain;
mod gateway;
mod https;
mod init;
mod permissions;
mod proxy;
mod run;
mod serve;
mod service;
mod suggest;
mod token;
mod words;

use std::process::ExitCode;

use clap::CommandFactory;
use valetkey_host::Profile;
use valetkey_wire::Question;

use crate::{
    arguments::{Arguments, Ask, Command, Service},
    error::Error,
    output::Output,
    session::{Session, Vault},
};

/// Carries out what was asked for.
pub(crate) async fn run(arguments: Arguments, output: Output) -> Result<ExitCode, Error> {
    let profile = Profile::locate(arguments.profile)?;
    match arguments.command {
        Command::Init { vault } => init::run(&profile, vault, output)?,
        Command::Serve { listen, socket } => serve::run(&profile, listen, socket, output).await?,
        Command::Run { token, proxy, services, command } => {
            let way = if proxy { run::Way::Proxy } else { run::Way::BaseUrls };
            return run::run(&profile, run::Wanted { token, way, services, command }, output).await;
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "vk", &mut std::io::stdout());
        }
        Command::Ask(Ask::Service(Service::Definition(arguments))) => {
            definition::run(arguments, output).await?;
        }
        Command::Ask(command) => {
            let mut session = Session::open(&profile, vault_for(&command)).await?;
            let outcome = ask(&mut session, command, output).await;
            session.close().await;
            outcome?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Which commands read or write the vault, where this program opens the profile itself.
const fn vault_for(command: &Ask) -> Vault {
    match command {
        Ask::Service(service) => service::vault_for(service),
        Ask::Contexts { .. } => Vault::Needed,
        Ask::Status
        | Ask::Permissions { .. }
        | Ask::Token(_)
        | Ask::Explain { .. }
        | Ask::Activity(_)
        | Ask::Pause { .. }
        | Ask::Resume
        | Ask::Lock
        | Ask::Unlock
        | Ask::Https(_)
        | Ask::Settings { .. } => Vault::LeftClosed,
    }
}

async fn ask(session: &mut Session, command: Ask, output: Output) -> Result<(), Error> {
    match command {
        Ask::Status => gateway::status(session, output).await,
        Ask::Service(command) => service::run(session, command, output).await,
        Ask::Permissions { service, context } => permissions::run(session, service, context, output).await,
        Ask::Contexts { service, kind, text } => contexts::run(session, service, kind, text, output).await,
        Ask::Token(command) => token::run(session, command, output).await,
        Ask::Explain { token, method, url, body, content_type } => {
            let body = body.map(|path| explain::body(&path, content_type)).transpose()?;
            explain::run(session, Question { token, method, url, body }, output).await
        }
        Ask::Activity(arguments) => activity::run(session, arguments, output).await,
        Ask::Pause { span } => gateway::pause(session, span, output).await,
        Ask::Resume => gateway::resume(session, output).await,
        Ask::Lock => gateway::lock(session, output).await,
        Ask::Unlock => gateway::unlock(session, output).await,
        Ask::Https(command) => https::run(session, command, output).await,
        Ask::Settings { port, ipv6, owner_name, activity_days } => {
            let change = valetkey_wire::SettingsChange { port, ipv6, owner_name, activity_days, https: None };
            gateway::settings(session, change, output).await
        }
    }
}
