//! What the owner may do in a service: shown, and declared.

use valetkey_wire::{DeclaredRights, Request, RightsSource, ServiceRow};

use super::{named, words};
use crate::{
    arguments::Rights,
    error::Error,
    output::Output,
    session::{Session, ask},
};

/// A credential that ends within so many milliseconds is one to replace.
const NEAR: i64 = 14 * 24 * 60 * 60 * 1000;
/// One that ends within these is pressing.
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

pub(super) async fn run(session: &mut Session, arguments: Rights, output: Output) -> Result<(), Error> {
    let Rights { name, declare, all, read_only } = arguments;
    let declared = match (all, read_only, declare.is_empty()) {
        (true, ..) => Some(DeclaredRights::All),
        (_, true, _) => Some(DeclaredRights::ReadOnly),
        (.., false) => Some(DeclaredRights::Only { list: declare }),
        (.., true) => None,
    };
    let service = match declared {
        Some(rights) => {
            ask!(session, Request::DeclareRights { name, rights }, Service).map(|service| *service)?
        }
        None => named(session, &name).await?,
    };
    output.answer(&service, |service| format!("Your rights in {}: {}.", service.name, in_words(service)))
}

/// `12 of 130 permissions, as the service told on 2026-11-24 10:00 (scopes: gist, read:org)`
pub(super) fn in_words(service: &ServiceRow) -> String {
    let rights = &service.rights;
    let had = if rights.limited {
        format!("{} of {}", rights.had, words::count(service.permissions, "permission"))
    } else {
        "everything".to_owned()
    };
    let at = rights.since.map(words::time).unwrap_or_default();
    let how = match rights.source {
        RightsSource::Unknown => "as far as is known; the service itself judges".to_owned(),
        RightsSource::Service => format!("as the service told at {at}"),
        RightsSource::Owner => format!("as you declared at {at}"),
    };
    let scopes = rights.scopes.as_ref().map(|scopes| format!(" (scopes: {scopes})")).unwrap_or_default();
    format!("{had}, {how}{scopes}")
}

/// When the credential ends, where that is within a week.
pub(super) fn near_end_in_words(end: i64) -> Option<String> {
    let left = end - jiff::Timestamp::now().as_millisecond();
    match left {
        ..=0 => Some("ended".to_owned()),
        1..WEEK => Some(format!("ends on {}", words::time(end))),
        _ => None,
    }
}

/// When the credential ends, with a word of warning where that is soon.
pub(super) fn end_in_words(end: i64) -> String {
    let left = end - jiff::Timestamp::now().as_millisecond();
    let at = words::time(end);
    if left <= 0 {
        format!("ended on {at}; give another: vk service credential")
    } else if left < NEAR {
        format!("ends on {at}, soon; give another: vk service credential")
    } else {
        format!("ends on {at}")
    }
}
