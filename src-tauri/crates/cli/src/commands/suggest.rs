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
    parts.extend(suggestion.command.as_deref().map(plain));
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
        UncoveredWhy::FieldsUntold => "the record does not say which fields its GraphQL asked for",
        UncoveredWhy::NotHeld => "no grant for it could be made now",
    }
}
