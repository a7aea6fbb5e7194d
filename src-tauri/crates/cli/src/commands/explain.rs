use std::path::Path;

use valetkey_wire::{
    Decision, Explanation, NeededPermission, Question, QuestionBody, Request, Risk, UnknownOperation,
    UnknownWhy,
};

use super::words;
use crate::{
    error::Error,
    output::Output,
    session::{Session, ask},
    table::plain,
};

/// Reads a body, which is text.
pub(crate) fn body(path: &Path, content_type: String) -> Result<QuestionBody, Error> {
    let text = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin().lock()).map_err(Error::Input)?
    } else {
        std::fs::read_to_string(path)
            .map_err(|source| Error::File { path: path.display().to_string(), source })?
    };
    Ok(QuestionBody { content_type, text })
}

pub(crate) async fn run(session: &mut Session, question: Question, output: Output) -> Result<(), Error> {
    let answer = ask!(session, Request::Explain { question }, Explanation)?;
    output.answer(&answer, in_words)
}

fn in_words(answer: &Explanation) -> String {
    let mut lines = vec![match answer.decision {
        Decision::Permit => format!("Permit. {}", answer.reason),
        Decision::Refusal => format!("Refusal. {}", answer.reason),
    }];
    if let Some(operation) = &answer.operation {
        lines.push(words::field("Operation", &format!("{operation}{}", mark(answer.risk))));
    }
    for context in &answer.contexts {
        lines.push(words::field("Context", context));
    }
    lines.extend(answer.unknown.iter().flat_map(unknown));
    for (place, all_of) in answer.needed.iter().flatten().enumerate() {
        for (nth, needed) in all_of.iter().enumerate() {
            let name = match (place, nth) {
                (0, 0) => "Needs",
                (_, 0) => "or",
                _ => "and",
            };
            lines.push(words::field(name, &of_needed(needed, answer.decision)));
        }
    }
    for grant in answer.grants.iter().flatten() {
        lines.push(words::field("By", grant));
    }
    for grant in &answer.inactive {
        lines.push(words::field("Inactive", &format!("{grant}  (you have lost this right at the service)")));
    }
    for (place, all_of) in answer.missing.iter().flatten().enumerate() {
        lines.push(words::field(if place == 0 { "Missing" } else { "or" }, &all_of.join(" and ")));
    }
    if let Some(accepts) = &answer.accepts {
        lines
            .push(words::field("Accepts", &format!("{accepts}  (as the service said when it refused this)")));
    }
    lines.extend(answer.commands.iter().map(|command| format!("\n{}", plain(command))));
    lines.join("\n")
}

fn of_needed(needed: &NeededPermission, decision: Decision) -> String {
    let who = match (decision, needed.held, needed.owner) {
        (Decision::Permit, true, _) | (_, true, None | Some(true)) => "",
        (_, _, Some(false)) => ": you don't have it at the service yourself",
        (_, false, Some(true)) => ": you have it at the service, the token has not",
        (_, false, None) => ": the token has not",
    };
    format!("{} ({}{}){who}", needed.name, needed.title, mark(Some(needed.risk)))
}

const fn mark(risk: Option<Risk>) -> &'static str {
    match risk {
        None | Some(Risk::Plain) => "",
        Some(Risk::Destructive) => ", destructive",
        Some(Risk::MintsCredentials) => ", makes or reveals a credential",
    }
}

fn unknown(unknown: &UnknownOperation) -> Vec<String> {
    let why = match unknown.why {
        UnknownWhy::Closed => "the definition keeps it closed",
        UnknownWhy::QueryUnclear => {
            "the query spells a parameter in a way that services read differently, and it tells operations apart"
        }
        UnknownWhy::Query => "the path is known with another query",
        UnknownWhy::Method => "the path is known with another method",
        UnknownWhy::Path if unknown.known.is_empty() => "no operation has such a path",
        UnknownWhy::Path => "no operation has such a path; these are like it",
    };
    let known = unknown.known.iter().enumerate();
    std::iter::once(words::field("Unknown", why))
        .chain(known.map(|(place, label)| words::field(if place == 0 { "Known" } else { "" }, label)))
        .collect()
}
