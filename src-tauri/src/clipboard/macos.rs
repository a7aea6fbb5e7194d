use arboard::{Set, SetExtApple};

/// Marked `org.nspasteboard.ConcealedType`.
pub(super) fn concealed(set: Set<'_>) -> Set<'_> {
    set.exclude_from_history()
}
