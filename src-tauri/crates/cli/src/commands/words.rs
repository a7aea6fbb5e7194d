//! How times, scopes and states are put for people.

use jiff::{Timestamp, tz::TimeZone};
use valetkey_wire::{LastUse, Scope, TokenRow, TokenStatus};

/// `2026-11-24 10:00`, in this machine's time zone.
pub(crate) fn time(millis: i64) -> String {
    format(millis, "%Y-%m-%d %H:%M")
}

/// `2026-11-24 10:00:05`.
pub(crate) fn exact_time(millis: i64) -> String {
    format(millis, "%Y-%m-%d %H:%M:%S")
}

fn format(millis: i64, form: &str) -> String {
    Timestamp::from_millisecond(millis)
        .map(|time| time.to_zoned_datetime(TimeZone::system()).strftime(form).to_string())
        .unwrap_or_default()
}

pub(crate) fn status(status: TokenStatus) -> &'static str {
    match status {
        TokenStatus::Active => "active",
        TokenStatus::Disabled => "disabled",
        TokenStatus::Expired => "expired",
        TokenStatus::Revoked => "revoked",
    }
}

/// `Full access`, or `Limited · 3 grants`.
pub(crate) fn access(scope: &Scope) -> String {
    match scope {
        Scope::Full => "Full access".into(),
        Scope::Limited { grants } => format!("Limited · {}", count(grants.len(), "grant")),
    }
}

pub(crate) fn expiry(expires: Option<i64>) -> String {
    expires.map_or_else(|| "never".into(), time)
}

pub(crate) fn last_used(last: Option<&LastUse>) -> String {
    match last {
        None => "never".into(),
        Some(last) => {
            let from = last.program.as_ref().map(|program| format!(" from {program}")).unwrap_or_default();
            format!("{} · {}{from}", time(last.time), last.operation)
        }
    }
}

pub(crate) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Everything about a token, a line each.
pub(crate) fn token(token: &TokenRow) -> String {
    let mut lines = vec![
        field("Name", &token.name),
        field("Token", &format!("{}…", token.shown)),
        field("Status", status(token.status)),
        field("Access", &access(&token.scope)),
    ];
    lines.extend(token.grant_rows.iter().map(|grant| {
        let nothing = if grant.active { "" } else { "gives nothing now: " };
        let mark =
            grant.problem.as_ref().map(|problem| format!("  ({nothing}{problem})")).unwrap_or_default();
        field("", &format!("{}{mark}", grant.text))
    }));
    lines.extend(
        token
            .scope_strings
            .iter()
            .map(|scope| field("Scope", &format!("of {}: {}", scope.service, scope.text))),
    );
    if !token.note.is_empty() {
        lines.push(field("Note", &token.note.replace('\n', " ")));
    }
    lines.push(field("Created", &time(token.created)));
    lines.push(field("Expires", &expiry(token.expires)));
    if token.proxy {
        lines.push(field("Proxy", "may use the HTTPS proxy"));
    }
    if let Some(revoked) = token.revoked {
        lines.push(field("Revoked", &time(revoked)));
    }
    lines.push(field("Last used", &last_used(token.last_used.as_ref())));
    lines.join("\n")
}

/// A name and its value, aligned with the others.
pub(crate) fn field(name: &str, value: &str) -> String {
    format!("{name:<12}{}", crate::table::plain(value))
}
