//! What names and texts of a document become: names that grants and commands can hold, texts that are safe to show.

use crate::compile::is_misleading;

/// Words that say nothing of what stands below them.
pub(super) fn is_version(segment: &str) -> bool {
    let version = segment.strip_prefix(['v', 'V']).unwrap_or(segment);
    matches!(segment, "api" | "rest" | "apis")
        || version.starts_with(|c: char| c.is_ascii_digit())
            && version.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

/// In lower case, what is no letter or digit of ASCII replaced by single dashes: `Pull Requests` is `pull-requests`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut before = ' ';
    // `userGroups` is two words; `GitHub` is one.
    let is_camel = text.starts_with(|first: char| first.is_ascii_lowercase());
    for c in text.chars().filter(|c| !matches!(c, '\'' | '’')).take(200) {
        if c.is_ascii_alphanumeric() {
            let begins = is_camel && c.is_ascii_uppercase() && before.is_ascii_lowercase();
            if (begins || !before.is_ascii_alphanumeric()) && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    slug
}

/// One of what a collection's name says: `repos` has a `repo`.
pub(super) fn singular(plural: &str) -> String {
    let cut = |end: usize| plural[..plural.len() - end].to_owned();
    match plural {
        _ if plural.ends_with("ies") && plural.len() > 4 => cut(3) + "y",
        _ if ["sses", "shes", "ches", "xes"].iter().any(|end| plural.ends_with(end)) => cut(2),
        _ if ["ss", "us", "is"].iter().any(|end| plural.ends_with(end)) => cut(0),
        _ if plural.ends_with('s') && plural.len() > 2 => cut(1),
        _ => cut(0),
    }
}

/// As a heading: `pull-requests` is `Pull requests`; what has spaces or capital letters stays as it is.
pub(super) fn heading(text: &str) -> String {
    let spaced =
        if text.contains(char::is_whitespace) { text.to_owned() } else { text.replace(['-', '_'], " ") };
    let mut chars = spaced.trim().chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// In one line, without what could mislead, and no longer than `limit` characters.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let shown =
        text.chars().take(limit * 8).map(|c| if is_misleading(c) { ' ' } else { c }).collect::<String>();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        None => line,
        Some(_) => line.chars().take(limit - 1).chain(['…']).collect(),
    }
}

/// The first sentence of what may be a page of Markdown.
pub(super) fn summary(text: &str) -> String {
    const LONGEST: usize = 240;
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let line = cut(paragraph, LONGEST);
    match line.find(". ") {
        Some(end) => line[..=end].to_owned(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_names_and_headings() {
        for (text, expected) in [
            ("Pull Requests", "pull-requests"),
            ("userGroups", "user-groups"),
            ("--A/b--", "a-b"),
            ("用户", ""),
            ("APIKeys", "apikeys"),
            ("GitHub's API", "githubs-api"),
        ] {
            assert_eq!(slug(text), expected);
        }
        for (many, one) in [
            ("repos", "repo"),
            ("companies", "company"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("news", "new"),
            ("s", "s"),
            ("access", "access"),
        ] {
            assert_eq!(singular(many), one);
        }
        assert_eq!(heading("pull-requests"), "Pull requests");
        assert_eq!(heading("Äpfel und Birnen-Mus"), "Äpfel und Birnen-Mus");
        for version in ["v1", "v2.1", "2024-01", "1", "api", "v1beta1"] {
            assert_eq!(is_version(version), version != "2024-01", "{version}");
        }
        assert!(!is_version("videos"));
    }

    #[test]
    fn texts_are_one_line_without_surprises() {
        assert_eq!(cut("a\u{202E}\n b", 9), "a b");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(summary("Reads notes. Writes none.\n\nMore."), "Reads notes.");
    }
}
