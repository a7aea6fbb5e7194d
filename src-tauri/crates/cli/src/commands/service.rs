mod rights;

use serde_json::json;
use valetkey_wire::{CredentialState, ImportOptions, NewService, Request, ServiceKind, ServiceRow};

use super::{definition, words};
use crate::{
    arguments::{AddService, Service},
    error::Error,
    output::Output,
    secrets,
    session::{Session, Vault, ask},
    table::Table,
};

/// Which of these commands read or write the vault.
pub(crate) const fn vault_for(command: &Service) -> Vault {
    match command {
        Service::Add(_) | Service::Check { .. } | Service::Credential { .. } | Service::Remove { .. } => {
            Vault::Needed
        }
        Service::List
        | Service::Show { .. }
        | Service::Rights(_)
        | Service::Kinds
        | Service::Definition(_) => Vault::LeftClosed,
    }
}

pub(crate) async fn run(session: &mut Session, command: Service, output: Output) -> Result<(), Error> {
    match command {
        Service::Add(arguments) => add(session, arguments, output).await,
        Service::List => {
            let services = ask!(session, Request::Services, Services)?;
            output.rows(&services, "No services. Connect one: vk service add NAME --kind KIND", table)
        }
        Service::Show { name } => {
            let service = named(session, &name).await?;
            output.answer(&service, in_words)
        }
        Service::Check { name } => {
            let service = ask!(session, Request::CheckService { name }, Service)?;
            output.answer(&service, |service| format!("{} answers.\n{}", service.name, in_words(service)))
        }
        Service::Rights(arguments) => rights::run(session, arguments, output).await,
        Service::Credential { name } => {
            let credential = secrets::ask(&format!("New master credential of {name}: "))?;
            let service = ask!(session, Request::ReplaceCredential { name, credential }, Service)?;
            output.answer(&service, |service| {
                format!("Credential of {} replaced. Every token keeps working.", service.name)
            })
        }
        Service::Remove { name } => {
            session.call(Request::RemoveService { name: name.clone() }).await?;
            output.answer(&json!({ "removed": name }), |_| {
                format!("{name} disconnected. Its grants stay on the tokens and give nothing.")
            })
        }
        Service::Definition(arguments) => definition::run(arguments, output).await,
        Service::Kinds => {
            let kinds = ask!(session, Request::ServiceKinds, ServiceKinds)?;
            output.rows(&kinds, "No kinds.", |kinds| {
                Table::new(&["KIND", "TITLE", "DESCRIPTION"]).with_rows(kinds, |kind| {
                    vec![kind.kind.clone(), kind.title.clone(), kind.description.clone()]
                })
            })
        }
    }
}

/// The service of that name.
async fn named(session: &mut Session, name: &str) -> Result<ServiceRow, Error> {
    let services = ask!(session, Request::Services, Services)?;
    let found = services.into_iter().find(|service| service.name == name);
    Ok(found.ok_or_else(|| not_connected(name))?)
}

async fn add(session: &mut Session, arguments: AddService, output: Output) -> Result<(), Error> {
    let kinds: Vec<ServiceKind> = ask!(session, Request::ServiceKinds, ServiceKinds)?;
    let (kind, definition) = kind_and_definition(&arguments, output).await?;
    let makes_its_own =
        definition.is_none() && kinds.iter().any(|known| known.kind == kind && !known.needs_credential);
    let credential = if makes_its_own {
        None
    } else {
        Some(secrets::ask(&format!("Master credential of {}: ", arguments.name))?)
    };
    let service = NewService {
        name: arguments.name,
        kind,
        base_url: arguments.url,
        credential_form: arguments.auth,
        definition,
        credential,
    };
    let service = ask!(session, Request::AddService { service }, Service)?;
    output.answer(&service, |service| format!("{} connected.\n{}", service.name, in_words(service)))
}

/// The kind of a service to be connected, and the owner's own definition of it.
async fn kind_and_definition(
    arguments: &AddService,
    output: Output,
) -> Result<(String, Option<String>), Error> {
    if let Some(document) = &arguments.openapi {
        let options = ImportOptions { kind: arguments.kind.clone(), ..ImportOptions::default() };
        let imported = definition::import(document, options, output).await?;
        return Ok((imported.kind, Some(imported.definition)));
    }
    let own = arguments.definition.as_ref().map(|path| {
        std::fs::read_to_string(path)
            .map_err(|source| Error::File { path: path.display().to_string(), source })
    });
    Ok((arguments.kind.clone().unwrap_or_default(), own.transpose()?))
}

fn not_connected(name: &str) -> valetkey_wire::Error {
    valetkey_wire::Error::new(
        valetkey_wire::Code::NotFound,
        format!("no service named “{name}” is connected"),
    )
    .with_hint("vk service list")
}

fn table(services: &[ServiceRow]) -> Table {
    Table::new(&["NAME", "KIND", "BASE URL", "CREDENTIAL", "TOKENS"]).with_rows(services, |service| {
        vec![
            service.name.clone(),
            service.kind.clone(),
            service.base_url.clone(),
            with_end(service),
            service.tokens.len().to_string(),
        ]
    })
}

/// With a word where it soon ends.
fn with_end(service: &ServiceRow) -> String {
    let end = service.credential_expires.and_then(rights::near_end_in_words);
    end.map_or_else(|| credential(service), |end| format!("{}, {end}", credential(service)))
}

fn credential(service: &ServiceRow) -> String {
    match service.credential {
        CredentialState::Ready => "ready".into(),
        CredentialState::Locked => "locked".into(),
        CredentialState::Missing => "missing".into(),
        CredentialState::Failed => service.credential_problem.clone().unwrap_or_else(|| "failed".into()),
    }
}

fn in_words(service: &ServiceRow) -> String {
    let mut lines = vec![
        words::field("Name", &service.name),
        words::field("Kind", &format!("{} ({})", service.kind, service.title)),
        words::field("Base URL", &service.base_url),
        words::field("Gateway", &service.gateway_url),
        words::field("Credential", &format!("{}, sent as {}", credential(service), service.credential_form)),
    ];
    for endpoint in &service.endpoints {
        let place = format!("{}, credential sent as {}", endpoint.base_url, endpoint.credential_form);
        lines.push(words::field(&format!("… {}", endpoint.name), &place));
    }
    if let Some(end) = service.credential_expires {
        lines.push(words::field("", &rights::end_in_words(end)));
    }
    if let Some(identity) = &service.identity {
        lines.push(words::field("You are", identity));
    }
    lines.push(words::field("Your rights", &rights::in_words(service)));
    let read = service.definition_read.map(|at| format!("; read from the service on {}", words::time(at)));
    lines.push(words::field(
        "Definition",
        &format!(
            "{}, {}{}",
            words::count(service.permissions, "permission"),
            words::count(service.operations, "operation"),
            read.unwrap_or_default()
        ),
    ));
    let checked = service.checked.map_or_else(|| "never".into(), words::time);
    lines.push(words::field("Last check", service.check_problem.as_deref().unwrap_or(&checked)));
    if !service.tokens.is_empty() {
        lines.push(words::field("Tokens", &service.tokens.join(", ")));
    }
    for (place, row) in service.accepted.iter().enumerate() {
        let said = format!("{}: accepts {}", row.operation, row.accepts);
        lines.push(words::field(if place == 0 { "It refused" } else { "" }, &said));
    }
    lines.join("\n")
}
