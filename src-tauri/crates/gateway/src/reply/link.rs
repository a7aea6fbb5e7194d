//! `Link` (RFC 8288): pages of a list, which clients follow with their token.

/// Every target for which `rewritten` has another, in its place; all else stays. `None` where nothing changes, or where the value is
/// not in the form of the RFC.
pub(super) fn rewritten_targets(value: &str, rewritten: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::with_capacity(value.len() + 64);
    let mut rest = value;
    let mut changed = false;
    while let Some(start) = rest.find(['<', '"']) {
        let (before, from) = rest.split_at(start + 1);
        out.push_str(before);
        if before.ends_with('"') {
            // A parameter's text may hold anything.
            let end = end_of_quoted(from)?;
            out.push_str(&from[..end]);
            rest = &from[end..];
            continue;
        }
        let (target, behind) = from.split_at(from.find('>')?);
        match rewritten(target) {
            Some(other) => {
                out.push_str(&other);
                changed = true;
            }
            None => out.push_str(target),
        }
        rest = behind;
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// Behind the closing quote of a text that has been opened (RFC 9110 §5.6.4).
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(value: &str) -> Option<String> {
        rewritten_targets(value, |target| Some(format!("ours{}", target.strip_prefix("theirs")?)))
    }

    #[test]
    fn every_target_is_rewritten_and_nothing_else() {
        let value =
            r#"<theirs/a?page=2>; rel="next", <other/b>; title="<theirs/c> \" <theirs>"; rel=last,<theirs>"#;
        let expected =
            r#"<ours/a?page=2>; rel="next", <other/b>; title="<theirs/c> \" <theirs>"; rel=last,<ours>"#;
        assert_eq!(rewritten(value).as_deref(), Some(expected));
    }

    #[test]
    fn what_leads_elsewhere_or_is_malformed_stays() {
        for value in ["", "<other>; rel=next", "<theirs", "<theirs>; title=\"x", "theirs"] {
            assert_eq!(rewritten(value), None, "{value}");
        }
    }
}
