use arboard::{Set, SetExtLinux};

/// Marked the way the clipboard managers of KDE and others know a password (`x-kde-passwordManagerHint`).
pub(super) fn concealed(set: Set<'_>) -> Set<'_> {
    set.exclude_from_history()
}
