use valetkey_wire::{ContextSearch, Request};

use crate::{
    error::Error,
    output::Output,
    session::{Session, ask},
    table::Table,
};

pub(crate) async fn run(
    session: &mut Session,
    service: String,
    kind: String,
    text: Option<String>,
    output: Output,
) -> Result<(), Error> {
    let request = Request::SearchContexts { service, kind: kind.clone(), text: text.unwrap_or_default() };
    let search = ask!(session, request, Contexts)?;
    output.answer(&search, |search| in_words(search, &kind))
}

fn in_words(search: &ContextSearch, kind: &str) -> String {
    let found = if search.found.is_empty() {
        "Nothing found.".to_owned()
    } else {
        let table = Table::new(&["CONTEXT", "NAME"]).with_rows(&search.found, |found| {
            vec![format!("{kind}={}", found.value), found.title.clone().unwrap_or_default()]
        });
        table.to_string()
    };
    match &search.problem {
        Some(problem) => format!("{found}\n\nOnly what was known already: {}", crate::table::plain(problem)),
        None if search.asked => found,
        None => {
            format!(
                "{found}\n\nOnly what was known already; this service can't be searched. Other values can be typed."
            )
        }
    }
}
