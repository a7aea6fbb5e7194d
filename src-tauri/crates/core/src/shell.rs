//! Text for a POSIX shell: what programs are told to paste must mean there what it says.

use std::borrow::Cow;

/// As it is where that is safe, else between single quotes. Names of things come from applications too.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let safe = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | ',' | '@' | '+')
    };
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(safe) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

/// The line that changes a token's grants by `option`: `--add` or `--grant`.
pub fn update<'g>(token: &str, option: &str, grants: impl IntoIterator<Item = &'g str>) -> String {
    let mut line = format!("vk token update {} {option}", quoted(token));
    for grant in grants {
        line.push(' ');
        line.push_str(&quoted(grant));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_the_shell_takes_names_and_grants_as_they_are() {
        let grants = ["api:global:*", "github:repository=acme/$(id);'site:contents.read", "up:global:see"];
        assert_eq!(
            update("it's me", "--add", grants),
            r"vk token update 'it'\''s me' --add 'api:global:*' 'github:repository=acme/$(id);'\''site:contents.read' up:global:see"
        );
    }
}
