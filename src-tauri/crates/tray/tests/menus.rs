//! The menu in each state, as a picture in text.

use valetkey_tray::{Action, Icon, Item, Menu, State, menu};
use valetkey_wire::{
    ActivityRow, Decision, EndingCredential, Gateway, GatewayState, LastUse, LocalTls, LocalTlsState, Owner,
    RefusedBy, Scope, Status, TokenRow, TokenStatus, Vault, VaultKind,
};

const MINUTE: i64 = 60_000;
const NOW: i64 = 29_000_000 * MINUTE;

fn off() -> LocalTls {
    LocalTls { state: LocalTlsState::Off, certificate: String::new(), problem: None }
}

fn status(state: GatewayState) -> Status {
    Status {
        version: "0.1.0".to_owned(),
        profile: "profile".to_owned(),
        owner: Owner { name: "Ada Lovelace".to_owned(), initials: "AL".to_owned() },
        gateway: Gateway {
            state,
            address: Some("127.0.0.1:7743".to_owned()),
            socket: None,
            paused_until: None,
            problem: None,
            https: off(),
            proxy: off(),
        },
        vault: Vault { kind: VaultKind::Keychain, locked: state == GatewayState::Locked, problem: None },
        tokens_active: 2,
        services: 1,
        unsaved: 0,
        ending: Vec::new(),
    }
}

fn token(name: &str, status: TokenStatus, used: Option<i64>) -> TokenRow {
    TokenRow {
        id: format!("id-{name}"),
        shown: format!("vkey_id-{name}"),
        name: name.to_owned(),
        note: String::new(),
        scope: Scope::Full,
        grant_rows: Vec::new(),
        scope_strings: Vec::new(),
        status,
        created: NOW - 9_000 * MINUTE,
        expires: None,
        proxy: false,
        revoked: None,
        last_used: used.map(|time| LastUse {
            time,
            operation: "GET /namespaces".to_owned(),
            program: None,
            pid: None,
        }),
    }
}

fn refusal(token_name: Option<&str>, minutes: i64) -> ActivityRow {
    ActivityRow {
        sequence: 1,
        request_id: "00000000000000aa".to_owned(),
        time: NOW - minutes * MINUTE,
        token: token_name.map(|name| format!("id-{name}")),
        token_name: token_name.map(str::to_owned),
        service: Some("sandbox".to_owned()),
        method: Some("DELETE".to_owned()),
        operation: "DELETE /namespaces/{namespace}".to_owned(),
        context: "namespace=web".to_owned(),
        decision: Decision::Refusal,
        reason: "insufficient_scope".to_owned(),
        refused_by: Some(RefusedBy::Gateway),
        accepts: None,
        status: Some(403),
        sent: 0,
        received: 0,
        micros: Some(80),
        ending: Some("complete".to_owned()),
        transport: "tcp".to_owned(),
        program: None,
        pid: None,
    }
}

fn everyday() -> Vec<TokenRow> {
    vec![
        token("nightly", TokenStatus::Active, None),
        token("retired", TokenStatus::Revoked, Some(NOW)),
        token("ci", TokenStatus::Active, Some(NOW - 2 * MINUTE)),
        token("spare", TokenStatus::Disabled, Some(NOW - 5 * MINUTE)),
    ]
}

fn drawn(menu: &Menu) -> String {
    fn lines(items: &[Item], depth: usize, into: &mut String) {
        for item in items {
            let indent = "    ".repeat(depth);
            let line = match item {
                Item::Note(text) => format!("{indent}({text})\n"),
                Item::Do { label, action } => format!("{indent}{label}  → {}\n", action.id()),
                Item::Under { label, .. } => format!("{indent}{label} ▸\n"),
                Item::Line => format!("{indent}──\n"),
            };
            into.push_str(&line);
            if let Item::Under { items, .. } = item {
                lines(items, depth + 1, into);
            }
        }
    }
    let mut text = format!("{:?}: {}\n", menu.icon, menu.tooltip);
    lines(&menu.items, 0, &mut text);
    text
}

fn made(status: &Status, tokens: &[TokenRow], refusals: &[ActivityRow]) -> Menu {
    menu(&State { status, tokens, refusals, now: NOW })
}

#[test]
fn an_ordinary_day() {
    let menu =
        made(&status(GatewayState::Listening), &everyday(), &[refusal(Some("ci"), 1), refusal(None, 90)]);
    insta::assert_snapshot!(drawn(&menu));
}

#[test]
fn nothing_connected_yet() {
    let status = Status { tokens_active: 0, services: 0, ..status(GatewayState::Listening) };
    insta::assert_snapshot!(drawn(&made(&status, &[], &[])));
}

#[test]
fn paused_for_a_while() {
    let mut status = status(GatewayState::Paused);
    status.gateway.paused_until = Some(NOW + 4 * MINUTE);
    insta::assert_snapshot!(drawn(&made(&status, &everyday(), &[])));
}

#[test]
fn locked_keychain_unlocks_from_the_menu() {
    insta::assert_snapshot!(drawn(&made(&status(GatewayState::Locked), &everyday(), &[])));
}

#[test]
fn locked_vault_file_is_unlocked_in_the_window() {
    let mut status = status(GatewayState::Locked);
    status.vault.kind = VaultKind::File;
    let menu = made(&status, &[], &[]);
    let unlock = menu.items.iter().find_map(|item| match item {
        Item::Do { label, action } if label.starts_with("Unlock") => Some(action.clone()),
        Item::Do { .. } | Item::Note(_) | Item::Under { .. } | Item::Line => None,
    });
    assert_eq!(unlock, Some(Action::Show(valetkey_tray::Place::Tokens)));
}

#[test]
fn taken_port_and_unsaved_revocations_need_the_owner() {
    let status = Status { unsaved: 1, ..status(GatewayState::PortTaken) };
    insta::assert_snapshot!(drawn(&made(&status, &everyday(), &[])));
}

#[test]
fn credentials_that_end_are_said_and_need_the_owner() {
    let ending = |service: &str, minutes: i64| EndingCredential {
        service: service.to_owned(),
        ends: NOW + minutes * MINUTE,
    };
    let status = Status {
        ending: vec![ending("gitlab", -5), ending("github", 3 * 24 * 60 + 5)],
        ..status(GatewayState::Listening)
    };
    let menu = made(&status, &everyday(), &[]);
    assert_eq!(menu.icon, Icon::Attention);
    let text = drawn(&menu);
    assert!(text.contains("(The credential of gitlab has ended)"), "{text}");
    assert!(text.contains("(The credential of github ends in 3 days)"), "{text}");
}

#[test]
fn more_tokens_than_fit_are_in_the_window() {
    let tokens: Vec<TokenRow> =
        (0..12).map(|n| token(&format!("t{n:02}"), TokenStatus::Active, Some(NOW - n * MINUTE))).collect();
    insta::assert_snapshot!(drawn(&made(&status(GatewayState::Listening), &tokens, &[])));
}

#[test]
fn tokens_that_are_switched_off_go_with_all() {
    let menu = made(&status(GatewayState::Listening), &[token("spare", TokenStatus::Disabled, None)], &[]);
    let text = drawn(&menu);
    assert!(
        text.contains("(No active tokens)") && text.contains("Revoke the 1 token now  → revoke-all"),
        "{text}"
    );
}

#[test]
fn each_state_has_its_picture() {
    let icon = |status: &Status| made(status, &[], &[]).icon;
    assert_eq!(icon(&status(GatewayState::Listening)), Icon::On);
    assert_eq!(icon(&status(GatewayState::Paused)), Icon::Paused);
    assert_eq!(icon(&status(GatewayState::Locked)), Icon::Locked);
    assert_eq!(icon(&status(GatewayState::PortTaken)), Icon::Attention);
    assert_eq!(icon(&status(GatewayState::Stopped)), Icon::Attention);
    assert_eq!(icon(&Status { unsaved: 2, ..status(GatewayState::Paused) }), Icon::Attention);
    let mut failing = status(GatewayState::Listening);
    failing.vault.problem = Some("The keychain does not answer.".to_owned());
    assert_eq!(icon(&failing), Icon::Attention);
}

#[test]
fn nothing_is_revoked_by_one_click() {
    let menu = made(&status(GatewayState::Listening), &everyday(), &[]);
    for item in &menu.items {
        if let Item::Do { action, .. } = item {
            assert!(!matches!(action, Action::Revoke { .. } | Action::RevokeAll), "{action:?}");
        }
    }
}

#[test]
fn the_same_state_makes_the_same_menu() {
    let status = status(GatewayState::Listening);
    let mut turned = everyday();
    turned.reverse();
    assert_eq!(made(&status, &everyday(), &[]), made(&status, &turned, &[]));
    let later = menu(&State { status: &status, tokens: &everyday(), refusals: &[], now: NOW + MINUTE });
    assert_ne!(made(&status, &everyday(), &[]), later);
}
