use arboard::{Set, SetExtWindows};

/// Kept out of the clipboard's history, its cloud and whatever else watches it.
pub(super) fn concealed(set: Set<'_>) -> Set<'_> {
    set.exclude_from_monitoring()
}
