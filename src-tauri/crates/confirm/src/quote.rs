/// Characters of a name or grant that a question shows.
const LONGEST: usize = 120;

/// In quotation marks, as one line that can't end them.
pub(crate) fn quoted(text: &str) -> String {
    format!("“{}”", plain(text))
}

/// As one line, without what hides or reorders other characters.
pub(crate) fn plain(text: &str) -> String {
    let mut line: String =
        text.chars().take(LONGEST).map(|c| if misleads(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// Controls, the quotation marks of the question, line separators, invisible and bidirectional formatting (Unicode TR 36).
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '“' | '”'
                | '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, plain, quoted};

    #[test]
    fn ordinary_names_are_shown_as_they_are() {
        assert_eq!(quoted("ci-writer (Zürich) 東京"), "“ci-writer (Zürich) 東京”");
    }

    #[test]
    fn what_hides_or_reorders_is_replaced() {
        for c in ['\n', '\0', '\u{202e}', '\u{2066}', '\u{200b}', '\u{2029}', '“', '”', '\u{e0041}'] {
            assert_eq!(plain(&format!("a{c}b")), "a\u{fffd}b");
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let shown = plain(&"x".repeat(LONGEST + 1));
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.ends_with('…'));
        assert_eq!(plain(&"x".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
