//! What is destructive here, and what makes or reveals a credential.

use crate::document::RiskEntry;

/// Parts of codes of rights that are about nothing else than credentials. The configuration of a way to log in holds its secrets.
const RIGHTS: [&str; 4] = ["PermanentTokens", "ViewSecrets", "TwoFactorAuthentication", "AuthModule"];

/// Segments of paths at which a credential is made, renewed, widened or shown.
const SEGMENTS: [&str; 6] = [
    "permanent-tokens",
    "application-passwords",
    "client-secret",
    "signing-key",
    "verification-token",
    "bearer-token",
];

pub(super) fn of_right(code: &str) -> RiskEntry {
    let last = code.rsplit('.').next().unwrap_or(code);
    if RIGHTS.iter().any(|part| code.contains(part)) {
        RiskEntry::MintsCredentials
    } else if last.starts_with("Delete") {
        RiskEntry::Destructive
    } else {
        RiskEntry::Plain
    }
}

pub(super) fn of_operation(method: &str, path: &str) -> RiskEntry {
    let mut segments = path.split('/');
    // A public key opens repositories; a new application comes with a secret.
    let opens = method == "POST" && (path.ends_with("/ssh-keys") || path.ends_with("/applications"));
    if method == "DELETE" {
        RiskEntry::Destructive
    } else if opens || segments.any(|segment| SEGMENTS.contains(&segment)) {
        RiskEntry::MintsCredentials
    } else {
        RiskEntry::Plain
    }
}
