//! From the domain to what crosses the border.

use std::collections::{BTreeSet, HashMap};

use valetkey_core::{
    grant::{Access, Context, Grant},
    policy::{CredentialState, ServiceEndpoint},
    ports::VaultError,
    rights::{Rights, RightsSource},
    rules::{PermissionIndex, Risk, Rules},
    service::ServiceName,
    time::Timestamp,
    token::{Status, Token, TokenId},
    tokens::{Connected, Inactive, inactive},
};
use valetkey_wire as wire;

use crate::{
    accepted, check, scope_strings,
    state::{Face, Missing, State},
};

/// A token as lists show it.
pub(crate) fn token_row(
    token: &Token,
    state: &State,
    last_used: Option<wire::LastUse>,
    now: Timestamp,
) -> wire::TokenRow {
    let grants: Vec<&Grant> = match &token.access {
        Access::Full => Vec::new(),
        Access::Limited(grants) => grants.iter().collect(),
    };
    let (status, revoked) = match token.status {
        Status::Revoked { at } => (wire::TokenStatus::Revoked, Some(at.as_millis())),
        Status::Disabled => (wire::TokenStatus::Disabled, None),
        Status::Active if token.is_expired(now) => (wire::TokenStatus::Expired, None),
        Status::Active => (wire::TokenStatus::Active, None),
    };
    wire::TokenRow {
        id: token.id.to_string(),
        shown: token.id.shown(),
        name: token.name.to_string(),
        note: token.note.as_str().to_owned(),
        scope: match &token.access {
            Access::Full => wire::Scope::Full,
            Access::Limited(_) => {
                wire::Scope::Limited { grants: grants.iter().map(ToString::to_string).collect() }
            }
        },
        grant_rows: grants.iter().map(|grant| grant_row(grant, state)).collect(),
        scope_strings: scope_strings::of_grants(&grants, &state.services),
        status,
        created: token.created.as_millis(),
        expires: token.expires.map(Timestamp::as_millis),
        proxy: token.proxy,
        revoked,
        last_used,
    }
}

fn grant_row(grant: &Grant, state: &State) -> wire::GrantRow {
    let service = state.snapshot.service(grant.service.as_str());
    let inactive = inactive(grant, service.map(|service| &**service));
    let missing = state.faces.get(&grant.service).and_then(|face| face.missing.get(&grant.context));
    wire::GrantRow {
        text: grant.to_string(),
        service: grant.service.to_string(),
        context: grant.context.to_string(),
        permission: grant.permission.to_string(),
        active: inactive.is_none(),
        problem: inactive
            .map(|why| why_inactive(why, grant))
            .or_else(|| missing.map(|missing| why_missing(*missing, grant))),
    }
}

fn why_inactive(why: Inactive, grant: &Grant) -> String {
    let service = &grant.service;
    match why {
        Inactive::ServiceGone => format!("{service} is not connected"),
        Inactive::PermissionUnknown => format!("The definition of {service} no longer has this permission"),
        Inactive::OwnerLacks => format!("You don't have this permission in {service} any more"),
        Inactive::OwnerHasPart => {
            format!("You don't have this permission in {service} any more, only some of what comes with it")
        }
    }
}

fn why_missing(missing: Missing, grant: &Grant) -> String {
    let value = grant.context.value().unwrap_or_default();
    match missing {
        Missing::Gone => format!("{value} was not found in {}", grant.service),
        Missing::Moved => format!("{value} has another name in {} now", grant.service),
    }
}

/// All tokens: live ones by name, then revoked ones, the latest first.
pub(crate) fn token_rows(
    state: &State,
    mut last_uses: HashMap<TokenId, wire::LastUse>,
    now: Timestamp,
) -> Vec<wire::TokenRow> {
    let mut rows: Vec<_> =
        state.tokens.iter().map(|token| token_row(token, state, last_uses.remove(&token.id), now)).collect();
    rows.sort_by_cached_key(|row| (row.revoked.map(|at| -at), row.name.to_lowercase(), row.id.clone()));
    rows
}

/// A service as lists show it.
pub(crate) fn service_row(state: &State, connected: &Connected, face: &Face) -> wire::ServiceRow {
    let service = &connected.service;
    let (credential, credential_problem) = credential_row(state, &service.name);
    wire::ServiceRow {
        name: service.name.to_string(),
        kind: service.kind.to_string(),
        title: face.title.to_string(),
        base_url: service.base_url.to_string(),
        gateway_url: format!("{}/{}", state.gateway_url(), service.name),
        credential_form: service.credential_form.to_string(),
        endpoints: endpoint_rows(connected),
        credential,
        credential_problem,
        identity: service.identity.as_deref().map(str::to_owned),
        rights: rights_row(connected),
        credential_expires: service.credential_expires.map(Timestamp::as_millis),
        permissions: connected.rules.permissions.len(),
        operations: connected.rules.operations.len(),
        definition_read: service.definition.read().map(Timestamp::as_millis),
        checked: service.checked.map(Timestamp::as_millis),
        check_problem: face.check_problem.clone(),
        tokens: tokens_of(state, &service.name),
        accepted: accepted::rows(&face.accepted),
    }
}

fn endpoint_rows(connected: &Connected) -> Vec<wire::EndpointRow> {
    let others = ServiceEndpoint::all_of(&connected.service, &connected.rules).into_iter().skip(1);
    let row = |endpoint: ServiceEndpoint| wire::EndpointRow {
        name: endpoint.name.to_string(),
        base_url: endpoint.base_url.to_string(),
        credential_form: endpoint.credential_form.to_string(),
    };
    others.map(row).collect()
}

fn rights_row(connected: &Connected) -> wire::RightsRow {
    let service = &connected.service;
    let (source, since) = match service.rights_source {
        RightsSource::Unknown => (wire::RightsSource::Unknown, None),
        RightsSource::Service { at } => (wire::RightsSource::Service, Some(at)),
        RightsSource::Owner { at } => (wire::RightsSource::Owner, Some(at)),
    };
    wire::RightsRow {
        limited: matches!(service.rights, Rights::Only(_)),
        had: service.rights.extent(&connected.rules).count(&connected.rules),
        source,
        since: since.map(Timestamp::as_millis),
        scopes: service.scopes.as_deref().map(str::to_owned),
        asked: check::is_asked(service),
    }
}

fn credential_row(state: &State, service: &ServiceName) -> (wire::CredentialState, Option<String>) {
    let Some(policy) = state.snapshot.service(service.as_str()) else {
        return (wire::CredentialState::Missing, None);
    };
    match policy.credential() {
        CredentialState::Ready(_) => (wire::CredentialState::Ready, None),
        CredentialState::Unavailable(problem) => {
            let kind = match problem {
                VaultError::Missing => wire::CredentialState::Missing,
                VaultError::Locked => wire::CredentialState::Locked,
                VaultError::Denied
                | VaultError::Unavailable
                | VaultError::TooLong
                | VaultError::Slow
                | VaultError::WrongPassphrase
                | VaultError::Damaged
                | VaultError::Io => wire::CredentialState::Failed,
            };
            (kind, Some(problem.to_string()))
        }
    }
}

fn tokens_of(state: &State, service: &ServiceName) -> Vec<String> {
    let has_grants_here = |token: &Token| match &token.access {
        Access::Full => false,
        Access::Limited(grants) => grants.iter().any(|grant| grant.service == *service),
    };
    let mut names: Vec<_> = state
        .tokens
        .iter()
        .filter(|token| !token.is_revoked() && has_grants_here(token))
        .map(|token| token.name.to_string())
        .collect();
    names.sort();
    names
}

/// What can be granted in `context` of a service.
pub(crate) fn permission_list(connected: &Connected, context: &Context, face: &Face) -> wire::PermissionList {
    let rules = &connected.rules;
    let extent = connected.service.rights.extent(rules);
    let whole = wire::ContextKind {
        name: "global".into(),
        title: "Global".into(),
        takes_value: false,
        values: Vec::new(),
    };
    let kinds = rules.kinds.iter().map(|kind| wire::ContextKind {
        name: kind.name.to_string(),
        title: kind.title.to_string(),
        takes_value: !kind.sole,
        values: known_values(&kind.name, &connected.service.rights, face),
    });
    wire::PermissionList {
        service: connected.service.name.to_string(),
        context: context.to_string(),
        kinds: std::iter::once(whole).chain(kinds).collect(),
        permissions: (0..rules.permissions.len())
            .map(PermissionIndex)
            .filter(|index| rules.assignable(*index, context))
            .map(|index| permission_row(index, rules, extent.has(context, index, rules)))
            .collect(),
        operations: rules.operations.len(),
    }
}

/// What the service listed, and what the owner's rights name.
pub(crate) fn known_values(kind: &str, rights: &Rights, face: &Face) -> Vec<String> {
    let listed = face.values.get(kind).into_iter().flatten().cloned();
    let named = match rights {
        Rights::All => Vec::new(),
        Rights::Only(rights) => rights
            .iter()
            .filter(|(context, _)| context.kind() == kind)
            .filter_map(|(context, _)| context.value().map(str::to_owned))
            .collect(),
    };
    listed.chain(named).collect::<BTreeSet<_>>().into_iter().collect()
}

fn permission_row(index: PermissionIndex, rules: &Rules, assignable: bool) -> wire::PermissionRow {
    let permission = &rules.permissions[index.0];
    let name_of = |index: PermissionIndex| rules.permissions[index.0].name.to_string();
    wire::PermissionRow {
        name: permission.name.to_string(),
        title: permission.title.to_string(),
        group: permission.group.to_string(),
        description: permission.description.to_string(),
        risk: risk(permission.risk),
        assignable,
        reason: (!assignable).then(|| "You don't have this permission in this context.".into()),
        implies: permission.closure.iter().filter(|implied| *implied != index).map(name_of).collect(),
        operations: rules
            .operations
            .iter()
            .filter(|operation| operation.requires.iter().flatten().any(|needed| *needed == index))
            .map(|operation| operation.label.to_string())
            .collect(),
    }
}

/// How bad misuse would be.
pub(crate) const fn risk(risk: Risk) -> wire::Risk {
    match risk {
        Risk::Plain => wire::Risk::Plain,
        Risk::Destructive => wire::Risk::Destructive,
        Risk::MintsCredentials => wire::Risk::MintsCredentials,
    }
}
