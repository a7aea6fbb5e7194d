//! One module for each group of commands. Each turns arguments into requests to the host, and answers into words.

mod activity;
mod explain;
mod gateway;
mod init;
mod permissions;
mod run;
mod serve;
mod service;
mod token;
mod words;

use std::process::ExitCode;

use clap::CommandFactory;
use valetkey_host::Profile;

use crate::{
    arguments::{Arguments, Command},
    error::Error,
    output::Output,
    session::{Session, Vault},
};

/// Carries out what was asked for.
pub(crate) async fn run(arguments: Arguments, output: &Output) -> Result<ExitCode, Error> {
    if let Command::Completions { shell } = arguments.command {
        clap_complete::generate(shell, &mut Arguments::command(), "vk", &mut std::io::stdout());
        return Ok(ExitCode::SUCCESS);
    }
    let profile = Profile::locate(arguments.profile)?;
    match arguments.command {
        Command::Init { vault } => init::run(&profile, vault, output)?,
        Command::Serve { listen, socket } => serve::run(&profile, listen, socket, output).await?,
        Command::Run { token, command } => return run::run(&profile, &token, command).await,
        other => {
            let mut session = Session::open(&profile, vault_for(&other)).await?;
            let outcome = ask(&mut session, other, output).await;
            session.close().await;
            outcome?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn vault_for(command: &Command) -> Vault {
    match command {
        Command::Service(service) => service::vault_for(service),
        Command::Unlock
        | Command::Init { .. }
        | Command::Serve { .. }
        | Command::Status
        | Command::Permissions { .. }
        | Command::Token(_)
        | Command::Explain { .. }
        | Command::Activity(_)
        | Command::Run { .. }
        | Command::Pause { .. }
        | Command::Resume
        | Command::Lock
        | Command::Settings { .. }
        | Command::Completions { .. } => Vault::LeftClosed,
    }
}

async fn ask(session: &mut Session, command: Command, output: &Output) -> Result<(), Error> {
    match command {
        Command::Status => gateway::status(session, output).await,
        Command::Service(command) => service::run(session, command, output).await,
        Command::Permissions { service, context } => permissions::run(session, service, context, output).await,
        Command::Token(command) => token::run(session, command, output).await,
        Command::Explain { token, method, url } => explain::run(session, token, method, url, output).await,
        Command::Activity(arguments) => activity::run(session, arguments, output).await,
        Command::Pause { span } => gateway::pause(session, span, output).await,
        Command::Resume => gateway::resume(session, output).await,
        Command::Lock => gateway::lock(session, output).await,
        Command::Unlock => gateway::unlock(session, output).await,
        Command::Settings { port, ipv6, owner_name, activity_days } => {
            let change = valetkey_wire::SettingsChange { port, ipv6, owner_name, activity_days };
            gateway::settings(session, change, output).await
        }
        Command::Init { .. } | Command::Serve { .. } | Command::Run { .. } | Command::Completions { .. } => {
            Err(Error::Unexpected)
        }
    }
}
