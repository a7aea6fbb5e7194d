use valetkey_wire::{Decision, Explanation, Question, Request};

use crate::{
    error::Error,
    output::Output,
    session::{Session, ask},
};

pub(crate) async fn run(
    session: &mut Session,
    token: String,
    method: String,
    url: String,
    output: Output,
) -> Result<(), Error> {
    let question = Question { token, method, url };
    let answer = ask!(session, Request::Explain { question }, Explanation)?;
    output.answer(&answer, in_words)
}

fn in_words(answer: &Explanation) -> String {
    let mut lines = vec![match answer.decision {
        Decision::Permit => format!("Permit. {}", answer.reason),
        Decision::Refusal => format!("Refusal. {}", answer.reason),
    }];
    if let Some(operation) = &answer.operation {
        lines.push(super::words::field("Operation", operation));
    }
    for grant in answer.grants.iter().flatten() {
        lines.push(super::words::field("By", grant));
    }
    for (place, all_of) in answer.missing.iter().flatten().enumerate() {
        lines.push(super::words::field(if place == 0 { "Missing" } else { "or" }, &all_of.join(" and ")));
    }
    lines.join("\n")
}
