use valetkey_wire::{ActivityRow, EndingCredential, GatewayState, Status, TokenRow, TokenStatus, VaultKind};

use crate::words::{ago, count, shortened, until, until_day};
use crate::{Action, Place};

/// Tokens in the menu; more are in the window.
const RECENT_TOKENS: usize = 10;
/// Refusals in the menu.
const RECENT_REFUSALS: usize = 5;
/// Characters of an operation or a reason.
const LONGEST: usize = 48;

/// What the host knows when the menu is made.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// Everything at a glance.
    pub status: &'a Status,
    /// All tokens, in any order.
    pub tokens: &'a [TokenRow],
    /// Refusals, newest first.
    pub refusals: &'a [ActivityRow],
    /// Milliseconds since 1970.
    pub now: i64,
}

/// Which picture stands in the tray; the four differ in shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// The gateway forwards.
    On,
    /// The owner paused it.
    Paused,
    /// The vault is locked.
    Locked,
    /// Something needs the owner.
    Attention,
}

/// The tray as it should look now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// Its picture.
    pub icon: Icon,
    /// What hovering says, where the platform shows it.
    pub tooltip: String,
    /// Top to bottom.
    pub items: Vec<Item>,
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Says something; can't be chosen.
    Note(String),
    /// Does something.
    Do {
        /// Its text.
        label: String,
        /// What.
        action: Action,
    },
    /// Opens further items.
    Under {
        /// Its text.
        label: String,
        /// What lies under it.
        items: Vec<Item>,
    },
    /// Separates.
    Line,
}

/// What the tray looks like in this state.
pub fn menu(state: &State<'_>) -> Menu {
    let tooltip = headline(state);
    let mut items = vec![Item::Note(tooltip.clone())];
    items.extend(warnings(state));
    items.push(Item::Line);
    items.extend(revoking(state));
    items.push(Item::Line);
    items.extend(pausing(state));
    items.push(under("Recent refusals", refusals(state)));
    items.push(Item::Line);
    items.push(act("New personal token…", Action::Show(Place::NewToken)));
    items.push(act("Open Valet Key", Action::Show(Place::Tokens)));
    items.push(locking(state));
    items.push(Item::Line);
    items.push(act("Quit", Action::Quit));
    Menu { icon: icon(state.status), tooltip, items }
}

fn icon(status: &Status) -> Icon {
    match status.gateway.state {
        GatewayState::PortTaken | GatewayState::Stopped => Icon::Attention,
        _ if status.unsaved > 0 => Icon::Attention,
        GatewayState::Locked => Icon::Locked,
        GatewayState::Paused => Icon::Paused,
        GatewayState::Listening if status.vault.problem.is_some() || !status.ending.is_empty() => {
            Icon::Attention
        }
        GatewayState::Listening => Icon::On,
    }
}

fn headline(state: &State<'_>) -> String {
    let gateway = &state.status.gateway;
    let does = match (gateway.state, gateway.paused_until) {
        (GatewayState::Listening, _) => "Gateway on".to_owned(),
        (GatewayState::Paused, Some(then)) => format!("Gateway paused for {}", until(then, state.now)),
        (GatewayState::Paused, None) => "Gateway paused".to_owned(),
        (GatewayState::Locked, _) => "Gateway locked".to_owned(),
        (GatewayState::PortTaken, _) => "Gateway off: port taken".to_owned(),
        (GatewayState::Stopped, _) => "Gateway off".to_owned(),
    };
    format!("{does} · {} active", count(state.status.tokens_active, "token"))
}

fn warnings(state: &State<'_>) -> impl Iterator<Item = Item> {
    let status = state.status;
    let unsaved = (status.unsaved > 0)
        .then(|| Item::Note(format!("{} in force, not saved yet", count(status.unsaved, "revocation"))));
    let vault = status.vault.problem.as_deref().map(|problem| Item::Note(shortened(problem, LONGEST)));
    let port = (status.gateway.state == GatewayState::PortTaken)
        .then(|| act("Change port…", Action::Show(Place::Settings)));
    let ending = status.ending.iter().map(|ending| Item::Note(ending_in_words(ending, state.now)));
    [unsaved, vault, port].into_iter().flatten().chain(ending)
}

fn ending_in_words(ending: &EndingCredential, now: i64) -> String {
    let service = shortened(&ending.service, LONGEST);
    if ending.ends <= now {
        format!("The credential of {service} has ended")
    } else {
        format!("The credential of {service} ends in {}", until_day(ending.ends, now))
    }
}

/// Tokens that work, the most recently used first; then those never used, the newest first.
fn recent<'a>(tokens: &'a [TokenRow]) -> Vec<&'a TokenRow> {
    let mut recent: Vec<&'a TokenRow> =
        tokens.iter().filter(|token| token.status == TokenStatus::Active).collect();
    recent.sort_by_key(|token| {
        std::cmp::Reverse((token.last_used.as_ref().map(|used| used.time), token.created))
    });
    recent
}

fn revoking(state: &State<'_>) -> Vec<Item> {
    let active = recent(state.tokens);
    let mut each: Vec<Item> = active.iter().take(RECENT_TOKENS).map(|token| one(token, state.now)).collect();
    if active.is_empty() {
        each.push(Item::Note("No active tokens".to_owned()));
    }
    if active.len() > RECENT_TOKENS {
        let more = count(active.len() - RECENT_TOKENS, "more token");
        each.push(Item::Line);
        each.push(act(format!("{more}…"), Action::Show(Place::Tokens)));
    }
    let mut items = vec![under("Revoke", each)];
    // All means all that live: those that are switched off go too.
    let live = state
        .tokens
        .iter()
        .filter(|token| matches!(token.status, TokenStatus::Active | TokenStatus::Disabled))
        .count();
    if live > 0 {
        let all = if live == 1 { "the 1 token".to_owned() } else { format!("all {live} tokens") };
        items.push(under("Revoke all…", vec![act(format!("Revoke {all} now"), Action::RevokeAll)]));
    }
    items
}

fn one(token: &TokenRow, now: i64) -> Item {
    let used = token
        .last_used
        .as_ref()
        .map_or_else(|| "never used".to_owned(), |used| format!("last used {}", ago(used.time, now)));
    let revoke = act(format!("Revoke “{}” now", token.name), Action::Revoke { token: token.id.clone() });
    under(format!("{} · {used}", token.name), vec![revoke])
}

fn pausing(state: &State<'_>) -> Option<Item> {
    match state.status.gateway.state {
        GatewayState::Listening => Some(under(
            "Pause",
            vec![
                act("For 5 min", Action::Pause { minutes: Some(5) }),
                act("For 1 h", Action::Pause { minutes: Some(60) }),
                act("Until resumed", Action::Pause { minutes: None }),
            ],
        )),
        GatewayState::Paused => Some(act("Resume", Action::Resume)),
        GatewayState::Locked | GatewayState::PortTaken | GatewayState::Stopped => None,
    }
}

fn refusals(state: &State<'_>) -> Vec<Item> {
    if state.refusals.is_empty() {
        return vec![Item::Note("None".to_owned())];
    }
    state.refusals.iter().take(RECENT_REFUSALS).map(|row| refusal(row, state.now)).collect()
}

fn refusal(row: &ActivityRow, now: i64) -> Item {
    let who = row.token_name.as_deref().or(row.token.as_deref()).unwrap_or("No token");
    let what = shortened(&row.operation, LONGEST);
    let label = format!("{who} · {what} · {} · {}", shortened(&row.reason, LONGEST), ago(row.time, now));
    act(label, Action::Show(Place::Activity))
}

fn locking(state: &State<'_>) -> Item {
    match (state.status.vault.locked, state.status.vault.kind) {
        (false, _) => act("Lock", Action::Lock),
        // Its passphrase is asked for in the window.
        (true, VaultKind::File) => act("Unlock…", Action::Show(Place::Tokens)),
        (true, VaultKind::Keychain | VaultKind::Memory) => act("Unlock", Action::Unlock),
    }
}

fn act(label: impl Into<String>, action: Action) -> Item {
    Item::Do { label: label.into(), action }
}

fn under(label: impl Into<String>, items: Vec<Item>) -> Item {
    Item::Under { label: label.into(), items }
}
