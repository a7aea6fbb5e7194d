use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The person at this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Owner {
    /// Full name of the OS account, or as set.
    pub name: String,
    /// One or two letters.
    pub initials: String,
}

/// What the gateway does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GatewayState {
    /// It forwards.
    Listening,
    /// The owner paused it: it answers 503.
    Paused,
    /// The vault is locked: it answers 503.
    Locked,
    /// It could not take its port.
    PortTaken,
    /// It does not run.
    Stopped,
}

/// The gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Gateway {
    /// What it does.
    pub state: GatewayState,
    /// `127.0.0.1:7743`
    pub address: Option<String>,
    /// Path of the Unix socket.
    pub socket: Option<String>,
    /// When a pause ends by itself; null where it lasts until resumed.
    pub paused_until: Option<i64>,
    /// What keeps it from listening, naming the program that has the port where that is known.
    pub problem: Option<String>,
    /// HTTPS on the same port.
    pub https: LocalTls,
    /// The HTTPS proxy; off while no token may use it.
    pub proxy: LocalTls,
}

/// How it stands with something for which a certificate authority of this machine is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LocalTlsState {
    /// Switched off.
    Off,
    /// In use.
    Ready,
    /// Switched on, and not to be had now: the gateway does not run, or the vault is locked or fails.
    Unavailable,
}

/// Something for which a certificate authority of this machine is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LocalTls {
    /// How it stands.
    pub state: LocalTlsState,
    /// The file with the authority's certificate, for clients that shall trust it; it is there from the first use on.
    pub certificate: String,
    /// Why it is not to be had.
    pub problem: Option<String>,
}

/// Where master credentials live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VaultKind {
    /// The OS keychain.
    Keychain,
    /// A passphrase-encrypted file in the profile.
    File,
    /// Memory, for tests.
    Memory,
}

/// The vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Vault {
    /// Which.
    pub kind: VaultKind,
    /// Locked by the owner, or never unlocked.
    pub locked: bool,
    /// What it last failed with.
    pub problem: Option<String>,
}

/// Everything at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Status {
    /// Version of this program.
    pub version: String,
    /// The profile's directory.
    pub profile: String,
    /// Who owns it.
    pub owner: Owner,
    /// The gateway.
    pub gateway: Gateway,
    /// The vault.
    pub vault: Vault,
    /// Live tokens that are active.
    pub tokens_active: usize,
    /// Connected services.
    pub services: usize,
    /// Revocations in force that could not be made durable yet.
    pub unsaved: usize,
    /// Services whose credential ends within a week, or has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<EndingCredential>>")]
    pub ending: Vec<EndingCredential>,
}

/// A credential that its service soon stops taking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EndingCredential {
    /// Which service.
    pub service: String,
    /// When, in milliseconds since 1970.
    pub ends: i64,
}

/// What the owner can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Settings {
    /// Port of the gateway; in force from the next start, or at once where the gateway can move.
    pub port: u16,
    /// Whether `[::1]` is listened on too.
    pub ipv6: bool,
    /// The owner's name, where it is not the OS account's.
    pub owner_name: Option<String>,
    /// Days that activity is kept.
    pub activity_days: u32,
    /// Whether the gateway serves HTTPS too, on the same port.
    #[serde(default)]
    pub https: bool,
}

/// What is asked to change; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct SettingsChange {
    /// Another port.
    #[serde(default)]
    pub port: Option<u16>,
    /// `[::1]` too, or not.
    #[serde(default)]
    pub ipv6: Option<bool>,
    /// Another name; the empty string goes back to the OS account's.
    #[serde(default)]
    pub owner_name: Option<String>,
    /// Other days.
    #[serde(default)]
    pub activity_days: Option<u32>,
    /// HTTPS too, or not.
    #[serde(default)]
    pub https: Option<bool>,
}

/// Something changed; whoever shows it reads it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Event {
    /// A token was created, changed, revoked.
    Tokens,
    /// A service was connected, changed, removed.
    Services,
    /// Requests were recorded.
    Activity,
    /// Gateway, vault or settings changed.
    Status,
}
