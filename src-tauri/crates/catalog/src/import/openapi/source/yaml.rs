//! YAML, rewritten as the JSON that it stands for, token by token and each in the line that it came from.
//!
//! One reader judges both then. Every plain scalar but a null becomes a text: nothing that is read here is a number.

use std::{collections::HashMap, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::{Error, limits, problem::shown};

/// Of objects and lists in one another, as deep as JSON is read.
const DEPTH: usize = 120;
/// What may become of a document: aliases make much out of little.
const LENGTH: usize = 4 * limits::DOCUMENT;

pub(super) fn to_json(text: &str) -> Result<String, Error> {
    let mut parser = Parser::new_from_str(text);
    let mut writer = Writer::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| scan(&error))?;
        writer.take(&event, span.start.line())?;
    }
    Ok(if writer.documents == 0 { "null".into() } else { writer.json })
}

fn scan(error: &ScanError) -> Error {
    malformed(error.marker().line(), error.info())
}

fn malformed(line: usize, problem: &str) -> Error {
    Error::MalformedLine { line, problem: shown(problem) }
}

#[derive(Default)]
struct Writer {
    json: String,
    /// Line ends written so far.
    ended: usize,
    open: Vec<Open>,
    /// Where the JSON stands of what has an anchor, once it is complete.
    anchors: HashMap<usize, Range<usize>>,
    documents: usize,
}

/// An object or list that has begun.
struct Open {
    anchor: usize,
    start: usize,
    next: Next,
}

/// What comes next in an object or list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    FirstItem,
    Item,
    FirstName,
    Name,
    Value,
}

impl Writer {
    fn take(&mut self, event: &Event<'_>, line: usize) -> Result<(), Error> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(malformed(line, "one file holds one document"));
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let is_null = *style == ScalarStyle::Plain && matches!(&**text, "" | "~" | "null");
                if self.is_at_name() {
                    // It would put fields in that stand somewhere else, over or under those that stand here.
                    if text == "<<" {
                        return Err(malformed(line, "merge keys (<<) are not taken"));
                    }
                    let start = self.begin(line);
                    self.string(text)?;
                    self.end(*anchor, start);
                } else {
                    let start = self.begin(line);
                    if is_null {
                        self.json.push_str("null");
                    } else {
                        self.string(text)?;
                    }
                    self.end(*anchor, start);
                }
            }
            Event::Alias(anchor) => {
                self.judge_value(line)?;
                let range = self.anchors.get(anchor).cloned();
                let range = range.ok_or_else(|| malformed(line, "an alias inside what it stands for"))?;
                if self.json.len() + range.len() > LENGTH {
                    return Err(Error::TooLarge);
                }
                // Line ends are never part of a text here.
                let meant = self.json[range].replace('\n', "");
                self.begin(line);
                self.json.push_str(&meant);
            }
            Event::SequenceStart(anchor, _) => self.open(line, *anchor, '[', Next::FirstItem)?,
            Event::MappingStart(anchor, _) => self.open(line, *anchor, '{', Next::FirstName)?,
            Event::SequenceEnd => self.close(']'),
            Event::MappingEnd => self.close('}'),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        if self.json.len() > LENGTH { Err(Error::TooLarge) } else { Ok(()) }
    }

    fn is_at_name(&self) -> bool {
        self.open.last().is_some_and(|open| matches!(open.next, Next::FirstName | Next::Name))
    }

    fn judge_value(&self, line: usize) -> Result<(), Error> {
        if self.is_at_name() { Err(malformed(line, "a name must be a text")) } else { Ok(()) }
    }

    /// Writes what stands before the next token, and says where the token begins.
    fn begin(&mut self, line: usize) -> usize {
        if let Some(Open { next, .. }) = self.open.last_mut() {
            let (before, after) = match *next {
                Next::FirstItem => (None, Next::Item),
                Next::Item => (Some(','), Next::Item),
                Next::FirstName => (None, Next::Value),
                Next::Name => (Some(','), Next::Value),
                Next::Value => (Some(':'), Next::Name),
            };
            self.json.extend(before);
            *next = after;
        }
        while self.ended + 1 < line {
            self.json.push('\n');
            self.ended += 1;
        }
        self.json.len()
    }

    fn string(&mut self, text: &str) -> Result<(), Error> {
        self.json.push_str(&serde_json::to_string(text)?);
        Ok(())
    }

    fn open(&mut self, line: usize, anchor: usize, bracket: char, next: Next) -> Result<(), Error> {
        self.judge_value(line)?;
        if self.open.len() == DEPTH {
            return Err(malformed(line, "too many objects and lists in one another"));
        }
        let start = self.begin(line);
        self.json.push(bracket);
        self.open.push(Open { anchor, start, next });
        Ok(())
    }

    fn close(&mut self, bracket: char) {
        self.json.push(bracket);
        if let Some(Open { anchor, start, .. }) = self.open.pop() {
            self.end(anchor, start);
        }
    }

    fn end(&mut self, anchor: usize, start: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, start..self.json.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn value(text: &str) -> serde_json::Value {
        serde_json::from_str(&to_json(text).unwrap()).unwrap()
    }

    #[test]
    fn yaml_becomes_the_json_that_it_stands_for() {
        let found = value(
            "a: 1.0\nb: [x, 'null', null, ~]\n\"c d\":\n  e: |\n    two\n    lines\n200:\n  - {}\nf:\n",
        );
        let meant = serde_json::json!({"a": "1.0", "b": ["x", "null", null, null], "c d": {"e": "two\nlines\n"}, "200": [{}], "f": null});
        assert_eq!(found, meant);
        assert_eq!(value(""), serde_json::Value::Null);
    }

    #[test]
    fn what_has_an_alias_stands_there_twice() {
        assert_eq!(
            value("a: &x\n  b: [1]\nc: *x"),
            serde_json::json!({"a": {"b": ["1"]}, "c": {"b": ["1"]}})
        );
    }

    #[test]
    fn tokens_keep_their_lines() {
        let json = to_json("a: &x\n  b:\n\n    c\nd: *x\ne: f").unwrap();
        let line_of = |token: &str| json[..json.find(token).unwrap()].matches('\n').count() + 1;
        assert_eq!([line_of("\"c\""), line_of("\"d\""), line_of("\"f\"")], [4, 5, 6]);
    }

    #[test]
    fn what_json_can_not_say_is_refused_with_its_line() {
        for (bad, line) in [
            ("a: b\n---\nc: d", 2),
            ("a: b\n<<: {c: d}", 2),
            ("? [a]\n: b", 1),
            ("a: &x b\n*x : c", 2),
            ("a: &x [*x]", 1),
            ("a: *nothing", 1),
            ("a: [", 2),
        ] {
            let error = to_json(bad).unwrap_err();
            assert!(
                matches!(error, Error::MalformedLine { line: found, .. } if found == line),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn aliases_of_aliases_come_to_an_end() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..30 {
            let below = vec![format!("*a{}", level - 1); 10].join(",");
            writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
        }
        assert_eq!(to_json(&bomb).unwrap_err(), Error::TooLarge);
        assert!(to_json(&"[".repeat(100_000)).is_err());
    }
}
