use std::fmt::Write;

use crate::bench::json::Json;

/// A column: its head, the field it shows, and with how many decimals.
pub(super) type Column = (&'static str, &'static str, usize);

/// A Markdown table with a line for each row. What a row lacks is a dash.
pub(super) fn table(columns: &[Column], rows: &[Json]) -> String {
    let mut text = String::from("|");
    let mut rule = String::from("|");
    for (head, field, _) in columns {
        let is_text = rows.iter().any(|row| matches!(row.field(field), Json::Text(_)));
        // Writing into a string does not fail, here and below.
        let _ = write!(text, " {head} |");
        rule.push_str(if is_text { " --- |" } else { " ---: |" });
    }
    let _ = write!(text, "\n{rule}\n");
    for row in rows {
        text.push('|');
        for (_, field, decimals) in columns {
            let _ = write!(text, " {} |", cell(row.field(field), *decimals));
        }
        text.push('\n');
    }
    text
}

/// One value as a table shows it.
pub(super) fn cell(value: &Json, decimals: usize) -> String {
    match value {
        Json::Number(number) => format!("{number:.decimals$}"),
        Json::Text(text) => text.clone(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::Null | Json::List(_) | Json::Object(_) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_what_it_has() {
        let rows = [Json::object([("name", "a".into()), ("rate", 1.25.into())])];
        let text = table(&[("what", "name", 0), ("a second", "rate", 1), ("lost", "lost", 0)], &rows);
        assert_eq!(text, "| what | a second | lost |\n| --- | ---: | ---: |\n| a | 1.2 | – |\n");
    }
}
