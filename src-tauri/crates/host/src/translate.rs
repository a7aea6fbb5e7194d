//! Errors as they cross the border: a code for programs, a sentence for people, and the next step.

use valetkey_core::{
    Error as CoreError,
    ports::{StoreFailure, VaultError},
};
use valetkey_gateway::Error as GatewayError;
use valetkey_store::Error as StoreError;
use valetkey_wire::{self as wire, Code};

use crate::Error;

impl From<Error> for wire::Error {
    fn from(error: Error) -> Self {
        let (code, hint) = judge(&error);
        let translated = Self::new(code, error.to_string());
        match hint {
            Some(hint) => translated.with_hint(hint),
            None => translated,
        }
    }
}

fn judge(error: &Error) -> (Code, Option<String>) {
    let hint = |text: &str| Some(text.to_owned());
    match error {
        Error::Core(error) => core(error),
        Error::Vault(error) => (Code::Vault, vault(*error)),
        Error::NotSaved(failure) => (Code::NotSaved, store_failure(failure)),
        Error::InForceNotSaved(failure) => (
            Code::InForceNotSaved,
            Some(match store_failure(failure) {
                Some(hint) => format!("{hint}; it is tried again until it is saved (see vk status)"),
                None => "it is tried again until it is saved (see vk status)".into(),
            }),
        ),
        Error::Database(error) => store(error),
        Error::Gateway(error) => gateway(error),
        Error::Sandbox(_) | Error::Authority(_) | Error::TaskEnded => (Code::Internal, None),
        Error::NoHome => (Code::ProfileMissing, hint("say where the profile is: --profile DIR")),
        Error::ProfileMissing { .. } => (Code::ProfileMissing, hint("vk init")),
        Error::ProfileExists { .. } => (Code::Invalid, hint("vk status")),
        Error::ProfileInUse { .. } => (Code::ProfileInUse, hint("end that program, or use it: vk status")),
        Error::ProfileUnsound { path, .. } => {
            (Code::ProfileUnsound, Some(format!("see who may enter it: ls -ld {}", path.display())))
        }
        Error::SettingsDamaged | Error::File { .. } => (Code::ProfileUnsound, None),
        #[cfg(unix)]
        Error::SocketPathTooLong { .. } => (
            Code::Invalid,
            hint("use a profile in a shorter directory (--profile DIR), or another --socket PATH"),
        ),
        Error::PortTaken { .. } => {
            (Code::PortTaken, hint("stop that program, or choose another port: vk settings --port PORT"))
        }
        Error::KindGone { successor, .. } => {
            (Code::NotFound, Some(format!("one service of kind {successor} serves both")))
        }
        Error::KindUnknown { .. } => (Code::NotFound, hint("vk service kinds")),
        Error::BaseUrlMissing { .. } => (Code::Invalid, hint("say where it is: --url https://…")),
        Error::CredentialRefused { service } => {
            (Code::Upstream, Some(format!("vk service credential {service}")))
        }
        Error::Unreachable { service, .. } | Error::AnswerUnreadable { service } => {
            (Code::Upstream, Some(format!("see where it is: vk service show {service}")))
        }
        Error::MethodUnknown { .. } => {
            (Code::Invalid, hint("GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"))
        }
        Error::UrlUnknown { .. } => (Code::Invalid, hint("write it as /SERVICE/PATH")),
        Error::DocumentNotFetched { .. } => (Code::Upstream, hint("fetch it yourself, and give the file")),
        Error::NoScopeStrings { .. } => (Code::Invalid, hint("write grants: SERVICE:CONTEXT:PERMISSION")),
        Error::Definition(_)
        | Error::Import(_)
        | Error::DocumentNotRead { .. }
        | Error::DocumentNotText
        | Error::ScopeString(_)
        | Error::SandboxCredential
        | Error::RightsToldByService { .. }
        | Error::ServiceNameReserved { .. }
        | Error::PassphraseEmpty
        | Error::PortZero
        | Error::ActivityDays
        | Error::SuggestionDays
        | Error::PauseTooLong => (Code::Invalid, None),
        Error::RequestMalformed | Error::ControlClosed => {
            (Code::Internal, hint("use the vk of the same version as the program that runs"))
        }
    }
}

fn core(error: &CoreError) -> (Code, Option<String>) {
    let hint = |text: &str| Some(text.to_owned());
    match error {
        CoreError::NoEntropy => (Code::Internal, None),
        CoreError::NameTaken { .. } => (Code::NameTaken, hint("vk token list")),
        CoreError::ServiceNameTaken { .. } => (Code::NameTaken, hint("vk service list")),
        CoreError::NameInvalid
        | CoreError::NoteInvalid
        | CoreError::ServiceNameInvalid { .. }
        | CoreError::BaseUrl(_)
        | CoreError::Credential(_)
        | CoreError::CredentialFormMalformed { .. }
        | CoreError::GrantMalformed { .. }
        | CoreError::ContextMalformed { .. }
        | CoreError::PermissionMalformed { .. }
        | CoreError::ExpiryPast => (Code::Invalid, None),
        CoreError::ScopeEmpty => (Code::Invalid, hint("give at least one grant, or full access")),
        CoreError::ServiceUnknown { .. } => (Code::NotFound, hint("vk service list")),
        CoreError::ContextUnknown { service, .. } | CoreError::PermissionUnknown { service, .. } => {
            (Code::NotFound, Some(format!("vk permissions {service}")))
        }
        CoreError::NotAssignable { grant } => {
            (Code::Invalid, Some(format!("vk permissions {} --context {}", grant.service, grant.context)))
        }
        CoreError::OwnerLacks { grant, .. } => {
            (Code::OwnerLacks, Some(format!("vk permissions {} --context {}", grant.service, grant.context)))
        }
        CoreError::TokenUnknown { .. } => (Code::NotFound, hint("vk token list")),
        CoreError::TokenRevoked { .. } => (Code::Revoked, hint("vk token create")),
    }
}

fn vault(error: VaultError) -> Option<String> {
    let hint = match error {
        VaultError::Missing => "give it again: vk service credential NAME",
        VaultError::Locked | VaultError::Slow | VaultError::WrongPassphrase => "vk unlock",
        VaultError::Denied
        | VaultError::Unavailable
        | VaultError::TooLong
        | VaultError::Damaged
        | VaultError::Io => {
            return None;
        }
    };
    Some(hint.into())
}

fn store_failure(failure: &StoreFailure) -> Option<String> {
    match failure {
        StoreFailure::DiskFull => Some("make room on the disk".into()),
        StoreFailure::Failed(_) => None,
    }
}

fn store(error: &StoreError) -> (Code, Option<String>) {
    match error {
        StoreError::Io { .. } | StoreError::Database(_) => (Code::Internal, None),
        StoreError::TooOpen { path } => {
            (Code::ProfileUnsound, Some(format!("see who may read it: ls -ld {}", path.display())))
        }
        StoreError::NotOurs { .. }
        | StoreError::NotPlain { .. }
        | StoreError::NewerVersion { .. }
        | StoreError::SchemaChanged { .. }
        | StoreError::Damaged { .. } => (Code::ProfileUnsound, None),
        StoreError::DiskFull => (Code::NotSaved, Some("make room on the disk".into())),
    }
}

fn gateway(error: &GatewayError) -> (Code, Option<String>) {
    match error {
        GatewayError::PortTaken { .. } => (
            Code::PortTaken,
            Some("stop that program, or choose another port: vk settings --port PORT".into()),
        ),
        GatewayError::NotLoopback { .. } => {
            (Code::Invalid, Some("use 127.0.0.1 or [::1], such as --listen 127.0.0.1:7743".into()))
        }
        GatewayError::Listen { .. }
        | GatewayError::Socket { .. }
        | GatewayError::Tls { .. }
        | GatewayError::Thread(_) => (Code::Internal, None),
        GatewayError::Activity(_) => (Code::NotSaved, Some("make room on the disk".into())),
    }
}
