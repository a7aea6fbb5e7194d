use valetkey_wire::{Request, Suggestion, UncoveredWhy, UseRow};

use super::words;
use crate::{
    error::Error,
    output::Output,
    session::{Session, ask},
    table::plain,
};

pub(crate) async fn run(
    session: &mut Session,
    token: String,
    days: Option<u32>,
    output: Output,
) -> Result<(), Error> {
    let suggestion = ask!(session, Request::SuggestToken { token, days }, Suggestion)?;
    output.answer(&*suggestion, in_words)
}

fn in_words(suggestion: &Suggestion) -> String {
    let name = plain(&suggestion.name);
    let span = format!("in the last {}", words::count(suggestion.days as usize, "day"));
    if suggestion.requests == 0 {
        return format!("{name} made no request that was permitted {span}.");
    }
    let mut parts = vec![format!(
        "{name} made {} {span}, for which {} would have been enough:",
        words::count(usize::try_from(suggestion.requests).unwrap_or(usize::MAX), "request"),
        words::count(suggestion.grants.len(), "grant"),
    )];
    parts.extend(suggestion.grants.iter().map(|grant| {
        let mark = if grant.held { "" } else { "  (new)" };
        let uses: Vec<String> = grant.uses.iter().map(|used| format!("    {}", in_line(used))).collect();
        format!("{}{mark}\n{}", plain(&grant.text), uses.join("\n"))
    }));
    parts.extend(list("Never used:", &suggestion.unused));
    parts.extend(list("Used, where less would do:", &suggestion.narrowed));
    let uncovered: Vec<String> = suggestion
        .uncovered
        .iter()
        .map(|uncovered| format!("{}: {}", in_line(&uncovered.used), why(uncovered.why)))
        .collect();
    parts.extend(list("Not covered; would be refused with these grants alone:", &uncovered));
    let reach: Vec<String> = suggestion
        .reach
        .iter()
        .map(|reach| format!("{}: {} now, {} then, of {}", reach.service, reach.now, reach.then, reach.all))
        .collect();
    parts.extend(list("Operations that it can do:", &reach));
    if !suggestion.exhaustive {
        parts.push("There are too many ways to look at all of them; a smaller set may exist.".into());
    }
    if !suggestion.grants.is_empty() {
        let grants = suggestion.grants.iter().map(|grant| grant.text.as_str());
        parts.push(update(&suggestion.name, "--grant", grants));
    }
    parts.join("\n\n")
}

fn in_line(used: &UseRow) -> String {
    let requests = words::count(usize::try_from(used.requests).unwrap_or(usize::MAX), "request");
    let context = if used.context.is_empty() { String::new() } else { format!(" in {}", used.context) };
    plain(&format!("{}{context}  {requests}, last {}", used.operation, words::time(used.last)))
}

fn list(heading: &str, lines: &[String]) -> Option<String> {
    let lines: Vec<String> = lines.iter().map(|line| format!("    {}", plain(line))).collect();
    (!lines.is_empty()).then(|| format!("{heading}\n{}", lines.join("\n")))
}

const fn why(why: UncoveredWhy) -> &'static str {
    match why {
        UncoveredWhy::ServiceGone => "the service is not connected any more",
        UncoveredWhy::OperationUnknown => "the definition does not know it, so only full access can do it",
        UncoveredWhy::ContextUntold => "the record does not say in which context a permission was needed",
        UncoveredWhy::NotHeld => "no grant for it could be made now",
    }
}

/// A line for a shell that changes a token's grants.
pub(crate) fn update<'g>(token: &str, option: &str, grants: impl Iterator<Item = &'g str>) -> String {
    let mut line = format!("vk token update {} {option}", quoted(token));
    for grant in grants {
        line.push(' ');
        line.push_str(&quoted(grant));
    }
    line
}

/// For a POSIX shell: as it is where that is safe, else between single quotes.
fn quoted(text: &str) -> String {
    let safe = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | ',' | '@' | '+')
    };
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(safe) {
        text.to_owned()
    } else {
        plain(&format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_the_shell_takes_names_and_grants_as_they_are() {
        let line = update(
            "it's me",
            "--add",
            ["api:global:*", "github:repository=acme/site:contents.read"].into_iter(),
        );
        assert_eq!(
            line,
            r"vk token update 'it'\''s me' --add 'api:global:*' github:repository=acme/site:contents.read"
        );
    }
}
