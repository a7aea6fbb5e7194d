//! What errors suggest in place of a name that nothing has.

/// The known name most like `wanted`, if any is like it at all.
pub fn nearest<'k>(wanted: &str, known: impl Iterator<Item = &'k str>) -> Option<Box<str>> {
    known
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name.into())
}

/// The end of an error's sentence: `; did you mean “…”?`, or nothing.
pub fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|known| format!("; did you mean “{known}”?")).unwrap_or_default()
}
